"""How the endpoints that somebody sees fare: how much comes through, since when not, and what waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal_column, select

from portico.domains.webhooks import queries
from portico.domains.webhooks.models import Delivery, EndpointState, WebhookEndpoint
from portico.kernel.actor import Actor
from portico.kernel.unit_of_work import session

LAST = 100
"""Of so many deliveries the share that arrived is shown."""
MOST_WAITING = 1_000
MOST_ENDPOINTS = 50
_endpoint = WebhookEndpoint.__table__.c
_state = EndpointState.__table__.c


def _of_this(one: Any) -> ColumnElement[bool]:
    mine: ColumnElement[bool] = (one.workspace_id == _endpoint.workspace_id) & (one.endpoint_id == _endpoint.id)
    return mine


def _finished() -> tuple[Any, Any]:
    """Of the newest deliveries of an endpoint: how many have ended, and how many of them arrived."""
    one = Delivery.__table__.alias("newest").c
    newest = select(one.state).where(_of_this(one)).order_by(one.id.desc()).limit(LAST)
    rows = newest.correlate(WebhookEndpoint.__table__).subquery("some")
    ended = case((rows.c.state.in_(("succeeded", "failed", "expired")), 1))
    arrived = case((rows.c.state == "succeeded", 1))
    return select(func.count(ended)).scalar_subquery(), select(func.count(arrived)).scalar_subquery()


def _waiting() -> tuple[Any, Any]:
    """How many wait, counted to `MOST_WAITING`, and since when the first of them does."""
    one = Delivery.__table__.alias("waits").c
    waits = (_of_this(one), one.state == literal_column("'waiting'"))
    some = select(one.id).where(*waits).limit(MOST_WAITING).correlate(WebhookEndpoint.__table__).subquery("waiting")
    oldest = Delivery.__table__.alias("oldest").c
    first = (
        select(oldest.created_at)
        .where(_of_this(oldest), oldest.state == literal_column("'waiting'"))
        .order_by(oldest.lane, oldest.next_at, oldest.id)
        .limit(1)
    )
    count = select(func.count()).select_from(some).scalar_subquery()
    return count, first.correlate(WebhookEndpoint.__table__).scalar_subquery()


def endpoints_faring(actor: Actor, limit: int = MOST_ENDPOINTS) -> list[dict[str, Any]]:
    """Those that fail longest first, then those for which most waits."""
    ended, arrived = _finished()
    waiting, oldest = _waiting()
    asked = queries.visible_to(actor).add_columns(
        ended.label("ended"), arrived.label("arrived"), waiting.label("waiting"), oldest.label("waiting_since")
    )
    rows = session().execute(
        asked.order_by(_state.failing_since.is_(None), _state.failing_since, _endpoint.id).limit(limit)
    )
    return [{**row._mapping, "rate": _rate(row.arrived, row.ended)} for row in rows]


def _rate(arrived: int, ended: int) -> int | None:
    """In whole per cent, never rounded up to a hundred; None when nothing has ended yet."""
    return 100 * arrived // ended if ended else None


def summary(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Of all of them together."""
    ended = sum(row["ended"] for row in rows)
    since: list[datetime] = [row["waiting_since"] for row in rows if row["waiting_since"] is not None]
    return {
        "rate": _rate(sum(row["arrived"] for row in rows), ended),
        "ended": ended,
        "failing": sum(row["failing_since"] is not None for row in rows),
        "waiting": sum(row["waiting"] for row in rows),
        "waiting_since": min(since, default=None),
    }
