"""What shifts say of whether people are there: to who gives out work, and to who is told in working hours."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portico.domains.attendance.models import WorkSession
from portico.domains.attendance.queries.on_shift import on_shift_at
from portico.domains.directory import presence, service
from portico.domains.notifications import service as notifications
from portico.kernel import clock
from portico.kernel.unit_of_work import session
from tests.domains.notifications.test_telling import inbox, tell
from tests.domains.tickets.test_queues import into, make_queue, takers
from tests.support.attending import Company
from tests.support.cast import Cast
from tests.support.days import at
from tests.support.http import Api

WEDNESDAY, THURSDAY, FRIDAY, MONDAY = "2026-11-25", "2026-11-26", "2026-11-27", "2026-11-30"
pytestmark = pytest.mark.both_databases


def says(cast: Cast, name: str, moment: datetime) -> tuple[bool, datetime | None] | None:
    with cast.reading():
        found = on_shift_at(cast.acme, [cast.employee_id(name)], moment).get(cast.employee_id(name))
    return None if found is None else (found.working, found.until)


def test_a_week_with_breaks_gaps_holidays_and_rest(cast: Cast) -> None:
    company = Company(cast)
    split = company.shift("08:00-12:00", "14:00-18:00", breaks=[{"start": "10:00", "end": "10:15"}])
    feasts = company.calendar({"on": THURSDAY, "kind": "off"}, {"on": FRIDAY, "kind": "partial", "off_from": "12:00"})
    company.group("fixed", "agent", daily=(split,), holiday_calendar_id=feasts)
    expected = [
        ((WEDNESDAY, "07:59"), (False, at(WEDNESDAY, "08:00"))),
        ((WEDNESDAY, "08:00"), (True, at(WEDNESDAY, "12:00"))),
        ((WEDNESDAY, "10:05"), (True, at(WEDNESDAY, "12:00"))),  # a break within the work is not away
        ((WEDNESDAY, "12:00"), (False, at(WEDNESDAY, "14:00"))),
        ((WEDNESDAY, "18:00"), (False, at(FRIDAY, "08:00"))),  # a holiday lies between
        ((FRIDAY, "15:00"), (False, at(MONDAY, "08:00"))),  # half a holiday, then the weekend
    ]
    assert [says(cast, "agent", at(*moment)) for moment, _ in expected] == [then for _, then in expected]


def test_a_night_shift_is_of_the_date_before_and_a_roster_says_nothing_of_the_rest(cast: Cast) -> None:
    company = Company(cast)
    night = company.shift("22:00-30:00")
    company.group("roster", "agent", "support_admin")
    company.roster("agent", WEDNESDAY, night)
    company.roster("support_admin", THURSDAY, None)
    assert says(cast, "agent", at(THURSDAY, "02:00")) == (True, at(THURSDAY, "06:00"))
    assert says(cast, "agent", at(THURSDAY, "06:00")) is None
    assert says(cast, "support_admin", at(THURSDAY, "06:00")) == (False, None)  # a day of rest, and no shift in sight


def test_who_is_in_no_group_or_a_free_one_keeps_their_own_hours(cast: Cast) -> None:
    Company(cast).group("free", "agent")
    assert says(cast, "agent", at(WEDNESDAY, "03:00")) is says(cast, "owner", at(WEDNESDAY, "03:00")) is None


def test_outside_of_the_shift_tickets_go_to_others_and_working_hours_hold(cast: Cast, api: Api) -> None:
    company = Company(cast)
    company.group("fixed", "agent", daily=(company.shift("09:00-17:30"),))
    queue = make_queue(cast, agent=None, support_admin=None)
    me = cast.employee_id("agent")
    with clock.held(at(WEDNESDAY, "18:00")), cast.writing():
        notifications.put_policy(cast.actor("agent"), {"hold_outside": True})
    with clock.held(at(WEDNESDAY, "18:00")):
        with cast.reading():
            (found,) = presence.presences(cast.acme, [me]).values()
        tomorrow = at(THURSDAY, "09:00")
        assert (found.availability, found.source, found.until) == ("off_shift", "off_shift", tomorrow)
        assert takers(cast, into(cast, queue), into(cast, queue)) == ["support_admin", "support_admin"]
        tell(cast, "agent")
        assert inbox(cast, "agent")[0]["held_until"] == tomorrow
        with cast.writing():  # who says that they are there, is there
            service.set_presence(cast.actor("agent"), availability="available")
        assert takers(cast, into(cast, queue)) == ["agent"]
    with clock.held(tomorrow), cast.reading():
        assert presence.quiet(cast.acme, [me]) == {}


def test_who_is_clocked_in_works_whatever_was_planned(cast: Cast, api: Api) -> None:
    company = Company(cast)
    company.group("fixed", "agent", daily=(company.shift("09:00-17:30"),), punch_methods=["api"], no_evidence="allow")
    evening: dict[str, Any] = {"kind": "in", "method": "api"}
    with clock.held(at(WEDNESDAY, "18:30")):
        assert says(cast, "agent", clock.now()) == (False, at(THURSDAY, "09:00"))
        answer = api("agent").post("/attendance/punches", json=evening)
        assert answer.status_code == 201, answer.json
        assert says(cast, "agent", clock.now()) == (True, None)
        with cast.reading():
            due_at = session().scalars(select(WorkSession.due_at).where(WorkSession.workspace_id == cast.acme)).one()
    # Forgotten, it counts no longer.
    assert says(cast, "agent", due_at + timedelta(minutes=1)) != (True, None)
