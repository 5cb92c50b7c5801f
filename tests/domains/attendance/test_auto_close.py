"""Sessions that nobody ended: closed by the end of the shift in UTC, in whatever zone, as an exception."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portico.domains.attendance import closing, service
from portico.domains.attendance.models import Workday, WorkSession
from portico.domains.attendance.queries import punches as queries
from portico.domains.attendance.schemas.punches import PunchCreate
from portico.domains.directory import service as directory
from portico.domains.notifications import queries as notifications
from portico.kernel import clock
from portico.kernel.listing import ListQuery
from portico.kernel.schemas import load
from portico.kernel.unit_of_work import session
from tests.support import attendance
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases


def step(cast: Cast, kind: str = "in", **fields: Any) -> dict[str, Any]:
    with cast.writing():
        return service.clock_step(cast.actor("employee"), load(PunchCreate(), {"kind": kind, **fields})).punch


def only_session(cast: Cast) -> Any:
    with cast.reading():
        mine = select(WorkSession.__table__).where(WorkSession.workspace_id == cast.acme)
        return session().execute(mine.order_by(WorkSession.opened_at.desc())).first()


def stale_days(cast: Cast) -> set[date]:
    with cast.reading():
        stale = select(Workday.work_on).where(Workday.workspace_id == cast.acme, Workday.stale)
        return set(session().scalars(stale))


@pytest.mark.parametrize(
    ("zone", "came", "ends"),
    [
        # Nine in the morning of Monday the 23rd, wherever that is.
        ("Asia/Shanghai", "2026-11-23T01:00:00Z", "2026-11-23T09:30:00Z"),
        ("Pacific/Honolulu", "2026-11-23T19:00:00Z", "2026-11-24T03:30:00Z"),
        ("Pacific/Kiritimati", "2026-11-22T19:00:00Z", "2026-11-23T03:30:00Z"),
    ],
)
def test_e_p_07_closed_by_the_end_of_the_shift(cast: Cast, zone: str, came: str, ends: str) -> None:
    ends_at = datetime.fromisoformat(ends)
    with cast.writing():
        attendance.group(cast, "employee", zone=zone)
    with clock.held(datetime.fromisoformat(came)):
        assert step(cast)["work_on"] == date(2026, 11, 23)
        clock.advance(ends_at + timedelta(hours=4) - clock.now())
        assert closing.sweep() == 0
        clock.advance(timedelta(seconds=1))
        assert (closing.sweep(), closing.sweep()) == (1, 0)
    row = only_session(cast)
    assert (row.state, row.closed_at, row.out_punch_id, row.work_on) == (
        "auto_closed",
        ends_at,
        None,
        date(2026, 11, 23),
    )
    assert stale_days(cast) == {date(2026, 11, 23)}
    with cast.reading():
        inbox = notifications.page_of_notifications(cast.actor("employee"), ListQuery()).rows
    assert [one["title"] % one["params"] for one in inbox] == ["You did not clock out on 2026-11-23"]


def test_what_comes_next_does_not_wait_for_the_worker(cast: Cast) -> None:
    """The next morning's clock-in closes what was left open, if no worker did."""
    with cast.writing():
        attendance.group(cast, "employee")
    with clock.held(datetime(2026, 11, 26, 8, tzinfo=UTC)):
        step(cast)
        clock.advance(timedelta(days=1))
        assert step(cast)["work_on"] == date(2026, 11, 27)
        with cast.reading():
            states = [
                one["state"] for one in queries.sessions_of_days(cast.acme, cast.employee_id("employee"), *both())
            ]
    assert states == ["auto_closed", "open"]


def both() -> tuple[date, date]:
    return date(2026, 11, 26), date(2026, 11, 27)


def test_e_p_02_the_end_of_a_night_belongs_to_its_beginning(cast: Cast) -> None:
    with cast.writing():
        attendance.group(cast, "employee", shift_ids=(attendance.shift(cast, "22:00", "30:00"),))
    with clock.held(datetime(2026, 11, 26, 20, 55, tzinfo=UTC)):
        first = step(cast)
        clock.advance(timedelta(hours=8, minutes=4))
        last = step(cast, "out")
    assert (first["work_on"], last["work_on"], last["instance_key"]) == (
        date(2026, 11, 26),
        date(2026, 11, 26),
        "2026-11-26#0",
    )
    assert only_session(cast).state == "closed"


def test_e_p_03_the_boundary_of_two_shifts_belongs_to_the_open_one(cast: Cast) -> None:
    with cast.writing():
        early, late = attendance.shift(cast, "06:00", "14:00"), attendance.shift(cast, "14:00", "22:00")
        attendance.group(cast, "employee", shift_ids=(early, late))
    with clock.held(datetime(2026, 11, 26, 5, tzinfo=UTC)):
        step(cast)
        clock.advance(timedelta(hours=8))
        out = step(cast, "out")
        again = step(cast)
    assert (out["instance_key"], again["instance_key"]) == ("2026-11-26#0", "2026-11-26#1")


def test_e_p_10_a_free_day_ends_sixteen_hours_later(cast: Cast) -> None:
    with cast.writing():
        attendance.group(cast, "employee", kind="free")
    with clock.held(datetime(2026, 11, 26, 21, 30, tzinfo=UTC)):
        assert step(cast)["work_on"] == date(2026, 11, 26)
        clock.advance(timedelta(hours=6))
        assert step(cast, "out")["work_on"] == date(2026, 11, 26)  # of the evening, not of the next day
        clock.advance(timedelta(hours=5))
        step(cast)
        clock.advance(timedelta(hours=16))
        assert closing.sweep() == 0
        clock.advance(timedelta(seconds=1))
        assert closing.sweep() == 1


def test_a_clock_out_that_comes_to_light_later_ends_it_after_all(cast: Cast) -> None:
    """Pressed without a network, accepted by the manager."""
    with cast.writing():
        attendance.group(cast, "employee")
    with clock.held(datetime(2026, 11, 26, 8, tzinfo=UTC)):
        step(cast)
        clock.advance(timedelta(hours=14))
        assert closing.sweep() == 1
        out = step(cast, "out", client_at="2026-11-26T17:00:00Z", offset_s=5 * 3600)
        row = only_session(cast)
        assert (out["status"], row.state, row.out_punch_id) == ("pending", "closed", out["id"])


@pytest.mark.parametrize("leave", [directory.depart, directory.suspend])
def test_who_leaves_ends_their_session_for_review(cast: Cast, leave: Any) -> None:
    with cast.writing():
        attendance.group(cast, "employee")
    with clock.held(datetime(2026, 11, 26, 8, tzinfo=UTC)):
        step(cast)
        clock.advance(timedelta(hours=1))
        with cast.writing():
            leave(cast.actor("hr_admin"), cast.employee_id("employee"))
        row = only_session(cast)
        assert (row.state, row.closed_at) == ("needs_review", clock.now())
        assert closing.sweep() == 0
