"""Who is in which group, written down from a date on.

The rules of groups name departments and groups as they are now. What they came to is kept with its dates, so that
somebody who moves changes no day before, and clocking finds the group of a person in one row. Somebody who is named one
by one is meant; else the group with the greatest priority takes them; several alike take nobody, and that is shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from portico.domains.attendance.queries import groups, setup
from portico.domains.attendance.queries.rulebook import PIECE
from portico.domains.attendance.service import staling
from portico.domains.directory import audiences
from portico.domains.directory.models import Employee
from portico.kernel.actor import Actor
from portico.kernel.adding import add
from portico.kernel.db import AnyRow
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

_assignment = groups.ASSIGNMENT.c
_employee = Employee.__table__.c


@dataclass(frozen=True, slots=True)
class Claim:
    """Whose somebody is: of one group, or of none because several claim them."""

    group_id: str | None
    contenders: tuple[str, ...] = ()


Timeline = list[tuple[date, Claim | None]]
"""From each of these dates on, until the next."""


def settle(actor: Actor, start: date, only: Sequence[str] | None = None) -> int:
    """Write down who is in which group from `start` on, by the rules and people of now. Answers of how many people
    it changed anything."""
    _hold(actor)
    versions = groups.version_rows(actor.workspace_id)
    today = setup.today(actor)
    dates = _turning_points(versions, start, max(today + timedelta(days=1), start))
    wanted: dict[str, Timeline] = defaultdict(list)
    for on in dates:
        claims = _claims(actor.workspace_id, versions, on, only)
        for employee_id in {*claims, *wanted}:
            timeline = wanted[employee_id]
            claim = claims.get(employee_id)
            if not timeline or timeline[-1][1] != claim:
                timeline.append((on, claim))
    known = _known(actor, start, only)
    changed = 0
    for employee_id in sorted({*wanted, *known}):
        timeline = wanted.get(employee_id, [(start, None)])
        if timeline[0][0] > start:
            timeline = [(start, None), *timeline]
        changed += _write(actor, employee_id, timeline, known.get(employee_id, []))
    return changed


def _hold(actor: Actor) -> None:
    """The rows of all groups, in one order: two who settle come one after the other."""
    table = groups.GROUP
    statement = select(table.c.id).where(table.c.workspace_id == actor.workspace_id).order_by(table.c.id)
    session().execute(statement.with_for_update()).all()


def _turning_points(versions: Sequence[AnyRow], start: date, end: date) -> list[date]:
    """The dates on which rules change, from one to another."""
    dates = {row.effective_from for row in versions} | {row.ends_on for row in versions if row.ends_on}
    return sorted({start, *(on for on in dates if start < on <= end)})


def _claims(workspace_id: str, versions: Sequence[AnyRow], on: date, only: Sequence[str] | None) -> dict[str, Claim]:
    holding: dict[str, AnyRow] = {}
    for row in versions:
        if row.effective_from <= on and (row.ends_on is None or on < row.ends_on):
            holding[row.group_id] = row
    rank: dict[str, tuple[int, int]] = {}
    found: dict[str, list[str]] = {}
    for group_id, row in sorted(holding.items()):
        named = {rule["id"] for rule in row.members["include"] if rule["kind"] == "employee"}
        for employee_id in _among(_ids(workspace_id, row.members, _few(only)), only):
            mine = (1, 0) if employee_id in named else (0, row.priority)
            if employee_id not in rank or mine > rank[employee_id]:
                rank[employee_id], found[employee_id] = mine, [group_id]
            elif mine == rank[employee_id]:
                found[employee_id].append(group_id)
    return {one: Claim(ids[0]) if len(ids) == 1 else Claim(None, tuple(ids)) for one, ids in found.items()}


def _ids(workspace_id: str, members: Mapping[str, Any], few: Sequence[str] | None) -> set[str]:
    statement = audiences.people(workspace_id, members)
    if few is not None:
        statement = statement.where(statement.selected_columns.id.in_(few))
    return set(session().scalars(statement))


def _known(actor: Actor, start: date, only: Sequence[str] | None) -> dict[str, list[AnyRow]]:
    """What is written down of the time from `start` on."""
    statement = select(groups.ASSIGNMENT).where(
        _assignment.workspace_id == actor.workspace_id,
        _assignment.until_on.is_(None) | (_assignment.until_on > start),
    )
    few = _few(only)
    if few is not None:
        statement = statement.where(_assignment.employee_id.in_(few))
    rows = session().execute(statement.order_by(_assignment.employee_id, _assignment.from_on)).all()
    wanted = _among({row.employee_id for row in rows}, only)
    found: dict[str, list[AnyRow]] = defaultdict(list)
    for row in rows:
        if row.employee_id in wanted:
            found[row.employee_id].append(row)
    return found


def _few(only: Sequence[str] | None) -> Sequence[str] | None:
    """So few that a statement can name them; of more it asks for all, and they are picked out here."""
    return None if only is None or len(only) > PIECE else only


def _among(ids: set[str], only: Sequence[str] | None) -> set[str]:
    return ids if only is None else ids.intersection(only)


def _write(actor: Actor, employee_id: str, timeline: Timeline, known: Sequence[AnyRow]) -> bool:
    start = timeline[0][0]
    before = [(max(row.from_on, start), Claim(row.group_id, tuple(row.contenders)), row.until_on) for row in known]
    after = [
        (on, claim, timeline[place + 1][0] if place + 1 < len(timeline) else None)
        for place, (on, claim) in enumerate(timeline)
        if claim is not None
    ]
    if before == after:
        return False
    mine = (_assignment.workspace_id == actor.workspace_id, _assignment.employee_id == employee_id)
    work = session()
    work.execute(delete(groups.ASSIGNMENT).where(*mine, _assignment.from_on >= start))
    kept = next((row for row in known if row.from_on < start), None)
    if kept is not None and after and after[0][0] == start and after[0][1] == before[0][1]:
        # It goes on as it was: one stretch, not two.
        work.execute(update(groups.ASSIGNMENT).where(*mine, _assignment.id == kept.id).values(until_on=after[0][2]))
        after = after[1:]
    elif kept is not None:
        work.execute(update(groups.ASSIGNMENT).where(*mine, _assignment.id == kept.id).values(until_on=start))
    add(
        groups.ASSIGNMENT,
        [
            {
                "workspace_id": actor.workspace_id,
                "id": new_id("asg"),
                "employee_id": employee_id,
                "group_id": claim.group_id,
                "contenders": list(claim.contenders),
                "from_on": on,
                "until_on": until,
            }
            for on, claim, until in after
        ],
    )
    staling.person_changed(actor, employee_id, start)
    return True


def settle_people(actor: Actor, employee_ids: Iterable[str]) -> int:
    """Something about these people changed. A day that has begun stays with its group, so they move tomorrow; who was
    in none comes in on the day they were hired, or today."""
    ids = sorted(set(employee_ids))
    if not ids or not groups.version_rows(actor.workspace_id):
        return 0
    today = setup.today(actor)
    placed = {one: rows[0] for one, rows in _known(actor, today, ids).items() if rows[0].from_on <= today}
    hired = _hired(actor, ids)
    starts: Mapping[str, date] = {
        one: today + timedelta(days=1) if one in placed and placed[one].group_id else hired.get(one, today)
        for one in ids
    }
    by_start: dict[date, list[str]] = defaultdict(list)
    for one, start in starts.items():
        by_start[start].append(one)
    return sum(settle(actor, start, people) for start, people in sorted(by_start.items()))


def settle_everybody(actor: Actor) -> int:
    """As `settle_people`, of all who are here or stand in a group."""
    here = session().scalars(
        select(_employee.id).where(_employee.workspace_id == actor.workspace_id, _employee.status != "departed")
    )
    placed = session().scalars(
        select(_assignment.employee_id).where(
            _assignment.workspace_id == actor.workspace_id, _assignment.until_on.is_(None)
        )
    )
    return settle_people(actor, {*here, *placed})


def _hired(actor: Actor, ids: Sequence[str]) -> dict[str, Any]:
    statement = select(_employee.id, _employee.hired_on).where(
        _employee.workspace_id == actor.workspace_id, _employee.hired_on.is_not(None)
    )
    few = _few(ids)
    if few is not None:
        statement = statement.where(_employee.id.in_(few))
    today = setup.today(actor)
    return {row.id: min(row.hired_on, today) for row in session().execute(statement)}
