"""What became of attempts, written in batches under the fencing number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import JSON, BigInteger, Integer, Text, bindparam, case, cast, column, func, insert, or_, select, update

from portico.domains.installations import service as installations
from portico.domains.installations.events import PRIVACY_ERASE_REQUESTED
from portico.domains.webhooks import counting, directives, ordering, service, signing
from portico.domains.webhooks.models import Attempt, Delivery, EndpointState
from portico.domains.webhooks.outcomes import PROXY_ERROR, Outcome, judge
from portico.domains.webhooks.pump.preparing import Sending
from portico.domains.webhooks.pump.shards import shard_in_sql
from portico.domains.webhooks.service import blocking
from portico.kernel import clock, scope_use
from portico.kernel.db import ID, Instant
from portico.kernel.id_lists import among
from portico.kernel.ids import new_id
from portico.kernel.outbound import Answer
from portico.kernel.unit_of_work import session

ERASE_REQUESTED = PRIVACY_ERASE_REQUESTED.name
BODY_KEPT = 4 * 1024
HEADERS_KEPT = ("content-type", "retry-after", "location", "server", "date", directives.HEADER)
HEADER_LIMIT = 500
PRECISION = timedelta(seconds=1)
"""Of the moment of an endpoint's last success: what succeeds all the time is not written each time."""

_delivery: Any = Delivery.__table__
_state: Any = EndpointState.__table__

# Built once: composing a statement costs more than running it. On PostgreSQL one statement takes all rows as JSON,
# which costs a fraction of one statement each.
_OUTCOMES = (
    func.json_to_recordset(cast(bindparam("rows", type_=Text()), JSON()))
    .table_valued(
        column("in_workspace", ID),
        column("of_id", ID),
        column("of_fencing", BigInteger()),
        column("new_state", Text()),
        column("new_attempts", Integer()),
        column("new_next_at", Instant()),
        column("new_status", Integer()),
        column("new_error", Text()),
        column("new_finished_at", Instant()),
    )
    .render_derived(name="outcome", with_types=True)
)
_FINISHED_ALL = (
    update(_delivery)
    .where(_delivery.c.workspace_id == _OUTCOMES.c.in_workspace, _delivery.c.id == _OUTCOMES.c.of_id)
    .where(_delivery.c.state == "sending", _delivery.c.fencing == _OUTCOMES.c.of_fencing)
    .values(
        state=_OUTCOMES.c.new_state,
        attempts=_OUTCOMES.c.new_attempts,
        next_at=_OUTCOMES.c.new_next_at,
        last_status=_OUTCOMES.c.new_status,
        last_error=_OUTCOMES.c.new_error,
        finished_at=_OUTCOMES.c.new_finished_at,
    )
    .returning(_delivery.c.id)
)
_TRIES = (
    func.json_to_recordset(cast(bindparam("rows", type_=Text()), JSON()))
    .table_valued(*(column(each.name, each.type) for each in Attempt.__table__.c))
    .render_derived(name="tried", with_types=True)
)
_TRIED_ALL: Any = insert(Attempt).from_select([each.name for each in Attempt.__table__.c], select(*_TRIES.c))
_FINISHED = (
    update(_delivery)
    .where(_delivery.c.workspace_id == bindparam("in_workspace"), _delivery.c.id == bindparam("of_id"))
    .values(
        state=bindparam("new_state"),
        attempts=bindparam("new_attempts"),
        next_at=bindparam("new_next_at"),
        last_status=bindparam("new_status"),
        last_error=bindparam("new_error"),
        finished_at=bindparam("new_finished_at"),
    )
)
_TRIED: Any = insert(Attempt)
_STATE = update(_state).where(_state.c.workspace_id == bindparam("in_workspace"), _state.c.id == bindparam("of_id"))
_NEWS = or_(
    _state.c.consecutive_failures > 0,
    _state.c.failing_since.is_not(None),
    _state.c.breaker_trips > 0,
    _state.c.warned > 0,
    _state.c.last_success_at.is_(None),
    _state.c.last_success_at < bindparam("lately", type_=Instant()),
)
_SUCCEEDED = (
    update(_state)
    .where(among(_state.c.workspace_id, bindparam("workspaces")), among(_state.c.id, bindparam("endpoints")), _NEWS)
    .values(
        consecutive_failures=0,
        failing_since=None,
        breaker_trips=0,
        warned=0,
        last_success_at=bindparam("moment", type_=Instant()),
    )
)
_FAILED = _STATE.values(
    consecutive_failures=_state.c.consecutive_failures + bindparam("count", type_=Integer()),
    failing_since=func.coalesce(_state.c.failing_since, bindparam("moment", type_=Instant())),
    last_failure_at=bindparam("moment", type_=Instant()),
)


@dataclass(frozen=True, slots=True)
class Result:
    sending: Sending
    timestamp: int
    answer: Answer


def write(results: Sequence[Result]) -> None:
    """Write the results of deliveries that are still ours, in the open system unit, whose lease was required."""
    now = clock.now()
    # Before anything else is locked: a claim sets aside what it sees behind a delivery that is on its way.
    ordering.lock_queues(_place(result) for result in results if result.sending.order_keys)
    judged = [(result, judge(result.answer, result.sending.attempts, now)) for result in results]
    ours = _update_deliveries(judged, now) if judged else set()
    judged = [one for one in judged if not ours.isdisjoint(one[0].sending.delivery_ids)]
    if not judged:
        return
    ordering.call_up((*_place(one), key) for one, _ in judged for key in one.sending.order_keys)
    _add_attempts([_attempt(result, outcome) for result, outcome in judged])
    _update_endpoints(judged, now)
    _note_use(judged)
    _count(judged)
    _keep_receipts(judged)


def _keep_receipts(judged: Sequence[tuple[Result, Outcome]]) -> None:
    """An app that has erased may say so in its answer. One that is wrong is as none: the app may still send it."""
    for result, outcome in judged:
        if result.sending.event_type == ERASE_REQUESTED and outcome.state == "succeeded":
            erasure_id = orjson.loads(result.sending.body)["resource"]["id"]
            installations.keep_receipt(erasure_id, result.answer.body, result.answer.headers)


def _count(judged: Sequence[tuple[Result, Outcome]]) -> None:
    for result, outcome in judged:
        counting.ATTEMPTS.labels(outcome.state, outcome.error_class or "none").inc()
        counting.ATTEMPT_SECONDS.observe(result.answer.total_ms / 1000)


def _note_use(judged: Sequence[tuple[Result, Outcome]]) -> None:
    for result, outcome in judged:
        sent = result.sending
        if outcome.state == "succeeded" and sent.installation_id is not None:
            scope_use.note(sent.workspace_id, sent.installation_id, sent.scopes)


def _ours(claimed: Sequence[Sending]) -> set[str]:
    """Those that are still as they were claimed, under the same fencing number; the rows stay locked."""
    fencing = {one: sending.fencing for sending in claimed for one in sending.delivery_ids}
    rows = session().execute(
        select(Delivery.id, Delivery.fencing)
        .where(Delivery.workspace_id.in_({sending.workspace_id for sending in claimed}))
        .where(Delivery.id.in_(fencing), Delivery.state == "sending")
        .order_by(Delivery.id)
        .with_for_update()
    )
    return {row.id for row in rows if row.fencing == fencing[row.id]}


def _update_deliveries(judged: Sequence[tuple[Result, Outcome]], now: datetime) -> set[str]:
    """Write what became of those that are still ours; answers which."""
    rows = [
        {
            "in_workspace": result.sending.workspace_id,
            "of_id": delivery_id,
            "of_fencing": result.sending.fencing,
            "new_state": outcome.state,
            "new_attempts": result.sending.attempts + int(outcome.spent),
            "new_next_at": outcome.next_at or now,
            "new_status": result.answer.status,
            "new_error": outcome.error_class,
            "new_finished_at": now if outcome.finished else None,
        }
        for result, outcome in judged
        for delivery_id in result.sending.delivery_ids
    ]
    work = session().connection()
    if work.dialect.name == "postgresql":
        return set(work.execute(_FINISHED_ALL, {"rows": orjson.dumps(rows).decode()}).scalars())
    ours = _ours([result.sending for result, _ in judged])
    rows = [row for row in rows if row["of_id"] in ours]
    if rows:
        work.execute(_FINISHED, rows)
    return ours


def _add_attempts(rows: list[dict[str, Any]]) -> None:
    work = session().connection()
    if work.dialect.name == "postgresql":
        work.execute(_TRIED_ALL, {"rows": orjson.dumps(rows).decode()})
    else:
        work.execute(_TRIED, rows)


def _attempt(result: Result, outcome: Outcome) -> dict[str, Any]:
    sending, answer = result.sending, result.answer
    return {
        "workspace_id": sending.workspace_id,
        "id": new_id("at"),
        "delivery_id": sending.delivery_id,
        "number": sending.attempts + 1,
        "url": sending.url,
        "started_at": answer.started_at,
        "duration_ms": answer.total_ms,
        "dns_ms": answer.dns_ms,
        "connect_ms": answer.connect_ms,
        "status": answer.status,
        "error_class": outcome.error_class,
        "detail": answer.detail,
        "request_headers": signing.open_headers(sending.message_id, result.timestamp, sending.installation_id),
        "response_headers": {
            name: answer.headers[name][:HEADER_LIMIT] for name in HEADERS_KEPT if name in answer.headers
        },
        "response_body": answer.body[:BODY_KEPT].decode(errors="replace").replace("\x00", "\ufffd"),
    }


def _update_endpoints(judged: Sequence[tuple[Result, Outcome]], now: datetime) -> None:
    """The hot row of each endpoint: once per batch, not per delivery."""
    succeeded = {_place(result) for result, outcome in judged if outcome.error_class is None}
    failed = Counter(_place(result) for result, outcome in judged if outcome.spent and outcome.error_class)
    work = session().connection()
    if succeeded:
        about = {"workspaces": [place[0] for place in succeeded], "endpoints": [place[1] for place in succeeded]}
        work.execute(_SUCCEEDED, {**about, "moment": now, "lately": now - PRECISION})
    if failed:
        work.execute(_FAILED, [{**_of(place, now), "count": failed[place]} for place in sorted(failed)])
        service.look_after(failed.keys(), now)
    for result, outcome in judged:
        if outcome.disabled_for is not None:
            service.disable(*_place(result), outcome.disabled_for)
        if outcome.pause_until is not None:
            why = "proxy" if outcome.error_class == PROXY_ERROR else "asked_to_wait"
            blocking.pause(*_place(result), outcome.pause_until, why)


def _place(result: Result) -> tuple[str, str]:
    return result.sending.workspace_id, result.sending.endpoint_id


def _of(place: tuple[str, str], now: datetime) -> dict[str, Any]:
    return {"in_workspace": place[0], "of_id": place[1], "moment": now}


def give_back(claimed: Sequence[Sending]) -> None:
    """What was claimed and not tried waits again."""
    session().execute(
        update(Delivery)
        .where(Delivery.workspace_id.in_({sending.workspace_id for sending in claimed}))
        .where(Delivery.id.in_(_ours(claimed)))
        .values(state="waiting", next_at=clock.now())
    )


def take_back(shards: Mapping[str, int], known: Collection[str]) -> None:
    """What is marked as being sent from these shards under these fencing numbers, and is not known, waits again."""
    shard = shard_in_sql(_delivery.c.endpoint_id)
    session().execute(
        update(Delivery)
        .where(Delivery.state == "sending", shard.in_(shards), Delivery.fencing == case(shards, value=shard))
        .where(Delivery.id.not_in(known))
        .values(state="waiting", next_at=clock.now())
    )


def take_again(shards: Mapping[str, int]) -> int:
    """What earlier owners of these shards were sending when they died waits again, at once; no attempt is spent.

    Whoever calls this owns the shards, under these fencing numbers.
    """
    shard = shard_in_sql(_delivery.c.endpoint_id)
    done: int = (
        session()
        .execute(
            update(Delivery)
            .where(Delivery.state == "sending", shard.in_(shards), Delivery.fencing < case(shards, value=shard))
            .values(state="waiting", next_at=clock.now())
        )
        .rowcount  # type: ignore[attr-defined]
    )
    return done
