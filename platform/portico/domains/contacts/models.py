"""Tables of contacts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, PrimaryKeyConstraint, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portico.domains.properties import objects
from portico.kernel import clock
from portico.kernel.db import ID, KEY, LONG_TEXT, Base, InWorkspace, Versioned, refers_to

_HELD = text("held")
_PRIMARY = text("is_primary")
_REFERRED = text("source_ref IS NOT NULL")
_CURRENT = text("is_current")
_TRASHED = text("trashed_at IS NOT NULL")


class Contact(InWorkspace, Versioned, Base):
    """A person outside: `active ⇄ trashed`; the trash can be undone for 30 days."""

    __tablename__ = "contact"
    __table_args__ = (
        refers_to("employee", "owner_employee_id"),
        Index(None, "workspace_id", "name_key", "id"),
        Index(None, "workspace_id", "updated_at", "id"),
        Index(None, "workspace_id", "owner_employee_id", "id"),
        Index("ix_contact_trashed", "trashed_at", postgresql_where=_TRASHED, sqlite_where=_TRASHED),
    )

    display_name: Mapped[str]
    name_key: Mapped[str] = mapped_column(KEY)
    """What lists sort by: the search key of the name, cut to what an index row can hold."""
    owner_employee_id: Mapped[str | None] = mapped_column(ID)
    lifecycle_stage: Mapped[str | None] = mapped_column(KEY)
    tags: Mapped[list[str]]
    company_ids: Mapped[list[str]] = mapped_column(server_default=text("'[]'"))
    """Of its associations, the primary one first: written with them, under the lock of this row."""
    properties: Mapped[dict[str, Any]] = objects.values_column()
    trashed_at: Mapped[datetime | None]
    purged_at: Mapped[datetime | None]
    """Its time in the trash is over, and something still names it: what was known of it is gone, the row stays."""


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
    verified_at: Mapped[datetime | None]
    verification: Mapped[str | None] = mapped_column(KEY)
    """By what it was proved; see `identifiers.VERIFICATIONS`."""
    shared: Mapped[bool]
    held: Mapped[bool]


class CompanyTree(Base):
    """One row per workspace: whoever moves a company holds it, so that two moves cannot make a ring."""

    __tablename__ = "company_tree"
    __table_args__ = (PrimaryKeyConstraint("workspace_id"),)

    workspace_id: Mapped[str] = mapped_column(ID)
    moves: Mapped[int] = mapped_column(default=0)


class Company(InWorkspace, Versioned, Base):
    """An organisation outside, perhaps below another one: `active ⇄ trashed`."""

    __tablename__ = "company"
    __table_args__ = (
        refers_to("company", "parent_id"),
        refers_to("employee", "owner_employee_id"),
        Index(None, "workspace_id", "name_key", "id"),
        Index(None, "workspace_id", "updated_at", "id"),
        Index(None, "workspace_id", "owner_employee_id", "id"),
        Index(None, "workspace_id", "parent_id", "id"),
        Index("ix_company_trashed", "trashed_at", postgresql_where=_TRASHED, sqlite_where=_TRASHED),
    )

    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(KEY)
    domains: Mapped[list[str]]
    parent_id: Mapped[str | None] = mapped_column(ID)
    owner_employee_id: Mapped[str | None] = mapped_column(ID)
    tags: Mapped[list[str]]
    properties: Mapped[dict[str, Any]] = objects.values_column()
    trashed_at: Mapped[datetime | None]


objects.register("company", Company, sensitive="companies.sensitive:read")


class CompanyDomain(Base):
    """A domain that a company holds, each for itself; companies in the trash hold none."""

    __tablename__ = "company_domain"
    __table_args__ = (
        PrimaryKeyConstraint("workspace_id", "domain"),
        refers_to("company", "company_id", ondelete="CASCADE"),
        Index(None, "workspace_id", "company_id"),
    )

    workspace_id: Mapped[str] = mapped_column(ID)
    domain: Mapped[str] = mapped_column(KEY)
    company_id: Mapped[str] = mapped_column(ID)


class Association(InWorkspace, Base):
    """What a contact is to a company, from when to when."""

    __tablename__ = "association"
    __table_args__ = (
        refers_to("contact", "contact_id", ondelete="CASCADE"),
        refers_to("company", "company_id", ondelete="CASCADE"),
        UniqueConstraint("workspace_id", "contact_id", "company_id", "label"),
        Index(
            "uq_association_primary",
            "workspace_id",
            "contact_id",
            unique=True,
            postgresql_where=_PRIMARY,
            sqlite_where=_PRIMARY,
        ),
        Index(None, "workspace_id", "company_id", "contact_id"),
    )

    contact_id: Mapped[str] = mapped_column(ID)
    company_id: Mapped[str] = mapped_column(ID)
    label: Mapped[str] = mapped_column(KEY)
    is_primary: Mapped[bool]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class ContactSettings(Base):
    """How a workspace keeps its contacts: one row, or none while nobody has decided anything."""

    __tablename__ = "contact_settings"
    __table_args__ = (PrimaryKeyConstraint("workspace_id"),)

    workspace_id: Mapped[str] = mapped_column(ID)
    default_country: Mapped[str | None] = mapped_column(KEY)
    """Of telephone numbers without a country code."""
    link_by_domain: Mapped[bool]
    """Whether a contact belongs to the company that holds the domain of its address."""
    stages: Mapped[list[Any]]
    """`{key, label}` in the order in which a contact passes them."""
    updated_at: Mapped[datetime]
    version: Mapped[int]


class Activity(InWorkspace, Base):
    """What happened with a contact: written by people and apps, or kept by the platform. It only grows."""

    __tablename__ = "activity"
    __table_args__ = (
        refers_to("contact", "contact_id", ondelete="CASCADE"),
        Index(
            "uq_activity_source_ref",
            "workspace_id",
            "source",
            "source_ref",
            unique=True,
            postgresql_where=_REFERRED,
            sqlite_where=_REFERRED,
        ),
        Index(None, "workspace_id", "contact_id", "occurred_at", "id"),
    )

    contact_id: Mapped[str] = mapped_column(ID)
    kind: Mapped[str] = mapped_column(KEY)
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    author: Mapped[dict[str, Any]]
    body: Mapped[str | None] = mapped_column(LONG_TEXT)
    data: Mapped[dict[str, Any]]
    visibility: Mapped[str] = mapped_column(KEY)
    source: Mapped[str] = mapped_column(KEY)
    """Whose it is: the app, or the employee, or `system`. Private ones are theirs alone."""
    source_ref: Mapped[str | None] = mapped_column(KEY)


class Consent(InWorkspace, Base):
    """What a contact agreed to, for one channel and purpose. Rows stay; one of them holds now."""

    __tablename__ = "consent"
    __table_args__ = (
        refers_to("contact", "contact_id", ondelete="CASCADE"),
        Index(
            "uq_consent_current",
            "workspace_id",
            "contact_id",
            "channel",
            "purpose",
            unique=True,
            postgresql_where=_CURRENT,
            sqlite_where=_CURRENT,
        ),
        Index(None, "workspace_id", "contact_id", "at", "id"),
    )

    contact_id: Mapped[str] = mapped_column(ID)
    channel: Mapped[str] = mapped_column(KEY)
    purpose: Mapped[str] = mapped_column(KEY)
    status: Mapped[str] = mapped_column(KEY)
    basis: Mapped[str | None] = mapped_column(KEY)
    source: Mapped[str | None]
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    author: Mapped[dict[str, Any]]
    is_current: Mapped[bool]


class Tag(InWorkspace, Base):
    """A word that contacts and companies are marked with. It is there as soon as one has it."""

    __tablename__ = "tag"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)

    name: Mapped[str] = mapped_column(KEY)
    color: Mapped[str] = mapped_column(KEY)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class TagUse(Base):
    """Which records have a tag, once more beside their own lists: what filters read."""

    __tablename__ = "tag_use"
    __table_args__ = (
        PrimaryKeyConstraint("workspace_id", "object", "tag", "object_id"),
        Index(None, "workspace_id", "object_id"),
    )

    workspace_id: Mapped[str] = mapped_column(ID)
    object: Mapped[str] = mapped_column(KEY)
    tag: Mapped[str] = mapped_column(KEY)
    object_id: Mapped[str] = mapped_column(ID)
