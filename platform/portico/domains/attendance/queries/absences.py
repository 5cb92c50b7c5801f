"""Reads of absences; each begins at whose the actor may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from portico.domains.attendance import halves
from portico.domains.attendance.models.absences import LIVE, STATUSES, Absence, AbsenceSlot, AbsenceType
from portico.domains.attendance.queries.reach import within_sight
from portico.domains.directory.ranges import within_range
from portico.kernel.actor import Actor
from portico.kernel.data_range import Reader, reaches
from portico.kernel.db import AnyRow, AnySelect
from portico.kernel.errors import NotFound
from portico.kernel.listing import ORDERED, Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

_absence = Absence.__table__.c
_slot = AbsenceSlot.__table__.c
_type = AbsenceType.__table__.c
CORE = "core"
READ, WRITE, APPROVE = "absences:read", "absences:write", "absences:approve"


def _archived(operator: str, value: Any) -> ColumnElement[bool]:
    return _type.archived_at.is_not(None) if value else _type.archived_at.is_(None)


ABSENCES = Listing(
    id_column=_absence.id,
    filters={
        "employee_id": Filter(column=_absence.employee_id, operators=("eq", "in")),
        "type_key": Filter(column=_absence.type_key, operators=("eq", "ne", "in")),
        "status": Filter(column=_absence.status, operators=("eq", "ne", "in"), choices=STATUSES),
        "from_on": Filter(kind="date", column=_absence.from_on, operators=("lt", "lte", "gt", "gte")),
        "until_on": Filter(kind="date", column=_absence.until_on, operators=("lt", "lte", "gt", "gte")),
        "source": Filter(column=_absence.source, operators=("eq", "ne", "in")),
        "source_ref": Filter(column=_absence.source_ref, operators=("eq", "in")),
        "updated_at": Filter(kind="instant", column=_absence.updated_at, operators=ORDERED),
    },
    sorts={"created_at": Sort(_absence.id), "starts_at": Sort(_absence.starts_at, instant=True)},
    default_sort="-starts_at",
)
ABSENCE_TYPES = Listing(
    id_column=_type.id,
    filters={
        "key": Filter(column=_type.key, operators=("eq", "in")),
        "source": Filter(column=_type.source, operators=("eq", "in")),
        "archived": Filter(kind="bool", clause=_archived, operators=("eq",)),
    },
    sorts={"created_at": Sort(_type.id), "key": Sort(_type.key)},
    default_sort="created_at",
)


def visible_to(actor: Actor, scope: str = READ) -> AnySelect:
    """One's own, and those of who reports to one; HR's and apps' are all, within their range. `scope` is what the
    operation asked for: who writes finds what they write, also without reading."""
    return select(Absence.__table__).where(
        _absence.workspace_id == actor.workspace_id, *within_sight(actor, _absence.employee_id, scope=scope)
    )


@reaches("absence")
def _reach(reader: Reader) -> AnySelect:
    return select(_absence.id).where(
        _absence.workspace_id == reader.workspace_id, *within_range(reader, _absence.employee_id)
    )


@reaches("absence_type")
def _reach_of_types(reader: Reader) -> None:
    """They are about nobody."""


def source_of(actor: Actor) -> str:
    return actor.installation_id if actor.through_app and actor.installation_id else CORE


def shown(stored: Mapping[Any, Any]) -> dict[str, Any]:
    """An absence as it is answered: the edges instead of the halves."""
    made = dict(stored)
    found = halves.of_row(made)
    made["from_"], made["to"] = found.edges() if found else (None, None)
    made["from_at"], made["until_at"] = (None, None) if found else (made["starts_at"], made["ends_at"])
    change = made["pending_change"]
    made["pending_change"] = None if change is None else shown_change(change)
    return made


def shown_change(change: Mapping[str, Any]) -> dict[str, Any]:
    if change["kind"] == "cancel":
        return {"kind": "cancel", "from_": None, "to": None}
    first, last = wanted(change).edges()
    return {"kind": change["kind"], "from_": first, "to": last}


def wanted(change: Mapping[str, Any]) -> halves.Stretch:
    """To what an absence is to be shortened."""
    first, last = change["first"], change["last"]
    return halves.Stretch(
        halves.Half(date.fromisoformat(first["on"]), first["slot"]),
        halves.Half(date.fromisoformat(last["on"]), last["slot"]),
    )


def absence(actor: Actor, absence_id: str, *, lock: bool = False, scope: str = READ) -> dict[str, Any]:
    """Raises NotFound."""
    statement = visible_to(actor, scope).where(_absence.id == absence_id)
    row = session().execute(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise NotFound()
    return shown(row._mapping)


def page_of_absences(actor: Actor, query: ListQuery) -> Page:
    found = page(visible_to(actor), ABSENCES, actor.workspace_id, query)
    return replace(found, rows=[shown(row._mapping) for row in found.rows])


def own_absences(actor: Actor) -> list[dict[str, Any]]:
    """Every absence of the person themselves, the newest first."""
    own = visible_to(actor).where(_absence.employee_id == actor.employee_id).order_by(_absence.id.desc())
    return [shown(row._mapping) for row in session().execute(own)]


def by_reference(actor: Actor, source: str, reference: str) -> dict[str, Any] | None:
    """What a source wrote under this reference, whoever asks: for the service."""
    row = session().execute(
        select(Absence.__table__).where(
            _absence.workspace_id == actor.workspace_id, _absence.source == source, _absence.source_ref == reference
        )
    )
    found = row.one_or_none()
    return None if found is None else shown(found._mapping)


def _live_of(workspace_id: str, employee_id: str) -> AnySelect:
    return select(Absence.__table__).where(
        _absence.workspace_id == workspace_id, _absence.employee_id == employee_id, _absence.status.in_(LIVE)
    )


def touching(workspace_id: str, employee_id: str, first: date, last: date, besides: str = "") -> list[dict[str, Any]]:
    """The living absences of a person that touch these dates, the first first."""
    rows = session().execute(
        _live_of(workspace_id, employee_id)
        .where(_absence.until_on >= first, _absence.from_on <= last, _absence.id != besides)
        .order_by(_absence.starts_at, _absence.id)
    )
    return [shown(row._mapping) for row in rows]


def taken(workspace_id: str, employee_id: str, first: date, last: date) -> dict[tuple[date, str], str]:
    """The halves of these dates that are taken, each with its absence."""
    rows = session().execute(
        select(_slot.absent_on, _slot.slot, _slot.absence_id).where(
            _slot.workspace_id == workspace_id,
            _slot.employee_id == employee_id,
            _slot.absent_on >= first,
            _slot.absent_on <= last,
        )
    )
    return {(row.absent_on, row.slot): row.absence_id for row in rows}


def still_to_come(workspace_id: str, employee_id: str, now: datetime) -> list[dict[str, Any]]:
    """The living absences of a person that have not begun."""
    rows = session().execute(_live_of(workspace_id, employee_id).where(_absence.starts_at > now).order_by(_absence.id))
    return [shown(row._mapping) for row in rows]


def away_at(workspace_id: str, employee_ids: Sequence[str], at: datetime) -> dict[str, datetime]:
    """Those of these people whose agreed absence lasts at the instant, and until when at the earliest."""
    rows = session().execute(
        select(_absence.employee_id, _absence.ends_at).where(
            _absence.workspace_id == workspace_id,
            _absence.employee_id.in_(employee_ids),
            _absence.status == "approved",
            _absence.starts_at <= at,
            _absence.ends_at > at,
        )
    )
    found: dict[str, datetime] = {}
    for row in rows:
        found[row.employee_id] = max(row.ends_at, found.get(row.employee_id, row.ends_at))
    return found


def between(
    workspace_id: str, employee_ids: Iterable[str], first: date, last: date, statuses: Sequence[str] = ("approved",)
) -> list[dict[str, Any]]:
    """The absences of these people that touch these dates, whoever asks: for calendars and feeds."""
    rows = session().execute(
        select(Absence.__table__)
        .where(_absence.workspace_id == workspace_id, _absence.employee_id.in_(list(employee_ids)))
        .where(_absence.status.in_(statuses), _absence.until_on >= first, _absence.from_on <= last)
        .order_by(_absence.starts_at, _absence.id)
    )
    return [shown(row._mapping) for row in rows]


def types_visible_to(actor: Actor) -> AnySelect:
    return select(AbsenceType.__table__).where(_type.workspace_id == actor.workspace_id)


def page_of_types(actor: Actor, query: ListQuery) -> Page:
    return page(types_visible_to(actor), ABSENCE_TYPES, actor.workspace_id, query)


def absence_type(actor: Actor, type_id: str) -> AnyRow:
    """Raises NotFound."""
    row = session().execute(types_visible_to(actor).where(_type.id == type_id)).one_or_none()
    if row is None:
        raise NotFound()
    return row


def type_by_key(actor: Actor, key: str) -> AnyRow | None:
    """One that is not archived."""
    wanted_type = types_visible_to(actor).where(_type.key == key, _type.archived_at.is_(None))
    return session().execute(wanted_type).one_or_none()


def all_types(actor: Actor) -> list[AnyRow]:
    """Every type, the archived too, for pages and calendars."""
    return list(session().execute(types_visible_to(actor).order_by(_type.id)))
