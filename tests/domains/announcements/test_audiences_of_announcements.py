"""Whom announcements are for: rules, snapshots and live audiences, who comes and who goes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from portico.domains.announcements import sweeping
from portico.domains.announcements.models import AnnouncementTally
from portico.domains.directory.models import Employee
from portico.domains.identity.models import Workspace
from portico.kernel import clock
from portico.kernel.unit_of_work import unit
from tests.domains.announcements.desk import ALL, Desk, ok

pytestmark = pytest.mark.both_databases


def department(desk: Desk, *names: str, parent: str | None = None) -> str:
    made = ok(desk.api("hr_admin").post("/departments", json={"name": f"D{clock.now()}", "parent_id": parent}))["id"]
    for name in names:
        ok(desk.api("hr_admin").put(f"/departments/{made}/members/{desk.person(name)}", json={}))
    return str(made)


def leave(desk: Desk, department_id: str, name: str) -> None:
    ok(desk.api("hr_admin").delete(f"/departments/{department_id}/members/{desk.person(name)}"))


def join(desk: Desk, group_id: str, name: str) -> None:
    ok(desk.api("hr_admin").patch(f"/groups/{group_id}/members", json={"add": [desk.person(name)]}))


def of(department_id: str, *excluded: dict[str, Any]) -> dict[str, Any]:
    return {"include": [{"kind": "department", "id": department_id}], "exclude": list(excluded)}


def test_e_a_04_excluded_wins(desk: Desk) -> None:
    both = {"kind": "employee", "id": desk.person("employee")}
    audience = {"include": [both, {"kind": "all"}, {"kind": "role", "id": "employee"}], "exclude": [both]}
    made = desk.draft()
    preview = ok(desk.step(made, "audience/preview", json={"audience": audience}))
    assert preview["by_rule"][0]["count"] == 0
    assert preview["count"] == preview["by_rule"][1]["count"] == len(desk.cast.users) - 2
    assert desk.person("employee") not in {one["id"] for one in preview["sample"]}
    ok(desk.put_audience(made, audience))
    desk.publish(made)
    assert (desk.titles("employee"), desk.titles("agent")) == ([], [made["title"]])
    assert {row.via_rule for row in desk.rows(made).values()} == {1}


def test_e_a_22_a_nested_department_is_excluded(desk: Desk) -> None:
    top = department(desk, "agent")
    below = department(desk, "employee", parent=top)
    deep = department(desk, "developer", parent=below)
    made = desk.published(audience=of(top, {"kind": "department", "id": below}))
    assert [bool(desk.feed(who)) for who in ("agent", "employee", "developer")] == [True, False, False]
    flat = desk.published(audience=of(top, {"kind": "department", "id": below, "recursive": False}))
    assert set(desk.rows(flat)) == {desk.person("agent"), desk.person("developer")}
    assert desk.put_audience(made, of(deep)).status_code == 202


def test_e_a_05_who_moves_stays_in_a_snapshot_and_leaves_a_live_audience(desk: Desk) -> None:
    place = department(desk, "employee", "agent")
    frozen = desk.published(title="Frozen", audience=of(place))
    live = desk.published(title="Live", audience=of(place), audience_mode="live")
    ok(desk.read(live, "employee"))
    leave(desk, place, "employee")
    ok(desk.api("hr_admin").put(f"/departments/{place}/members/{desk.person('developer')}", json={}))
    desk.sweep()
    assert desk.titles("employee") == ["Frozen"]
    assert desk.titles("developer") == ["Live"]
    assert desk.api("employee").get(f"/announcements/{live['id']}").status_code == 404
    assert desk.counts(live) == (2, 0, 0)
    assert desk.counts(frozen) == (2, 0, 0)
    # What they did is kept, and is theirs again when they are back.
    row = desk.rows(live)[desk.person("employee")]
    assert (row.state, row.first_read_at is not None) == ("removed", True)
    ok(desk.api("hr_admin").put(f"/departments/{place}/members/{desk.person('employee')}", json={}))
    desk.sweep()
    assert desk.counts(live) == (3, 1, 0)
    assert desk.feed("employee", "?filter[unread]=false")[0]["title"] == "Live"
    assert desk.told(live) == dict.fromkeys(desk.rows(live), 1)


def test_e_a_06_who_joins_later_has_as_long_as_the_first_ones(desk: Desk) -> None:
    place = department(desk, "agent")
    now = clock.now()
    due = {"requires_ack": True, "ack_due_at": clock.rfc3339(now + timedelta(days=2)), "audience_mode": "live"}
    shared = desk.published(title="Shared", audience=of(place), **due)
    own = desk.published(title="Own", audience=of(place), ack_due_after_join_hours=5, **due)
    with clock.held(now + timedelta(days=3)):
        joined = clock.now()
        ok(desk.api("hr_admin").put(f"/departments/{place}/members/{desk.person('employee')}", json={}))
        desk.sweep()
        receipts = {one["title"]: one["receipt"] for one in desk.feed("employee")}
        assert {one["late_joiner"] for one in receipts.values()} == {True}
        assert receipts["Own"]["ack_due_at"] == clock.rfc3339(joined + timedelta(hours=5))
        assert clock.rfc3339(joined + timedelta(hours=47)) < receipts["Shared"]["ack_due_at"]
        assert not receipts["Shared"]["late"]
        assert desk.receipts(shared, "&state=late").keys() == {desk.person("agent")}
        assert [one["employee_id"] for one in desk.events(shared, "ack_overdue")] == [desk.person("agent")]
        assert ok(desk.ack(own, "employee"))["late"] is False
    with clock.held(now + timedelta(days=6)):
        desk.sweep()
        desk.sweep()
        told = [one["employee_id"] for one in desk.events(shared, "ack_overdue")]
        assert sorted(told) == sorted([desk.person("agent"), desk.person("employee")])
        assert ok(desk.ack(shared, "employee"))["late"] is True
        assert [one["employee_id"] for one in desk.events(own, "ack_overdue")] == [desk.person("agent")]


def test_e_a_07_who_leaves_the_company_is_removed_and_stays_in_the_record(desk: Desk) -> None:
    made = desk.published(audience=desk.only("employee", "agent"), requires_ack=True)
    for who in ("employee", "agent"):
        ok(desk.ack(made, who))
    assert desk.counts(made) == (2, 2, 2)
    ok(desk.api("hr_admin").post(f"/employees/{desk.person('employee')}/depart"))
    desk.sweep()
    assert desk.counts(made) == (1, 1, 1)
    figures = ok(desk.api("announcer").get(f"/announcements/{made['id']}/stats"))
    assert (figures["audience"], figures["acknowledged"], figures["removed"]) == (1, 1, 1)
    row = desk.rows(made)[desk.person("employee")]
    assert (row.state, row.acked_revision, row.removed_at is not None) == ("removed", 1, True)
    assert desk.receipts(made).keys() == {desk.person("agent")}


def test_e_a_08_of_a_changed_audience_only_the_new_are_told(desk: Desk) -> None:
    made = desk.published(audience=desk.only("employee", "agent"))
    ok(desk.read(made, "employee"))
    answer = desk.put_audience(made, desk.only("employee", "developer"))
    assert (answer.status_code, answer.json["job"]["kind"]) == (202, "announcements.spread")
    desk.work()
    assert desk.told(made) == {desk.person(one): 1 for one in ("employee", "agent", "developer")}
    assert [bool(desk.feed(who)) for who in ("employee", "agent", "developer")] == [True, False, True]
    assert desk.counts(made) == (2, 1, 0)
    [told] = desk.events(made, "audience_changed")
    assert (told["added"], told["removed"], told["counts"]["audience"]) == (1, 1, 2)
    assert desk.rows(made)[desk.person("developer")].late_joiner
    path = f"/announcements/{made['id']}/audience"
    assert desk.api("announcer").put(path, json={"audience": ALL}).status_code == 428
    stale = desk.api("announcer").put(path, json={"audience": ALL}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert desk.put_audience(made, desk.only("employee", "developer")).status_code == 200
    assert desk.put_audience(made, of("dep_00000000000000000000000000")).json["errors"][0]["code"] == "unknown"


def test_a_live_audience_follows_groups_and_survives_their_end(desk: Desk) -> None:
    group = ok(desk.api("hr_admin").post("/groups", json={"name": "Runners"}))["id"]
    join(desk, group, "agent")
    audience = {"include": [{"kind": "group", "id": group}], "exclude": []}
    made, waiting = desk.published(audience=audience, audience_mode="live"), desk.draft(audience=audience)
    join(desk, group, "employee")
    desk.sweep()
    assert [bool(desk.feed(who)) for who in ("agent", "employee")] == [True, True]
    ok(desk.api("hr_admin").delete(f"/groups/{group}"))
    desk.sweep()
    assert desk.counts(made) == (2, 0, 0), "nobody is let go because a rule names what is gone"
    assert desk.step(waiting, "publish").status_code == 422


def test_a_condition_on_days_takes_people_in_when_the_day_begins_where_the_workspace_is(desk: Desk) -> None:
    with desk.cast.writing() as work:
        work.execute(update(Workspace).where(Workspace.id == desk.cast.acme).values(timezone="Asia/Shanghai"))
        new = update(Employee).where(Employee.workspace_id == desk.cast.acme, Employee.id == desk.person("employee"))
        work.execute(new.values(hired_on=date(2027, 1, 1)))
    rule = {"field": "hired_on", "op": "lt", "value": "today-90"}
    agent, both = desk.person("agent"), {desk.person("agent"), desk.person("employee")}
    audience = {"include": [{"kind": "predicate", "predicate": rule}, {"kind": "employee", "id": agent}], "exclude": []}
    with clock.held(datetime(2027, 4, 1, 15, 59, tzinfo=UTC)):
        made = desk.published("admin", audience=audience, audience_mode="live")
        desk.sweep()
        assert desk.rows(made).keys() == {agent}
        clock.advance(timedelta(minutes=1))
        desk.sweep()
        assert desk.rows(made).keys() == both
        runs = desk.runs(made)
        clock.advance(timedelta(hours=23))
        desk.sweep()
        assert desk.runs(made) == runs


def test_at_night_counters_are_set_right(desk: Desk) -> None:
    made = desk.published(audience=desk.only("employee", "agent"), audience_mode="live")
    with desk.cast.writing() as work:
        wrong = update(AnnouncementTally).where(AnnouncementTally.workspace_id == desk.cast.acme)
        work.execute(wrong.values(read=7, audience=1))
    assert sweeping.recount() == 1
    desk.work()
    assert desk.counts(made) == (2, 0, 0)


def test_marks_of_two_at_once_are_one_and_a_new_one_outlives_the_sweep(desk: Desk) -> None:
    desk.published(audience=ALL, audience_mode="live")
    person = desk.person("employee")
    service = sweeping.service

    def mark(_: int) -> None:
        with unit(desk.cast.acme, write=True):
            service.mark(desk.cast.system(), person)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(mark, range(3)))
    assert desk.marks().keys() == {"", person}
    seen = desk.marks()[person]
    with clock.held(seen + timedelta(seconds=1)):
        mark(0)
    with unit(desk.cast.acme, write=True):
        service.take_mark(desk.cast.system(), person, seen)
    assert person in desk.marks()
    desk.sweep()
    assert desk.marks() == {}
