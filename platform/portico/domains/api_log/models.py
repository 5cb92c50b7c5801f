"""The table of requests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel.db import ID, KEY, LONG_TEXT, Base
from portico.kernel.unit_of_work import SYSTEM_ROLE, WEB_ROLE

_FAILED = text("status >= 400")
ONLY_ADDED = {"rights": {WEB_ROLE: "SELECT", SYSTEM_ROLE: "SELECT, INSERT, DELETE"}}
_GIVEN = text("given_id IS NOT NULL")


class ApiRequest(Base):
    """One call of an app. Only ever added, and swept when it has had its time.

    On PostgreSQL partitioned by the day in its id (`partitions.py`). Without foreign keys: each row would lock its
    workspace's and its installation's, in the transaction that writes hundreds of them.
    """

    __tablename__ = "api_request"
    __table_args__ = (
        Index(None, "workspace_id", "installation_id", "id"),
        # Who looks for the one that failed among a million looks through this.
        Index(
            "ix_api_request_failed",
            "workspace_id",
            "installation_id",
            "id",
            postgresql_where=_FAILED,
            sqlite_where=_FAILED,
        ),
        Index("ix_api_request_given", "workspace_id", "given_id", postgresql_where=_GIVEN, sqlite_where=_GIVEN),
        {"postgresql_partition_by": "RANGE (id)", "info": ONLY_ADDED},
    )

    workspace_id: Mapped[str] = mapped_column(ID, primary_key=True)
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    """The request id that we gave, or an own one where the caller gave one (`given_id`), which may give it again."""
    installation_id: Mapped[str] = mapped_column(ID)
    app_id: Mapped[str] = mapped_column(ID)
    employee_id: Mapped[str | None] = mapped_column(ID)
    """In whose name, if not in the app's own."""
    given_id: Mapped[str | None] = mapped_column(KEY)
    at: Mapped[datetime]
    """When it was answered."""
    method: Mapped[str] = mapped_column(KEY)
    operation: Mapped[str] = mapped_column(KEY)
    route: Mapped[str] = mapped_column(LONG_TEXT)
    path: Mapped[str] = mapped_column(LONG_TEXT)
    query_keys: Mapped[list[str] | None]
    status: Mapped[int] = mapped_column(SmallInteger)
    code: Mapped[str | None] = mapped_column(KEY)
    errors: Mapped[list[Any] | None]
    """Pointer and code of each wrong field, without the message."""
    duration_ms: Mapped[int]
    scopes_needed: Mapped[list[str]]
    scopes_held: Mapped[list[str]]
    user_agent: Mapped[str | None] = mapped_column(KEY)
    rate_limit: Mapped[str | None] = mapped_column(KEY)
    rate_limit_policy: Mapped[str | None] = mapped_column(KEY)
    replayed: Mapped[bool]
    """The answer was the one that was kept for its idempotency key."""
