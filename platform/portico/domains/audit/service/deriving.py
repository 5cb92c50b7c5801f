"""From the outbox to the record: each event becomes one entry, in the order of the events, whoever runs this."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlsplit

import orjson
from sqlalchemy import Table, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from portico.domains.audit import chain
from portico.domains.audit.models import AuditDetail, AuditEntry, AuditHead
from portico.kernel.events import Event, EventCounter
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session, system_unit

BATCH = 500
_entry = cast(Table, AuditEntry.__table__)
_detail = cast(Table, AuditDetail.__table__)
_head = AuditHead.__table__.c
_event = Event.__table__.c
_counter = EventCounter.__table__.c


def derive() -> int:
    """Record every event that is not recorded yet, a batch per transaction. Answers how many entries were made."""
    made = 0
    for workspace_id in _behind():
        while True:
            with system_unit("audit: derive entries from the outbox", write=True):
                fresh = _advance(workspace_id)
            made += fresh
            if fresh < BATCH:
                break
    return made


def _behind() -> list[str]:
    """The workspaces whose outbox is ahead of their record."""
    with system_unit("audit: whose outbox is ahead of the record") as work:
        rows = work.execute(
            select(_counter.workspace_id)
            .outerjoin(AuditHead, _head.workspace_id == _counter.workspace_id)
            .where((_head.event_seq.is_(None) & (_counter.seq > 0)) | (_counter.seq > _head.event_seq))
        )
        return list(rows.scalars())


def _advance(workspace_id: str) -> int:
    head = _take(workspace_id)
    events = session().execute(_events_after(workspace_id, head.event_seq)).all()
    if not events:
        return 0
    rows, details, digest = [], [], head.hash
    for seq, event in enumerate(events, head.seq + 1):
        row = _entry_of(event, seq)
        detail = row.pop("detail")
        if detail is not None:
            details.append({"workspace_id": workspace_id, "id": row["id"], "detail": detail})
        digest = row["hash"] = chain.link(row, digest)
        rows.append(row)
    work = session().connection()
    work.execute(insert(_entry), rows)
    if details:
        work.execute(insert(_detail), details)
    work.execute(
        update(AuditHead)
        .where(_head.workspace_id == workspace_id, _head.seq == head.seq)
        .values(
            seq=rows[-1]["seq"],
            event_seq=events[-1].seq,
            hash=digest,
            **chain.sign(workspace_id, rows[-1]["seq"], digest),
        )
    )
    return len(rows)


def _take(workspace_id: str) -> Any:
    """The head, locked to the end of the transaction: a second writer waits here, then goes on behind the first."""
    work = session()
    dialect = sqlite if work.get_bind().dialect.name == "sqlite" else postgresql
    fresh = {"workspace_id": workspace_id, "seq": 0, "event_seq": 0, "hash": "", "key_id": "", "signature": ""}
    work.execute(dialect.insert(AuditHead).values(**fresh, anchored_seq=0).on_conflict_do_nothing())
    return work.execute(
        update(AuditHead)
        .where(_head.workspace_id == workspace_id)
        .values(seq=_head.seq)
        .returning(_head.seq, _head.event_seq, _head.hash)
    ).one()


def _events_after(workspace_id: str, seq: int) -> Any:
    return (
        select(
            _event.workspace_id,
            _event.id,
            _event.seq,
            _event.type,
            _event.occurred_at,
            _event.actor,
            _event.resource_type,
            _event.resource_id,
            _event.changes,
            _event.before,
            _event.data,
            _event.origin,
        )
        .where(_event.workspace_id == workspace_id, _event.seq > seq)
        .order_by(_event.seq)
        .limit(BATCH)
    )


def _entry_of(event: Any, seq: int) -> dict[str, Any]:
    actor = {name: value for name, value in event.actor.items() if value is not None}
    detail = _detail_of(event)
    return {
        "workspace_id": event.workspace_id,
        "id": new_id("aud"),
        "seq": seq,
        "event_id": event.id,
        "at": event.occurred_at,
        "actor": actor,
        "actor_id": actor["id"],
        "on_behalf_of": actor.get("on_behalf_of"),
        "action": event.type,
        "object_type": event.resource_type,
        "object_id": event.resource_id,
        "changes": event.changes,
        "origin": event.origin,
        "detail": detail,
        "detail_hash": chain.detail_hash(detail) if detail is not None else None,
    }


_NAMES = ("display_name", "name", "subject", "title", "label", "app_key", "url", "kind")
"""Where an object carries what people call it, the best first."""
_REFERS = ("app_id", "client_id", "employee_id", "ticket_id")
"""What else an event is about, by id."""
_LONGEST = 200
_MOST_BYTES = 16 * 1024


def _detail_of(event: Any) -> dict[str, Any] | None:
    """The object's name at the time, and the changed fields before and after."""
    names = [each for each in _NAMES if event.data.get(each) and not isinstance(event.data[each], dict)]
    name = next((str(_plain(each, event.data[each]))[:_LONGEST] for each in names), None)
    fields = {each: _both(event, each) for each in event.changes or () if each in event.data}
    refers = {each: event.data[each] for each in _REFERS if isinstance(event.data.get(each), str)}
    if name is None and not fields and not refers:
        return None
    if len(orjson.dumps(fields)) > _MOST_BYTES:
        fields = {}
    return chain.salted({"name": name, "fields": fields, "refers": refers})


def _both(event: Any, field: str) -> dict[str, Any]:
    known = event.before is not None and field in event.before
    before = {"before": _plain(field, event.before[field])} if known else {}
    return {**before, "after": _plain(field, event.data[field])}


def _plain(field: str, value: Any) -> Any:
    """Of an address no more than its host: what follows may be as good as a password."""
    if field != "url" or not isinstance(value, str):
        return value
    parts = urlsplit(value)
    return f"{parts.scheme}://{parts.hostname or ''}{'/…' if parts.path.strip('/') else ''}"
