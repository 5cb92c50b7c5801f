"""Endpoints and their secrets, deliveries, attempts, and the leases of pumps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel import clock
from portico.kernel.db import ID, KEY, LONG_TEXT, Base, InWorkspace, Versioned, refers_to
from portico.kernel.resealing import sealed_column

_WAITING = text("state = 'waiting'")
_NEWEST = text("expires_at IS NULL")
_RUNNING = text("state = 'running'")
_OF_A_REPLAY = text("replay_id <> ''")
_IN_A_BATCH = text("batch_id IS NOT NULL")
_IN_ORDER = text("order_key IS NOT NULL AND finished_at IS NULL")
LIVE, REPLAYED = 0, 1
"""Lanes of deliveries: what happens now goes before what is sent again."""
PARALLEL, FIFO = "parallel", "fifo_per_key"
ORDERS = (PARALLEL, FIFO)
LONGEST_COALESCING = 30
SET_ASIDE = datetime(9999, 1, 1, tzinfo=UTC)
"""The `next_at` of a delivery that stands behind an older one of its key: no claim meets it before its turn."""
_LIVE_MANIFEST = text("path IS NOT NULL AND deleted_at IS NULL")


class WebhookEndpoint(InWorkspace, Versioned, Base):
    """A URL that receives events. `status` is stored as active, held or disabled; paused is active with a date."""

    __tablename__ = "webhook_endpoint"
    __table_args__ = (
        refers_to("installation", "installation_id", ondelete="CASCADE"),
        CheckConstraint("status IN ('active', 'held', 'disabled')", name="status"),
        Index(
            "uq_webhook_endpoint_manifest",
            "workspace_id",
            "installation_id",
            "for_lifecycle",
            unique=True,
            postgresql_where=_LIVE_MANIFEST,
            sqlite_where=_LIVE_MANIFEST,
        ),
        # The pump comes from deliveries of all workspaces.
        Index(None, "id"),
    )

    url: Mapped[str] = mapped_column(LONG_TEXT)
    types: Mapped[list[str]]
    description: Mapped[str | None] = mapped_column(LONG_TEXT)
    installation_id: Mapped[str | None] = mapped_column(ID)
    path: Mapped[str | None] = mapped_column(LONG_TEXT)
    """Set when the endpoint comes from a manifest: `[events].url` or `[lifecycle].url`, below the app's base URL."""
    for_lifecycle: Mapped[bool] = mapped_column(default=False)
    """It hears what happens to its installation, also while that is suspended, and until it has been erased."""
    scopes: Mapped[list[str]]
    """What a workspace's endpoint may read: the scopes of who made it. An installation's power counts instead."""
    since_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    """The last event that there was before the endpoint: it receives those behind it."""
    signatures: Mapped[list[str]] = mapped_column(default=lambda: ["v1"])
    """How calls are signed: `v1`, and `v1a` besides where it was chosen."""
    payload: Mapped[str] = mapped_column(KEY, default="full")
    """Whether a call carries the event's data (`full`) or only what it is about (`thin`)."""
    filter: Mapped[dict[str, Any] | None]
    """Which events of its types it wants, by what stands in them."""
    skip_own: Mapped[bool] = mapped_column(default=False)
    """Whether what its own installation did is left out."""
    order: Mapped[str] = mapped_column(KEY, default=PARALLEL)
    """Whether deliveries about one resource go one after the other."""
    coalesce_seconds: Mapped[int] = mapped_column(SmallInteger, default=0)
    """For so long changes of one resource are gathered and sent as one."""
    status: Mapped[str] = mapped_column(KEY, default="active")
    reason: Mapped[str | None] = mapped_column(KEY)
    """Why it is held or disabled: suspended, gone (the receiver answered 410), asked (by `webhook-delivery`)."""
    deleted_at: Mapped[datetime | None]


class EndpointSecret(InWorkspace, Base):
    """A signing secret of a workspace's endpoint, sealed because we sign with it."""

    __tablename__ = "endpoint_secret"
    __table_args__ = (
        refers_to("webhook_endpoint", "endpoint_id", ondelete="CASCADE"),
        Index(None, "workspace_id", "endpoint_id"),
    )

    endpoint_id: Mapped[str] = mapped_column(ID)
    sealed: Mapped[str] = sealed_column("endpoint_secret|sealed|{id}|{workspace_id}")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime | None]


class WebhookKey(Base):
    """A key of `v1a` signatures, of one workspace or one app. The private half is sealed for this row; the index holds
    an owner to one key without a date, which is the newest."""

    __tablename__ = "webhook_key"
    __table_args__ = (
        CheckConstraint("(workspace_id IS NULL) <> (app_id IS NULL)", name="owner"),
        Index(None, "workspace_id"),
        Index(None, "app_id"),
        Index("uq_webhook_key_workspace", "workspace_id", unique=True, postgresql_where=_NEWEST, sqlite_where=_NEWEST),
        Index("uq_webhook_key_app", "app_id", unique=True, postgresql_where=_NEWEST, sqlite_where=_NEWEST),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    workspace_id: Mapped[str | None] = mapped_column(ID, ForeignKey("workspace.id", ondelete="CASCADE"))
    app_id: Mapped[str | None] = mapped_column(ID, ForeignKey("app.id", ondelete="CASCADE"))
    sealed: Mapped[str] = sealed_column("webhook_key|sealed|{id}")
    public: Mapped[str] = mapped_column(KEY)
    """`whpk_…`"""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime | None]


class EndpointType(Base):
    """What an endpoint subscribes to, a row per pattern (`*`, `ticket.*`, `ticket.solved`), none within another.

    Patterns are kept as they are, so a type that a later release adds needs no rewriting of subscriptions.
    """

    __tablename__ = "endpoint_type"
    __table_args__ = (
        PrimaryKeyConstraint("workspace_id", "pattern", "endpoint_id"),
        refers_to("webhook_endpoint", "endpoint_id", ondelete="CASCADE"),
        Index(None, "workspace_id", "endpoint_id"),
    )

    workspace_id: Mapped[str] = mapped_column(ID)
    pattern: Mapped[str] = mapped_column(KEY)
    endpoint_id: Mapped[str] = mapped_column(ID)


class EndpointState(InWorkspace, Base):
    """The narrow, hot half of an endpoint, written by the pump. Its id is the endpoint's."""

    __tablename__ = "endpoint_state"
    __table_args__ = (refers_to("webhook_endpoint", "id", ondelete="CASCADE"),)

    consecutive_failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    last_success_at: Mapped[datetime | None]
    last_failure_at: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]
    """Not before: the receiver asked for time, its breaker is open, or the operator's proxy failed."""
    paused_why: Mapped[str | None] = mapped_column(KEY)
    """asked_to_wait, unwell or proxy."""
    breaker_trips: Mapped[int] = mapped_column(default=0)
    """How often in a row the breaker has opened without a success between."""
    warned: Mapped[int] = mapped_column(default=0)
    """How many of the notices that it fails its owner has had."""
    blocked_since: Mapped[datetime | None]
    """Since when it cannot be called (paused, held or disabled)."""
    blocked_seconds: Mapped[int] = mapped_column(BigInteger, default=0)
    """How long, all in all, it could not be called before that; no delivery ages meanwhile."""
    reordering: Mapped[str | None] = mapped_column(ID)
    """Its order was changed: up to this delivery the pump has gone through what it has; then nothing."""


class Delivery(InWorkspace, Base):
    """One event for one endpoint: `waiting → sending → succeeded | failed | expired | filtered`, or cancelled, or
    coalesced into a newer one.

    Whether a waiting one is *held* is the endpoint's state, so that suspending an app touches one row.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("workspace_id", "event_id", "endpoint_id", "replay_id"),
        refers_to("webhook_endpoint", "endpoint_id", ondelete="CASCADE"),
        # Deferred: within the transaction that emits an event, its row comes last.
        ForeignKeyConstraint(
            ["workspace_id", "event_id"],
            ["event.workspace_id", "event.id"],
            ondelete="CASCADE",
            deferrable=True,
            initially="DEFERRED",
        ),
        Index(None, "workspace_id", "endpoint_id", "id"),
        Index(
            "ix_delivery_waiting",
            "endpoint_id",
            "lane",
            "next_at",
            "id",
            postgresql_where=_WAITING,
            sqlite_where=_WAITING,
        ),
        # The first of a key is its head: what is on its way, then live before replayed, then by `seq`.
        Index(
            "ix_delivery_in_order",
            "endpoint_id",
            "order_key",
            "state",
            "lane",
            "seq",
            "id",
            postgresql_where=_IN_ORDER,
            sqlite_where=_IN_ORDER,
        ),
        Index(
            "ix_delivery_replay",
            "workspace_id",
            "replay_id",
            "state",
            postgresql_where=_OF_A_REPLAY,
            sqlite_where=_OF_A_REPLAY,
        ),
        Index(
            "ix_delivery_batch",
            "workspace_id",
            "batch_id",
            postgresql_where=_IN_A_BATCH,
            sqlite_where=_IN_A_BATCH,
        ),
    )

    event_id: Mapped[str] = mapped_column(ID)
    endpoint_id: Mapped[str] = mapped_column(ID)
    replay_id: Mapped[str] = mapped_column(ID, default="")
    """Empty for the live delivery; a redelivery has one of its own, those of a replay share one."""
    lane: Mapped[int] = mapped_column(SmallInteger, default=LIVE)
    type: Mapped[str] = mapped_column(KEY)
    state: Mapped[str] = mapped_column(KEY, default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(default=clock.now)
    fencing: Mapped[int] = mapped_column(BigInteger, default=0)
    """The fencing number of the pump that took it last."""
    blocked_base: Mapped[int] = mapped_column(BigInteger, default=0)
    """The endpoint's `blocked_seconds` when this began: what came before does not lengthen its life."""
    order_key: Mapped[str | None] = mapped_column(KEY)
    """The event's resource, where the endpoint sends in order or coalesces; others do not pay for the index."""
    seq: Mapped[int | None] = mapped_column(BigInteger)
    """The event's, together with the key."""
    changes: Mapped[list[str] | None]
    """What those that were coalesced into this one had changed, with its own."""
    coalesced_into: Mapped[str | None] = mapped_column(ID)
    """The delivery that was sent in its place."""
    batch_id: Mapped[str | None] = mapped_column(ID)
    """The call in which it goes, or went, together with others."""
    last_status: Mapped[int | None]
    last_error: Mapped[str | None] = mapped_column(KEY)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[datetime | None]


class Replay(InWorkspace, Base):
    """Events of a stretch of time, sent to one endpoint again: `running → done | cancelled`.

    `position` is the last `seq` that has been laid out as deliveries; the pump moves it in the transaction that adds
    them, so a replay goes on where it was, whoever dies.
    """

    __tablename__ = "replay"
    __table_args__ = (
        refers_to("webhook_endpoint", "endpoint_id", ondelete="CASCADE"),
        CheckConstraint("state IN ('running', 'done', 'cancelled')", name="state"),
        Index(None, "workspace_id", "endpoint_id", "id"),
        Index("ix_replay_running", "id", postgresql_where=_RUNNING, sqlite_where=_RUNNING),
    )

    endpoint_id: Mapped[str] = mapped_column(ID)
    since: Mapped[datetime]
    until: Mapped[datetime]
    types: Mapped[list[str]]
    """Patterns; none for all that the endpoint subscribes to."""
    states: Mapped[list[str]]
    """Only events whose delivery ended so, and never succeeded; none for all."""
    state: Mapped[str] = mapped_column(KEY, default="running")
    total: Mapped[int] = mapped_column(BigInteger)
    """How many deliveries it was to be when it began."""
    laid_out: Mapped[int] = mapped_column(BigInteger, default=0)
    position: Mapped[int] = mapped_column(BigInteger)
    last_seq: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[datetime | None]


class Attempt(InWorkspace, Base):
    """One HTTP try. Only ever added, and swept with its delivery, or before it when it has had its own time.

    On PostgreSQL partitioned by the day in its id (`partitions.py`); what fits no day lies in a default partition.
    """

    __tablename__ = "attempt"
    __table_args__ = (
        refers_to("delivery", "delivery_id", ondelete="CASCADE"),
        Index(None, "workspace_id", "delivery_id", "id"),
        {"postgresql_partition_by": "RANGE (id)"},
    )

    delivery_id: Mapped[str] = mapped_column(ID)
    number: Mapped[int]
    url: Mapped[str] = mapped_column(LONG_TEXT)
    started_at: Mapped[datetime]
    duration_ms: Mapped[int]
    dns_ms: Mapped[int]
    connect_ms: Mapped[int]
    status: Mapped[int | None]
    error_class: Mapped[str | None] = mapped_column(KEY)
    detail: Mapped[str] = mapped_column(LONG_TEXT, default="")
    request_headers: Mapped[dict[str, Any]]
    response_headers: Mapped[dict[str, Any]]
    response_body: Mapped[str] = mapped_column(LONG_TEXT, default="")


class LivingPump(Base):
    """A pump that lives until `expires_at`. Whoever removes its row declares it dead, and takes what it owned."""

    __tablename__ = "pump"

    holder: Mapped[str] = mapped_column(KEY, primary_key=True)
    expires_at: Mapped[datetime]


class PumpLease(Base):
    """Whose a shard of the endpoints is, or the laying out of events; nobody's when no such pump lives.

    Each new holder gets a higher fencing number; what an older one claimed is not
    taken from it any more.
    """

    __tablename__ = "pump_lease"

    name: Mapped[str] = mapped_column(KEY, primary_key=True)
    holder: Mapped[str | None] = mapped_column(KEY)
    fencing: Mapped[int] = mapped_column(BigInteger)
