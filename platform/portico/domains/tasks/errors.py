"""What long work refuses."""

from __future__ import annotations

from portico.kernel.errors import Refusal


class JobUnfinished(Refusal):
    code, status, title = "job_unfinished", 409, "The job is not done; ask again when its state is succeeded."


class ExportExpired(Refusal):
    code, status, title = "export_expired", 410, "The file was kept for its time. Export it again."


class TooManyExports(Refusal):
    code, status, title = "too_many_exports", 409, "Five of your exports are under way. Wait until one is done."
