"""Leave and the platform in one process: asked for, approved, written, seen."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from leave import asking, deciding, requests
from leave.deciding import decided
from leave.texts import Language


def requests_of(acme, status=None):
    """Zoë's, the latest days first."""
    with acme.leave.store.reading() as db:
        found = requests.newest(db, acme.installed.installation_id, acme.zoe.employee_id)
    return [one for one in found if status in (None, one.status)]


def test_an_approved_half_day_changes_the_attendance_day_presence_and_the_team_calendar(acme):
    ws, zoe = acme.ws, acme.zoe
    assert acme.ask("2026-11-24", part="morning", note="Dentist")["toast"] == "Asked for 0.5 days off."
    (waits,) = ws.agent.client.approvals.inbox()
    assert {one.label: one.value for one in waits.details}["Working days"] == "0.5"
    assert acme.ledger() == [("grant", 50)]
    acme.decide()

    (absence,) = acme.absences()
    assert (absence.status, absence.start.slot, absence.to.slot) == ("approved", "am", "am")
    assert acme.ledger() == [("grant", 50), ("use", -1)]

    assert ws.agent.client.presence.get(zoe.employee_id).availability != "on_leave"
    ws.clock.advance(to=datetime(2026, 11, 24, 9, 30, tzinfo=UTC))  # half past ten in Berlin
    assert ws.agent.client.presence.get(zoe.employee_id).availability == "on_leave"

    ws.clock.advance(to=datetime(2026, 11, 25, 12, tzinfo=UTC))
    ws.run()
    day = acme.workday("2026-11-24")
    assert day.absence_minutes > 0
    assert day.planned_minutes == day.absence_minutes + day.absent_minutes

    page = acme.open(ws.agent, "team", "?month=2026-11")
    assert page.count("Away in the morning") == 2  # for the eye, and for who listens
    assert "Vacation" not in page


def test_twenty_approvals_at_once_at_the_limit_take_no_more_than_there_is(make):
    acme = make(settings={"days_per_year": 7})
    days = [date(2026, 11, 30) + timedelta(days=7 * week + day) for week in range(4) for day in range(5)]
    desk = acme.leave.desk(acme.installed.installation_id)
    for day in days:
        wish = asking.Wish("vacation", day, day, "whole", "")
        asking.ask(desk, acme.zoe.employee_id, wish, key=str(day), language=Language())
    waiting = list(acme.ws.agent.client.approvals.inbox())
    requests = [one.subject.id for one in waiting]
    for one in waiting:
        acme.ws.agent.client.approvals.approve(one.id)
    start = threading.Barrier(len(requests))

    def hear(request_id):
        start.wait()
        decided(acme.leave.desk(acme.installed.installation_id), "approval.approved", request_id)

    with ThreadPoolExecutor(len(requests)) as pool:
        list(pool.map(hear, requests))
    acme.ws.run()  # and each is heard again as the platform tells it

    assert acme.ledger() == [("grant", 14), *[("use", -2)] * 7]
    assert len(acme.absences(status="approved")) == 7
    told = [one.title for one in acme.zoe.client.notifications.list() if "could not be carried out" in one.title]
    assert len(told) == 13
    assert acme.open(acme.zoe, "home").count("Not possible") == 13


def test_what_is_withdrawn_rejected_cancelled_or_shortened(acme):
    hr, zoe = acme.ws.hr_admin.client, acme.zoe
    acme.ask("2026-12-01")
    acme.decide("reject")
    acme.ask("2026-12-02", part="morning")
    assert acme.ask("2026-12-01", "2026-12-02")["errors"]["from"].startswith("Something else is asked for")
    (request,) = requests_of(acme, "pending")
    acme.open(zoe, "home", do="withdraw", request=request.id)
    acme.ws.run()
    assert [one.status for one in requests_of(acme)] == ["withdrawn", "rejected"]
    assert not list(acme.ws.agent.client.approvals.inbox())

    acme.ask("2026-12-07", "2026-12-11")
    acme.decide()
    assert acme.ledger()[1:] == [("use", -10)]
    (absence,) = acme.absences(status="approved")
    hr.absences.shorten(absence.id, to={"on": "2026-12-09", "slot": "am"})
    acme.ws.run()
    assert acme.ledger()[1:] == [("cancel", 5), ("use", -10)]

    page = acme.open(zoe, "home", do="withdraw", request=requests_of(acme, "approved")[0].id)
    assert "taken back" in page
    acme.ws.run()
    assert sum(amount for _, amount in acme.ledger()) == 50
    assert requests_of(acme)[0].status == "cancelled"
    assert acme.absences(status="approved") == []


def test_what_was_written_there_meanwhile_makes_it_impossible_and_gives_the_days_back(acme):
    acme.ask("2026-12-01", "2026-12-02")
    acme.ws.hr_admin.client.absences.create(
        employee_id=acme.zoe.employee_id, type_key="sick", start="2026-12-02", to="2026-12-02", status="approved"
    )
    acme.decide()
    assert sum(amount for _, amount in acme.ledger()) == 50
    (request,) = requests_of(acme)
    assert (request.status, request.reason) == ("refused", "overlap")
    assert [one.body for one in acme.zoe.client.notifications.list() if one.app] == [
        "Something else is asked for or agreed on one of these days."
    ]


def test_across_new_year_by_manager_and_hr_and_a_process_that_died_in_the_middle(make):
    acme = make(settings={"approval": "manager, then HR"})
    acme.ask("2026-12-30", "2027-01-05")
    (request,) = requests_of(acme)
    for who in (acme.ws.agent, acme.ws.hr_admin):
        (waits,) = who.client.approvals.inbox()
        who.client.approvals.approve(waits.id)
    died = deciding._take(acme.leave.desk(acme.installed.installation_id), request)
    assert (died.status, acme.absences()) == ("agreed", [])
    acme.ws.run()
    assert [one.status for one in acme.absences()] == ["approved"]
    assert requests_of(acme)[0].status == "approved"
    assert acme.ledger(2026) == [("grant", 50), ("use", -4)]
    assert acme.ledger(2027) == [("grant", 50), ("use", -6)]


def test_who_joined_lately_has_a_part_of_the_year_and_waits_for_the_end_of_the_probation(make):
    acme = make(grant=["directory.sensitive:read"], settings={"probation_months": 3})
    acme.ws.hr_admin.client.employees.update(acme.zoe.employee_id, hired_on="2026-11-02")
    assert acme.ask("2026-12-01")["errors"] == {"from": "Vacation begins 3 months after joining."}
    assert "4 days" in acme.open(acme.zoe, "home")
    assert acme.ledger() == [("grant", 8)]


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ({"first": "2026-11-28"}, {"from": "There is no working day among them."}),
        ({"first": "2026-12-02", "last": "2026-12-01"}, {"to": "The last day is before the first."}),
        ({"first": "2026-12-01", "type": "moon"}, {"type": "There is no such type. There are: vacation, sick, other"}),
        ({"first": "2028-01-04"}, {"from": "Days can be asked for from this year until the end of the next."}),
        (
            {"first": "2026-12-01", "last": "2027-03-31"},
            {"from": "Not enough days are left then. 25 can be asked for."},
        ),
    ],
)
def test_what_is_refused_before_anybody_is_asked(shared, said, refused):
    assert shared.ask(**said)["errors"] == refused
    assert not list(shared.ws.agent.client.approvals.inbox())
