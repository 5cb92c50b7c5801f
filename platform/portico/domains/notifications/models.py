"""Tables of notifications."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, PrimaryKeyConstraint, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel import clock
from portico.kernel.db import ID, KEY, LONG_TEXT, Base, InWorkspace, refers_to
from portico.kernel.resealing import sealed_column

_RINGS = text("read_at IS NULL AND state <> 'held' AND NOT muted")
_WAITS = text("state <> 'out'")
_LEAVES = text("state IN ('waiting', 'sending')")


class Notification(InWorkspace, Base):
    """One thing told to one person: `new → out`, or `new → held → out`. It is in the inbox in each of the states; what
    is held makes no number on the bell and leaves by no channel."""

    __tablename__ = "notification"
    __table_args__ = (
        refers_to("employee", "employee_id", ondelete="CASCADE"),
        # Telling again what was told is nothing.
        UniqueConstraint("workspace_id", "employee_id", "key"),
        Index(None, "workspace_id", "employee_id", "id"),
        Index(None, "workspace_id", "key"),
        Index("ix_notification_rings", "workspace_id", "employee_id", postgresql_where=_RINGS, sqlite_where=_RINGS),
        Index("ix_notification_due", "due_at", postgresql_where=_WAITS, sqlite_where=_WAITS),
        Index(None, "created_at"),
    )

    employee_id: Mapped[str] = mapped_column(ID)
    kind: Mapped[str] = mapped_column(KEY)
    key: Mapped[str] = mapped_column(KEY)
    title: Mapped[str]
    body: Mapped[str | None] = mapped_column(LONG_TEXT)
    params: Mapped[dict[str, Any] | None]
    """With them title and body are messages of our catalogue and translated when shown; None: text as it came."""
    url: Mapped[str | None]
    """A path within the workspace's pages."""
    resource_type: Mapped[str | None] = mapped_column(KEY)
    resource_id: Mapped[str | None] = mapped_column(ID)
    urgent: Mapped[bool]
    overrode: Mapped[bool]
    """It rang although the person wanted to be left alone."""
    muted: Mapped[bool]
    installation_id: Mapped[str | None] = mapped_column(ID)
    app_name: Mapped[str | None]
    """How who told it is called, where that is not the platform."""
    sender: Mapped[dict[str, Any]]
    """Who told it, as events show an actor."""
    state: Mapped[str] = mapped_column(KEY)
    due_at: Mapped[datetime]
    """When it is to leave; while it is held, when that is looked at again."""
    digest_id: Mapped[str | None] = mapped_column(ID)
    """The digest in which it came."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    read_at: Mapped[datetime | None]


class NotificationSending(InWorkspace, Base):
    """A notification on its way by one channel: `waiting → sending → sent`, or `failed` for good, or `dropped` because
    it was read meanwhile."""

    __tablename__ = "notification_sending"
    __table_args__ = (
        refers_to("notification", "notification_id", ondelete="CASCADE"),
        UniqueConstraint("workspace_id", "notification_id", "channel"),
        Index("ix_notification_sending_due", "due_at", postgresql_where=_LEAVES, sqlite_where=_LEAVES),
    )

    notification_id: Mapped[str] = mapped_column(ID)
    channel: Mapped[str] = mapped_column(KEY)
    state: Mapped[str] = mapped_column(KEY)
    due_at: Mapped[datetime]
    """When it may be taken (again): while it is sent, the end of its lease."""
    attempts: Mapped[int]
    error: Mapped[str | None]
    sent_at: Mapped[datetime | None]


class NotificationMute(Base):
    """A kind, or an app, of which a person does not want to hear."""

    __tablename__ = "notification_mute"
    __table_args__ = (
        PrimaryKeyConstraint("workspace_id", "employee_id", "what", "name"),
        refers_to("employee", "employee_id", ondelete="CASCADE"),
    )

    workspace_id: Mapped[str] = mapped_column(ID)
    employee_id: Mapped[str] = mapped_column(ID)
    what: Mapped[str] = mapped_column(KEY)
    """`kind` or `app`"""
    name: Mapped[str] = mapped_column(KEY)
    """Of a kind its name, of an app the id of its installation."""


class NotificationFanOut(InWorkspace, Base):
    """Something to be told to many, who are told in batches; `reached` is the last one who was."""

    __tablename__ = "notification_fan_out"
    __table_args__ = (Index(None, "workspace_id", "key"),)

    key: Mapped[str] = mapped_column(KEY)
    told: Mapped[dict[str, Any]]
    """The columns that all the notifications share."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    reached: Mapped[str | None] = mapped_column(ID)
    done: Mapped[int]


class NotificationRecipient(Base):
    """Who is to be told by a fan-out: written as the caller selected them, gone when all of them were told."""

    __tablename__ = "notification_recipient"
    __table_args__ = (
        PrimaryKeyConstraint("workspace_id", "fan_out_id", "employee_id"),
        refers_to("notification_fan_out", "fan_out_id", ondelete="CASCADE"),
    )

    workspace_id: Mapped[str] = mapped_column(ID)
    fan_out_id: Mapped[str] = mapped_column(ID)
    employee_id: Mapped[str] = mapped_column(ID)


class NotificationQuota(Base):
    """How often somebody has told something in a stretch of time."""

    __tablename__ = "notification_quota"
    __table_args__ = (PrimaryKeyConstraint("workspace_id", "sender", "what", "since"),)

    workspace_id: Mapped[str] = mapped_column(ID)
    sender: Mapped[str] = mapped_column(KEY)
    what: Mapped[str] = mapped_column(KEY)
    """`urgent` or `sent`"""
    since: Mapped[datetime]
    count: Mapped[int]


class PushKey(InWorkspace, Base):
    """The key by which a workspace names itself to push services; browsers subscribe to its public half, so there is
    one for good."""

    __tablename__ = "push_key"
    __table_args__ = (UniqueConstraint("workspace_id"),)

    sealed: Mapped[str] = sealed_column("push_key|sealed|{id}|{workspace_id}")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class PushSubscription(InWorkspace, Base):
    """A browser in which somebody is told. It ends with the session in which it was switched on: who has signed out of
    a browser shows nothing in it."""

    __tablename__ = "push_subscription"
    __table_args__ = (
        refers_to("employee", "employee_id", ondelete="CASCADE"),
        # A browser is one person's at a time.
        UniqueConstraint("workspace_id", "digest"),
        Index(None, "workspace_id", "employee_id", "id"),
        Index(None, "session_id"),
    )

    employee_id: Mapped[str] = mapped_column(ID)
    session_id: Mapped[str] = mapped_column(ID, ForeignKey("session.id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(KEY)
    """Of the address, by which the same browser is known again."""
    sealed: Mapped[str] = sealed_column("push_subscription|sealed|{id}|{workspace_id}")
    """Address and keys: whoever has them can tell this browser something."""
    user_agent: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
