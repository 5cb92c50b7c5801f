"""What months refuse."""

from __future__ import annotations

from portico.kernel.errors import Refusal


class PeriodLocked(Refusal):
    code, status, title = "period_locked", 409, "This month is locked; those who keep attendance can open it again."
