"""Who is on shift at an instant and who is not, for many people at once.

For presence; the caller has asked whether the actor may. Of whom no shift is known (in no group, in a free one, or on a
roster that says nothing of the date), nothing is said: their own hours decide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select

from portico.domains.attendance.models import AttendanceAssignment, WorkSession
from portico.domains.attendance.queries.rulebook import Rulebook, pieces, rulebook
from portico.domains.attendance.reckoning import Known, attended, local_date
from portico.domains.attendance.reckoning.values import Plan, Span
from portico.domains.attendance.unreadable import apart
from portico.kernel.unit_of_work import session

AHEAD = 14
"""So many days the next shift is looked for; behind a longer rest nobody says when it begins."""
_DAY = timedelta(days=1)
_assignment = AttendanceAssignment.__table__.c
_session = WorkSession.__table__.c


@dataclass(frozen=True, slots=True)
class OnShift:
    """`until`: when the shift ends, or the next one begins, where that is known."""

    working: bool
    until: datetime | None = None


def on_shift_at(workspace_id: str, employee_ids: Sequence[str], at: datetime) -> Mapping[str, OnShift]:
    """Those of these people of whom there is something to say. Who is clocked in works, whatever was planned."""
    today = at.date()
    ids = _assigned(workspace_id, employee_ids, today)
    found: dict[str, OnShift] = {}
    if ids:
        # Of whom the rules cannot be read, nothing is said.
        apart(ids, lambda some: found.update(_of_people(workspace_id, some, at)), lambda one: None)
    return found


def _of_people(workspace_id: str, ids: Sequence[str], at: datetime) -> dict[str, OnShift]:
    # Zones are a day apart at most, and a night shift began on the date before.
    book = rulebook(workspace_id, ids, at.date() - 2 * _DAY, at.date() + (AHEAD + 1) * _DAY)
    known, clocked = Known(), _clocked_in(workspace_id, ids, at)
    found: dict[str, OnShift] = {}
    for one in ids:
        said = _of_person(book, known, one, at)
        if one in clocked:
            said = OnShift(True, said.until if said is not None and said.working else None)
        if said is not None:
            found[one] = said
    return found


def _assigned(workspace_id: str, employee_ids: Sequence[str], today: date) -> list[str]:
    found: set[str] = set()
    for piece in pieces(employee_ids):
        found.update(
            session().scalars(
                select(_assignment.employee_id)
                .where(_assignment.workspace_id == workspace_id, _assignment.employee_id.in_(piece))
                .where(_assignment.from_on <= today + _DAY, _assignment.group_id.is_not(None))
                .where(or_(_assignment.until_on.is_(None), _assignment.until_on >= today - _DAY))
            )
        )
    return sorted(found)


def _clocked_in(workspace_id: str, employee_ids: Sequence[str], at: datetime) -> set[str]:
    """Whose session is open, and not forgotten."""
    found: set[str] = set()
    for piece in pieces(employee_ids):
        mine = select(_session.employee_id).where(
            _session.workspace_id == workspace_id, _session.employee_id.in_(piece), _session.state == "open"
        )
        found.update(session().scalars(mine.where(_session.due_at >= at)))
    return found


def _of_person(book: Rulebook, known: Known, employee_id: str, at: datetime) -> OnShift | None:
    today = local_date(book.rules(employee_id, at.date()).timezone, at)
    ahead = (book.plan(employee_id, today + by * _DAY) for by in range(-1, AHEAD + 1))
    start, end = next((span for plan in ahead for span in _work(known, plan) if at < span[1]), (None, None))
    if start is not None and start <= at:
        return OnShift(True, end)
    return OnShift(False, start) if _is_said(book, employee_id, today) else None


def _is_said(book: Rulebook, employee_id: str, on: date) -> bool:
    """Whether the rules say when this person works on that date."""
    rules = book.rules(employee_id, on)
    if rules.group_id is None or rules.kind == "free":
        return False
    return rules.kind == "fixed" or (employee_id, on) in book.roster


def _work(known: Known, plan: Plan) -> list[Span]:
    """When one is to be there on a date, in the order of time."""
    return [span for one in known.instances((plan,)) for span in attended(one)]
