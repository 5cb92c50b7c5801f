"""Table of views."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel.db import ID, KEY, Base, InWorkspace, Versioned, refers_to


class View(InWorkspace, Versioned, Base):
    """`saved_view`, because `view` is a word of SQL."""

    __tablename__ = "saved_view"
    __table_args__ = (
        refers_to("employee", "owner_employee_id", ondelete="CASCADE"),
        # What an app makes under its own name is nobody's, so it is everybody's.
        CheckConstraint("shared OR owner_employee_id IS NOT NULL", name="owner"),
        Index(None, "workspace_id", "object", "owner_employee_id"),
    )

    object: Mapped[str] = mapped_column(KEY)
    name: Mapped[str]
    shared: Mapped[bool]
    owner_employee_id: Mapped[str | None] = mapped_column(ID)
    filter: Mapped[dict[str, Any]]
    """As it came: what it means is asked anew each time, of the list as it is then."""
    columns: Mapped[list[str]]
    sort: Mapped[str | None]
