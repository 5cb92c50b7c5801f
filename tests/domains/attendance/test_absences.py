"""Absences: asked for, agreed, given back; nothing twice at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from portico.domains.approvals import queries as approvals
from portico.domains.attendance.errors import (
    AbsenceChangePending,
    AbsenceDecided,
    AbsenceOverlap,
    AbsenceRefTaken,
    AbsenceTypeExists,
    PeriodLocked,
)
from portico.domains.attendance.queries import absences as queries
from portico.domains.attendance.queries import overlays
from portico.domains.attendance.reckoning.values import AbsenceFact
from portico.domains.attendance.schemas.absences import AbsenceShorten
from portico.domains.attendance.service import absence_changes, absence_types, absences
from portico.domains.directory import presence
from portico.kernel import clock
from portico.kernel.actor import DataRange
from portico.kernel.errors import Forbidden, Invalid, NotFound
from portico.kernel.listing import ListQuery
from portico.kernel.schemas import load
from tests.domains.approvals.asking import app, depart, manager
from tests.domains.attendance.leave import ask, decide, events, lock, read, span, stale, write
from tests.domains.tickets.test_tickets_at_once import together
from tests.support import attendance
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases
FRIDAY = datetime(2026, 11, 27, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with clock.held(FRIDAY):
        yield


def cancel(cast: Cast, absence: dict[str, Any], by: Any = "employee") -> dict[str, Any]:
    with cast.writing():
        return absence_changes.cancel_absence(cast.actor(by) if isinstance(by, str) else by, absence["id"])


def shorten(cast: Cast, absence: dict[str, Any], by: str = "employee", **ends: str) -> dict[str, Any]:
    body = {{"first": "from"}.get(name, name): span(value)["from"] for name, value in ends.items()}
    with cast.writing():
        return absence_changes.shorten_absence(cast.actor(by), absence["id"], load(AbsenceShorten(), body))


def test_asked_for_and_agreed_by_who_is_asked(cast: Cast) -> None:
    manager(cast, "employee", "agent")
    absence = ask(cast, "2026-12-21", "2026-12-23 am", note="Skiing")
    assert (absence["from_"]["slot"], absence["to"]["slot"], absence["status"]) == ("full", "am", "requested")
    with cast.reading():
        [waits] = approvals.inbox(cast.actor("agent"), ListQuery()).rows
        assert {fact["label"]: fact["value"] for fact in waits["details"]} == {
            "Type": "Vacation",
            "From": "2026-12-21",
            "To": "2026-12-23",
            "Ends": "after the morning",
            "Working days": "2.5",
            "Note": "Skiing",
        }
    assert decide(cast, absence, by="agent")["status"] == "approved"
    assert events(cast, absence) == ["requested", "approved"]
    with cast.reading():
        sees = [row["id"] for row in queries.page_of_absences(cast.actor("agent"), ListQuery()).rows]
        assert sees == [absence["id"]]
        with pytest.raises(NotFound):
            queries.absence(cast.actor("developer"), absence["id"])


def test_rejected_gives_the_days_back_and_so_does_taking_it_back(cast: Cast) -> None:
    first = ask(cast, "2026-12-01")
    assert decide(cast, first, "rejected")["status"] == "rejected"
    second = ask(cast, "2026-12-01")
    assert cancel(cast, second)["status"] == cancel(cast, second)["status"] == "cancelled"
    with cast.reading():
        assert queries.taken(cast.acme, cast.employee_id("employee"), date(2026, 12, 1), date(2026, 12, 1)) == {}
        assert approvals.page_of_approvals(cast.actor("employee"), ListQuery()).rows[0]["status"] == "withdrawn"
    assert events(cast, second) == ["requested", "cancelled"]
    with pytest.raises(AbsenceDecided):
        cancel(cast, first)


def test_e_p_20_two_halves_are_a_day_and_a_third_or_a_whole_one_is_refused(cast: Cast) -> None:
    for on in ("2026-11-27", "2026-12-01"):  # today too
        morning, afternoon = ask(cast, f"{on} am"), ask(cast, f"{on} pm")
        for again in (f"{on} am", f"{on} pm", on):
            with pytest.raises(AbsenceOverlap) as refusal:
                ask(cast, again)
            assert set(refusal.value.extra["absence_ids"]) <= {morning["id"], afternoon["id"]}
    ask(cast, "2026-12-03")
    with pytest.raises(AbsenceOverlap):
        ask(cast, "2026-12-02 pm", "2026-12-03 am")
    for _ in range(2):
        ask(cast, "2026-12-03", by="agent")  # somebody else's day
        cancel(cast, ask(cast, "2026-12-04"))
        depart_day = ask(cast, "2026-12-05 pm", "2026-12-06 am")
        cancel(cast, depart_day)
        break


def test_e_p_20_of_several_at_once_one_gets_the_half(cast: Cast) -> None:
    outcomes = together(*(lambda: ask(cast, "2026-12-01 am")["status"] for _ in range(3)))
    assert sorted(outcomes) == ["absence_overlap", "absence_overlap", "requested"]
    hours = {"from_at": "2026-12-02T10:00:00Z", "until_at": "2026-12-02T12:00:00Z", "type_key": "other"}
    outcomes = together(*(lambda: write(cast, hours)["status"] for _ in range(3)))
    assert sorted(outcomes) == ["absence_overlap", "absence_overlap", "requested"]


def test_by_the_hour_nothing_meets_hours_or_halves(cast: Cast) -> None:
    with cast.writing():
        attendance.group(cast, "employee")  # nine to half past five in Berlin: the middle is a quarter past one
    doctor = {"from_at": "2026-12-02T12:00:00Z", "until_at": "2026-12-02T13:00:00Z", "type_key": "other"}
    with pytest.raises(Invalid):
        write(cast, {**doctor, "type_key": "vacation"})
    absence = write(cast, doctor)
    assert (absence["from_at"], absence["from_"], absence["from_on"]) == (
        datetime(2026, 12, 2, 12, tzinfo=UTC),
        None,
        date(2026, 12, 2),
    )
    for body in ({**doctor, "from_at": "2026-12-02T12:59:00Z", "until_at": "2026-12-02T14:00:00Z"}, span("2026-12-02")):
        with pytest.raises(AbsenceOverlap):
            write(cast, {"type_key": "other", **body})
    with pytest.raises(AbsenceOverlap):
        ask(cast, "2026-12-02 am")  # until 12:15 UTC
    write(cast, {**doctor, "from_at": "2026-12-02T13:00:00Z", "until_at": "2026-12-02T14:00:00Z"})
    decide(cast, absence)
    with cast.reading():
        me = cast.employee_id("employee")
        found = overlays.absences_of(cast.acme, [me], date(2026, 12, 1), date(2026, 12, 3))
    hour = (datetime(2026, 12, 2, 12, tzinfo=UTC), datetime(2026, 12, 2, 13, tzinfo=UTC))
    assert found == {(me, date(2026, 12, 2)): (AbsenceFact("other", False, None, *hour),)}


def test_e_p_21_a_half_day_on_a_holiday_counts_nothing(cast: Cast) -> None:
    with cast.writing():
        attendance.group(cast, "employee", kind="free")  # Monday to Friday
    absence = ask(cast, "2026-12-04 pm", "2026-12-07 am")  # from Friday noon to Monday noon
    with cast.reading():
        found = absences.days_of(cast.actor("employee"), absence["id"])
    assert [(day["on"].day, day["slots"], day["counted"]) for day in found["days"]] == [
        (4, ["pm"], ["pm"]),
        (5, ["am", "pm"], []),
        (6, ["am", "pm"], []),
        (7, ["am"], ["am"]),
    ]
    assert found["half_days"] == 2


def test_e_p_22_across_new_year_each_year_has_its_own(cast: Cast) -> None:
    with cast.reading():
        ends = load(absences_preview(), span("2026-12-30", "2027-01-04"))
        found = absences.preview(cast.actor("employee"), ends)
    assert found["by_year"] == {"2026": 4, "2027": 4}  # Wednesday and Thursday; Friday and Monday
    assert found["conflicts"] == []


def absences_preview() -> Any:
    from portico.domains.attendance.schemas.absences import AbsencePreview

    return AbsencePreview()


def test_e_p_24_what_has_begun_is_asked_for_and_a_locked_month_stays(cast: Cast) -> None:
    coming = ask(cast, "2026-12-10")
    decide(cast, coming)
    assert cancel(cast, coming)["status"] == "cancelled"
    begun = ask(cast, "2026-11-25", "2026-11-30")
    decide(cast, begun)
    assert stale(cast) == ["2026-11-25", "2026-11-26", "2026-11-27", "2026-11-28"]
    asked = cancel(cast, begun)
    assert (asked["status"], asked["pending_change"]["kind"]) == ("approved", "cancel")
    assert cancel(cast, begun)["version"] == asked["version"]
    with pytest.raises(AbsenceChangePending):
        shorten(cast, begun, to="2026-11-26")
    assert decide(cast, begun, "rejected")["pending_change"] is None
    cancel(cast, begun)
    assert decide(cast, begun)["status"] == "cancelled"
    assert events(cast, begun) == ["requested", "approved", "changed", "changed", "changed", "cancelled"]
    paid = ask(cast, "2026-11-26")
    late = ask(cast, "2026-11-24")
    decide(cast, paid)
    cancel(cast, paid)
    lock(cast, "2026-11")
    with pytest.raises(PeriodLocked):
        cancel(cast, paid, "hr_admin")
    for absence in (paid, late):
        with pytest.raises(PeriodLocked):
            decide(cast, absence)
    assert read(cast, late)["status"] == "requested"
    with pytest.raises(PeriodLocked):
        ask(cast, "2026-11-20")


def test_shortened_to_a_part_of_what_it_was(cast: Cast) -> None:
    absence = ask(cast, "2026-12-01", "2026-12-04")
    assert shorten(cast, absence, to="2026-12-03")["to"] == {"on": date(2026, 12, 3), "slot": "full"}
    decide(cast, absence)
    shorter = shorten(cast, absence, first="2026-12-01 pm", to="2026-12-02")
    assert (shorter["from_"]["slot"], shorter["status"]) == ("pm", "approved")
    ask(cast, "2026-12-01 am")
    ask(cast, "2026-12-03")
    with pytest.raises(Invalid):
        shorten(cast, absence, to="2026-12-04")
    begun = ask(cast, "2026-11-23", "2026-11-30")
    decide(cast, begun)
    assert shorten(cast, begun, to="2026-11-27")["pending_change"] is None  # only what is to come is given back
    asked = shorten(cast, begun, to="2026-11-25")
    assert asked["pending_change"]["to"] == {"on": date(2026, 11, 25), "slot": "full"}
    assert decide(cast, begun)["until_on"] == date(2026, 11, 25)


def test_an_app_writes_for_people_in_its_range_and_repeats_change_nothing(cast: Cast) -> None:
    here = app(cast, "absences:write")
    body = {**span("2026-12-01"), "employee_id": cast.employee_id("employee"), "source_ref": "leave-7"}
    made = write(cast, {**body, "status": "approved"}, by=here)
    assert (made["status"], made["source"]) == ("approved", here.installation_id)
    assert write(cast, {**body, "status": "approved"}, by=here)["id"] == made["id"]
    assert events(cast, made) == ["approved"]
    with pytest.raises(AbsenceRefTaken):
        write(cast, {**body, "type_key": "sick"}, by=here)
    narrow = app(cast, "absences:write", data_range=DataRange(employees=frozenset({cast.employee_id("agent")})))
    with pytest.raises(Invalid):
        write(cast, {**body, "source_ref": "8"}, by=narrow)
    with pytest.raises(Forbidden):
        write(cast, {**span("2026-12-02"), "employee_id": cast.employee_id("employee")}, by="agent")
    with pytest.raises(Forbidden):
        write(cast, {**span("2026-12-02"), "status": "approved"}, by="hr_admin")
    assert cancel(cast, made, here)["status"] == "cancelled"


def test_nobody_decides_about_their_own_and_hr_above_the_steps(cast: Cast) -> None:
    manager(cast, "hr_admin", "agent")
    absence = ask(cast, "2026-12-01", by="hr_admin")
    with cast.writing(), pytest.raises(Forbidden):
        absence_changes.decide_absence(cast.actor("hr_admin"), absence["id"], "approved")
    for _ in range(2):
        with cast.writing():
            done = absence_changes.decide_absence(cast.actor("owner"), absence["id"], "approved")
        assert done["status"] == "approved"
    with cast.writing(), pytest.raises(AbsenceDecided):
        absence_changes.decide_absence(cast.actor("owner"), absence["id"], "rejected")


def test_types_are_added_and_need_nobody_where_they_say_so(cast: Cast) -> None:
    with cast.writing():
        made = absence_types.create_type(
            cast.actor("hr_admin"), {"key": "training", "label": "Training", "approvers": []}
        )
    with cast.writing(), pytest.raises(AbsenceTypeExists):
        absence_types.create_type(cast.actor("hr_admin"), {"key": "training", "label": "Other"})
    assert ask(cast, "2026-12-01", type_key="training")["status"] == "approved"
    with cast.writing():
        absence_types.update_type(cast.actor("hr_admin"), made["id"], {"archived": True})
    with pytest.raises(Invalid):
        ask(cast, "2026-12-02", type_key="training")
    with cast.writing(), pytest.raises(Forbidden):
        absence_types.update_type(app(cast, "absences:approve"), made["id"], {"label": "Mine"})
    with cast.reading():
        assert {row.key for row in queries.all_types(cast.actor("employee"))} >= {"vacation", "sick", "other"}


def test_who_is_away_is_on_leave_everywhere(cast: Cast) -> None:
    absence = ask(cast, "2026-11-27", "2026-11-29 am")
    me = cast.employee_id("employee")
    with cast.reading():
        assert presence.presences(cast.acme, [me])[me].source != "on_leave"
    decide(cast, absence)
    with cast.reading():
        found = presence.presences(cast.acme, [me])[me]
        assert (found.availability, found.until) == ("on_leave", datetime(2026, 11, 29, 12, tzinfo=UTC))
        assert presence.quiet(cast.acme, [me]) == {me: found.until}
    clock.advance(timedelta(days=3))
    with cast.reading():
        assert presence.quiet(cast.acme, [me]) == {}


def test_who_leaves_takes_no_days_any_more(cast: Cast) -> None:
    begun, coming, asked = ask(cast, "2026-11-26", "2026-11-30"), ask(cast, "2026-12-10"), ask(cast, "2026-12-11")
    decide(cast, begun)
    decide(cast, coming)
    depart(cast, "employee")
    assert [read(cast, one)["status"] for one in (begun, coming, asked)] == ["approved", "cancelled", "cancelled"]


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-12-02", "2026-12-01"), ("2026-12-01 pm", "2026-12-01 am"), ("2026-12-01", "2028-01-01")],
)
def test_what_is_no_stretch_is_refused(cast: Cast, first: str, last: str) -> None:
    with pytest.raises(Invalid):
        ask(cast, first, last)
