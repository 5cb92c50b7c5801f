"""Tables of the directory."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, PrimaryKeyConstraint, false, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from portico.domains.properties import objects
from portico.kernel import clock
from portico.kernel.db import ID, KEY, Base, InWorkspace, Versioned, refers_to

_ALIVE = text("archived_at IS NULL")
_PRESENT = text("status <> 'departed' AND email_key IS NOT NULL")
_NUMBERED = text("status <> 'departed' AND employee_no_key IS NOT NULL")
_PRIMARY = text("is_primary")
_DUE = text("due_at IS NOT NULL")
_DYNAMIC = text("kind = 'dynamic'")
RULE = JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


class Department(InWorkspace, Versioned, Base):
    """A node of the tree. `path` holds the ids from the root to itself: `/dep_a/dep_b/`."""

    __tablename__ = "department"
    __table_args__ = (
        refers_to("department", "parent_id"),
        Index(
            "uq_department_sibling",
            "workspace_id",
            "parent_key",
            "name_key",
            unique=True,
            postgresql_where=_ALIVE,
            sqlite_where=_ALIVE,
        ),
        Index(None, "workspace_id", "path"),
        Index("uq_department_external", "workspace_id", "external_id", unique=True),
    )

    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(KEY)
    parent_id: Mapped[str | None] = mapped_column(ID)
    parent_key: Mapped[str] = mapped_column(ID)
    """The parent's id, or the empty string: unique indexes treat NULLs as different."""
    path: Mapped[str] = mapped_column(KEY)
    sort_order: Mapped[int] = mapped_column(default=0)
    external_id: Mapped[str | None] = mapped_column(KEY)
    """What another system calls it. Archived ones keep theirs: whoever syncs finds them again."""
    archived_at: Mapped[datetime | None]


class DepartmentTree(Base):
    """One row per workspace: whoever moves a department, or gives somebody another manager, holds it, so that two at
    once cannot make a ring."""

    __tablename__ = "department_tree"
    __table_args__ = (PrimaryKeyConstraint("workspace_id"),)

    workspace_id: Mapped[str] = mapped_column(ID)
    moves: Mapped[int] = mapped_column(default=0)


class Employee(InWorkspace, Versioned, Base):
    """A person of the workspace: `invited → active ⇄ suspended`, any → `departed → active` again."""

    __tablename__ = "employee"
    __table_args__ = (
        refers_to("employee", "manager_id"),
        Index(
            "uq_employee_email",
            "workspace_id",
            "email_key",
            unique=True,
            postgresql_where=_PRESENT,
            sqlite_where=_PRESENT,
        ),
        Index(
            "uq_employee_no",
            "workspace_id",
            "employee_no_key",
            unique=True,
            postgresql_where=_NUMBERED,
            sqlite_where=_NUMBERED,
        ),
        # Who left keeps theirs, so that a sync finds them again and rehires instead of adding a twin.
        Index("uq_employee_external", "workspace_id", "external_id", unique=True),
        Index(None, "workspace_id", "manager_id"),
        Index(None, "workspace_id", "name_key", "id"),
    )

    display_name: Mapped[str]
    name_key: Mapped[str] = mapped_column(KEY)
    family_name: Mapped[str | None]
    given_name: Mapped[str | None]
    phonetic_name: Mapped[str | None]
    status: Mapped[str] = mapped_column(KEY)
    employee_no: Mapped[str | None]
    employee_no_key: Mapped[str | None] = mapped_column(KEY)
    external_id: Mapped[str | None] = mapped_column(KEY)
    primary_email: Mapped[str | None]
    email_key: Mapped[str | None] = mapped_column(KEY)
    private_email: Mapped[str | None]
    mobile: Mapped[str | None]
    hide_mobile: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The person keeps the number for themselves and for who keeps the directory; no app, event or card has it."""
    work_phone: Mapped[str | None]
    title: Mapped[str | None]
    title_key: Mapped[str | None] = mapped_column(KEY)
    hired_on: Mapped[date | None]
    leaves_on: Mapped[date | None]
    manager_id: Mapped[str | None] = mapped_column(ID)
    timezone: Mapped[str | None] = mapped_column(KEY)
    locale: Mapped[str | None] = mapped_column(KEY)
    properties: Mapped[dict[str, Any]] = objects.values_column()


objects.register("employee", Employee, sensitive="directory.sensitive:read")


class DepartmentMember(Base):
    """An employee in a department; one of an employee's departments is the primary one."""

    __tablename__ = "department_member"
    __table_args__ = (
        PrimaryKeyConstraint("workspace_id", "department_id", "employee_id"),
        refers_to("department", "department_id", ondelete="CASCADE"),
        refers_to("employee", "employee_id", ondelete="CASCADE"),
        Index(
            "uq_department_member_primary",
            "workspace_id",
            "employee_id",
            unique=True,
            postgresql_where=_PRIMARY,
            sqlite_where=_PRIMARY,
        ),
        Index(None, "workspace_id", "employee_id"),
    )

    workspace_id: Mapped[str] = mapped_column(ID)
    department_id: Mapped[str] = mapped_column(ID)
    employee_id: Mapped[str] = mapped_column(ID)
    is_primary: Mapped[bool] = mapped_column(default=False)
    lead: Mapped[bool] = mapped_column(default=False)
    title: Mapped[str | None]
    sort_order: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    since: Mapped[datetime | None] = mapped_column(default=clock.now)


class PastDepartmentMember(InWorkspace, Base):
    """A membership that has ended. It outlives its department, so it keeps the name and no reference."""

    __tablename__ = "past_department_member"
    __table_args__ = (
        refers_to("employee", "employee_id", ondelete="CASCADE"),
        Index(None, "workspace_id", "employee_id"),
    )

    employee_id: Mapped[str] = mapped_column(ID)
    department_id: Mapped[str] = mapped_column(ID)
    department_name: Mapped[str]
    is_primary: Mapped[bool]
    lead: Mapped[bool]
    title: Mapped[str | None]
    since: Mapped[datetime | None]
    until: Mapped[datetime]


class DirectoryGroup(InWorkspace, Versioned, Base):
    """People who belong together across departments. The members of a static one are named one by one; those of a
    dynamic one are whoever its rule matches when it is asked, and stand nowhere."""

    __tablename__ = "directory_group"
    __table_args__ = (
        Index(None, "workspace_id", "name_key", unique=True),
        Index("ix_directory_group_dynamic", "workspace_id", postgresql_where=_DYNAMIC, sqlite_where=_DYNAMIC),
    )

    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(KEY)
    description: Mapped[str | None]
    kind: Mapped[str] = mapped_column(KEY, default="static", server_default="static")
    rule: Mapped[dict[str, Any] | None] = mapped_column(RULE)


class DirectoryGroupMember(Base):
    """An employee in a static group."""

    __tablename__ = "directory_group_member"
    __table_args__ = (
        PrimaryKeyConstraint("workspace_id", "group_id", "employee_id"),
        refers_to("directory_group", "group_id", ondelete="CASCADE"),
        refers_to("employee", "employee_id", ondelete="CASCADE"),
        Index(None, "workspace_id", "employee_id"),
    )

    workspace_id: Mapped[str] = mapped_column(ID)
    group_id: Mapped[str] = mapped_column(ID)
    employee_id: Mapped[str] = mapped_column(ID)


class Invitation(InWorkspace, Base):
    """A one-time link for an invited employee. Its token is derived from id and nonce; a resend changes the nonce."""

    __tablename__ = "invitation"
    __table_args__ = (
        refers_to("employee", "employee_id", ondelete="CASCADE"),
        Index(None, "workspace_id", "employee_id"),
        # Looked up by digest before the workspace is known; random, so it cannot tell one workspace of another.
        Index("ix_invitation_digest", "digest"),
    )

    employee_id: Mapped[str] = mapped_column(ID)
    email: Mapped[str]
    role: Mapped[str] = mapped_column(KEY)
    invited_by: Mapped[str | None] = mapped_column(ID)
    """Which employee sent the link last; it counts only while they may invite. None: the platform did."""
    nonce: Mapped[int] = mapped_column(default=1)
    digest: Mapped[str] = mapped_column(KEY)
    status: Mapped[str] = mapped_column(KEY, default="pending")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]


class Presence(Base):
    """What a person says of themselves, and since it changes by itself, when to look again. Absences, shifts and
    working hours are not here: they are asked when somebody reads."""

    __tablename__ = "presence"
    __table_args__ = (
        PrimaryKeyConstraint("workspace_id", "employee_id"),
        refers_to("employee", "employee_id", ondelete="CASCADE"),
        Index("ix_presence_due", "due_at", postgresql_where=_DUE, sqlite_where=_DUE),
    )

    workspace_id: Mapped[str] = mapped_column(ID)
    employee_id: Mapped[str] = mapped_column(ID)
    availability: Mapped[str | None] = mapped_column(KEY)
    """What they chose; None: nothing."""
    text: Mapped[str | None]
    emoji: Mapped[str | None]
    clears_at: Mapped[datetime | None]
    """When what they chose and wrote is over."""
    break_until: Mapped[datetime | None]
    dnd_until: Mapped[datetime | None]
    told: Mapped[dict[str, Any] | None]
    """What the last event said, so that the sweep tells what has changed and nothing else."""
    due_at: Mapped[datetime | None]
    """When the sweep looks again."""
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)
    version: Mapped[int] = mapped_column(default=1)


class NotificationPolicy(Base):
    """When and how a person wants to be told. Without a row everything is told at once, by the channels of its kind."""

    __tablename__ = "notification_policy"
    __table_args__ = (
        PrimaryKeyConstraint("workspace_id", "employee_id"),
        refers_to("employee", "employee_id", ondelete="CASCADE"),
    )

    workspace_id: Mapped[str] = mapped_column(ID)
    employee_id: Mapped[str] = mapped_column(ID)
    working_hours: Mapped[dict[str, Any]]
    """`{"mon": [{"from": "09:00", "to": "12:30"}, …], …}` in the zone below; empty: no hours are known."""
    timezone: Mapped[str | None] = mapped_column(KEY)
    hold_outside: Mapped[bool]
    digest_at: Mapped[str | None] = mapped_column(KEY)
    """`HH:MM`: when what was held outside of the working hours is listed; None: when they begin."""
    urgent_allowed: Mapped[bool]
    channels: Mapped[dict[str, Any]]
    """Kind of notification → the channels besides the inbox, where they are not those of the kind."""
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)
    version: Mapped[int] = mapped_column(default=1)
