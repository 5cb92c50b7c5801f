"""Tables of contacts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from portico.domains.properties import objects
from portico.kernel.db import ID, KEY, Base, InWorkspace, Versioned, refers_to

_HELD = text("held")
_PRIMARY = text("is_primary")


class Contact(InWorkspace, Versioned, Base):
    """A person outside: `active ⇄ trashed`; the trash can be undone for 30 days."""

    __tablename__ = "contact"
    __table_args__ = (
        refers_to("employee", "owner_employee_id"),
        Index(None, "workspace_id", "name_key", "id"),
        Index(None, "workspace_id", "updated_at", "id"),
        Index(None, "workspace_id", "owner_employee_id", "id"),
    )

    display_name: Mapped[str]
    name_key: Mapped[str] = mapped_column(KEY)
    """What lists sort by: the search key of the name, cut to what an index row can hold."""
    owner_employee_id: Mapped[str | None] = mapped_column(ID)
    lifecycle_stage: Mapped[str | None] = mapped_column(KEY)
    tags: Mapped[list[str]]
    properties: Mapped[dict[str, Any]] = objects.values_column()
    trashed_at: Mapped[datetime | None]


objects.register("contact", Contact, sensitive="contacts.sensitive:read")


class ContactIdentifier(InWorkspace, Base):
    """One way a contact is reached or known.

    `held` is `not shared` and the contact not in the trash: only held rows exclude others, so that a trashed
    contact's address may be used again, and restoring the contact meets the unique index.
    """

    __tablename__ = "contact_identifier"
    __table_args__ = (
        refers_to("contact", "contact_id", ondelete="CASCADE"),
        Index(
            "uq_contact_identifier_held",
            "workspace_id",
            "kind",
            "namespace",
            "canonical",
            unique=True,
            postgresql_where=_HELD,
            sqlite_where=_HELD,
        ),
        Index(
            "uq_contact_identifier_primary",
            "workspace_id",
            "contact_id",
            "kind",
            unique=True,
            postgresql_where=_PRIMARY,
            sqlite_where=_PRIMARY,
        ),
        Index(None, "workspace_id", "kind", "namespace", "canonical"),
        Index(None, "workspace_id", "contact_id"),
    )

    contact_id: Mapped[str] = mapped_column(ID)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(KEY)
    namespace: Mapped[str] = mapped_column(KEY)
    """Of external ids; the empty string otherwise: unique indexes treat NULLs as different."""
    value: Mapped[str]
    canonical: Mapped[str] = mapped_column(KEY)
    label: Mapped[str | None]
    is_primary: Mapped[bool]
    verified: Mapped[bool]
    shared: Mapped[bool]
    held: Mapped[bool]
