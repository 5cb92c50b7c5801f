"""What workspaces decided to forget sooner than the instance does."""

from __future__ import annotations

from sqlalchemy import select

from portico.domains.identity.models import Workspace
from portico.kernel.unit_of_work import session


def shorter_memories() -> dict[str, int]:
    """For how many days workspaces keep who looked, where they decided so. In a system unit."""
    rows = session().execute(
        select(Workspace.id, Workspace.reads_kept_days).where(Workspace.reads_kept_days.is_not(None))
    )
    return {row.id: row.reads_kept_days for row in rows}
