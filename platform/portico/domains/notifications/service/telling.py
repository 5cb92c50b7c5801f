"""Telling people something, and taking it back.

A few are told at once, in the transaction of what happened; whoever a Select finds is noted in that transaction and
told by a job, five thousand at a time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, cast

from sqlalchemy import Select, Table, bindparam, delete, func, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from portico.domains.directory.models import Employee
from portico.domains.directory.presence import facts_of
from portico.domains.notifications.holding import Way, way_of
from portico.domains.notifications.kinds import KINDS
from portico.domains.notifications.models import Notification, NotificationFanOut, NotificationRecipient
from portico.domains.notifications.queries.mutes import muting
from portico.domains.notifications.service.leaving import SEND
from portico.domains.notifications.service.urgency import ring
from portico.kernel import clock, whispers
from portico.kernel.actor import Actor, system
from portico.kernel.ids import new_id
from portico.kernel.jobs import enqueue
from portico.kernel.unit_of_work import after_commit, session

BATCH = 5_000
FAN_OUT = "notifications.fan_out"
_notes = cast(Table, Notification.__table__)
_fan_outs = cast(Table, NotificationFanOut.__table__)
_recipients = cast(Table, NotificationRecipient.__table__)
_employee = Employee.__table__.c
_note = _notes.c


def notify(
    actor: Actor,
    kind: str,
    to: Sequence[str] | Select[Any],
    *,
    title: str,
    body: str | None = None,
    params: Mapping[str, Any] | None = None,
    url: str | None = None,
    resource: tuple[str, str] | None = None,
    urgent: bool = False,
    installation_id: str | None = None,
    app_name: str | None = None,
    as_text: bool = False,
    key: str,
) -> None:
    """Tell employees something, each once per `key`; who has left is not told.

    `to` is a list of ids, or a Select of ids for many, whom a job tells. `title` and `body` are messages of our
    catalogue (`N_`) with their `params`; what an app says (`installation_id`) is text, as is what somebody wrote
    (`as_text`). `url` is a path within the pages of the workspace, such as `/tickets/tkt_…`.

    Raises InsufficientScope and TooManyUrgent.
    """
    written = as_text or installation_id is not None
    told = _told(actor, kind, title, body, None if written else dict(params or {}))
    told |= {"url": url, "urgent": urgent, "installation_id": installation_id, "app_name": app_name, "key": key}
    told |= {"resource_type": resource and resource[0], "resource_id": resource and resource[1]}
    if urgent:
        ring(actor, told)
    if isinstance(to, Select):
        _tell_many(actor, told, to)
    else:
        _tell(actor, told, to)


def _told(actor: Actor, kind: str, title: str, body: str | None, params: dict[str, Any] | None) -> dict[str, Any]:
    if kind not in KINDS:
        raise LookupError(f"There is no kind of notification {kind!r}; declare it as a NotificationKind.")
    for text in (title, body):
        if params is not None and text is not None:
            text % params  # what cannot be filled in fails here, and not for whoever reads it
    return {"kind": kind, "title": title, "body": body, "params": params, "sender": actor.as_dict()}


def _tell(actor: Actor, told: dict[str, Any], employee_ids: Sequence[str]) -> None:
    """At once, in this transaction."""
    now = clock.now()
    ways = _ways(actor.workspace_id, told, employee_ids, now)
    muted = _muting(actor.workspace_id, told, list(ways))
    rows = [
        {
            **told,
            "workspace_id": actor.workspace_id,
            "id": new_id("ntf"),
            "employee_id": employee_id,
            "muted": employee_id in muted,
            "state": "out" if employee_id in muted else way.state,
            "due_at": way.due_at,
            "overrode": way.overrode and employee_id not in muted,
            "created_at": now,
        }
        for employee_id, way in ways.items()
    ]
    if rows:
        session().execute(_insert().on_conflict_do_nothing(index_elements=["workspace_id", "employee_id", "key"]), rows)
        bells_changed(actor.workspace_id, list(ways))
    if any(row["state"] == "new" for row in rows):
        enqueue(system(actor.workspace_id), SEND)


def bells_changed(workspace_id: str, employee_ids: Sequence[str]) -> None:
    """Pages of theirs that are open ask for the number anew, once this is committed."""
    after_commit(partial(whispers.to_people, workspace_id, "told", employee_ids))


def _insert() -> Any:
    build: Any = postgresql.insert if session().get_bind().dialect.name == "postgresql" else sqlite.insert
    return build(_notes)


def _ways(workspace_id: str, told: Mapping[str, Any], employee_ids: Sequence[str], at: datetime) -> dict[str, Way]:
    """How it goes to each of those who have not left."""
    return {
        known.employee_id: way_of(known, told["kind"], at, urgent=told["urgent"])
        for known in facts_of(workspace_id, employee_ids, at, seen=False)
        if known.status != "departed"
    }


def _muting(workspace_id: str, told: Mapping[str, Any], employee_ids: Sequence[str]) -> set[str]:
    if not KINDS[told["kind"]].mutable:
        return set()
    return muting(workspace_id, employee_ids, told["kind"], told["installation_id"])


def _tell_many(actor: Actor, told: dict[str, Any], to: Select[Any]) -> None:
    """Note who is to be told, as they are now; a job tells them."""
    fan_out_id = new_id("nfo")
    session().execute(
        insert(_fan_outs).values(
            workspace_id=actor.workspace_id,
            id=fan_out_id,
            key=told["key"],
            told=told,
            created_at=clock.now(),
            reached=None,
            done=0,
        )
    )
    chosen = to.subquery()
    session().execute(
        insert(_recipients).from_select(
            ["workspace_id", "fan_out_id", "employee_id"],
            select(literal(actor.workspace_id), literal(fan_out_id), chosen.c[0]).distinct(),
        )
    )
    enqueue(actor, FAN_OUT, fan_out_id=fan_out_id)


def fan_out_step(actor: Actor, fan_out_id: str) -> int:
    """Tell the next batch, and note how far it is. Answers how many there were: none when all are told, or when it was
    taken back."""
    here = (_fan_outs.c.workspace_id == actor.workspace_id, _fan_outs.c.id == fan_out_id)
    row = session().execute(select(_fan_outs).where(*here).with_for_update()).one_or_none()
    if row is None:
        return 0
    mine = _recipients.c
    batch = session().scalars(
        select(mine.employee_id)
        .where(mine.workspace_id == actor.workspace_id, mine.fan_out_id == fan_out_id)
        .where(mine.employee_id > (row.reached or ""))
        .order_by(mine.employee_id)
        .limit(BATCH)
    )
    ids = list(batch)
    if not ids:
        session().execute(delete(_fan_outs).where(*here))
        return 0
    _tell_batch(actor.workspace_id, fan_out_id, row.told, (ids[0], ids[-1]), ids)
    bells_changed(actor.workspace_id, ids)
    session().execute(update(_fan_outs).where(*here).values(reached=ids[-1], done=row.done + len(ids)))
    enqueue(system(actor.workspace_id), SEND)
    return len(ids)


def _tell_batch(
    workspace_id: str, fan_out_id: str, told: dict[str, Any], ends: tuple[str, str], ids: list[str]
) -> None:
    """One INSERT for all of them as most are; then those are changed for whom it is otherwise."""
    now = clock.now()
    usual = Way("new" if KINDS[told["kind"]].channels else "out", now)
    _insert_batch(workspace_id, fan_out_id, told, ends, usual)
    muted = {employee_id: Way("out", now) for employee_id in _muting(workspace_id, told, ids)}
    unusual: dict[Way, list[str]] = {}
    for employee_id, way in (_ways(workspace_id, told, ids, now) | muted).items():
        if way != usual or employee_id in muted:
            unusual.setdefault(way, []).append(employee_id)
    for way, people in unusual.items():
        of_these = (_note.workspace_id == workspace_id, _note.key == told["key"], _note.employee_id.in_(people))
        values = {"state": way.state, "due_at": way.due_at, "overrode": way.overrode}
        session().execute(update(_notes).where(*of_these, _note.created_at == now).values(values))
    if muted:
        of_these = (_note.workspace_id == workspace_id, _note.key == told["key"], _note.employee_id.in_(muted))
        session().execute(update(_notes).where(*of_these, _note.created_at == now).values(muted=True))


def _insert_batch(workspace_id: str, fan_out_id: str, told: dict[str, Any], ends: tuple[str, str], usual: Way) -> None:
    mine = _recipients.c
    shared = {
        **told,
        "workspace_id": workspace_id,
        "muted": False,
        "overrode": False,
        "state": usual.state,
        "due_at": usual.due_at,
        "created_at": usual.due_at,
    }
    # An id of its own from the instant of the fan-out and the end of the employee's, which is theirs alone.
    own = literal(f"ntf_{fan_out_id[4:17]}") + func.substr(mine.employee_id, 18)
    source = (
        select(own, mine.employee_id, *(bindparam(None, value, _note[name].type) for name, value in shared.items()))
        .join(Employee.__table__, (_employee.workspace_id == mine.workspace_id) & (_employee.id == mine.employee_id))
        .where(mine.workspace_id == workspace_id, mine.fan_out_id == fan_out_id, mine.employee_id.between(*ends))
        .where(_employee.status != "departed")
    )
    session().execute(_insert().from_select(["id", "employee_id", *shared], source).on_conflict_do_nothing())


def retract(workspace_id: str, key: str) -> None:
    """Take back what was told under a key, read or not, and stop telling it."""
    for table in (_fan_outs, _notes):
        session().execute(delete(table).where(table.c.workspace_id == workspace_id, table.c.key == key))
