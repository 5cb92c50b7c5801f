"""Publishing: once, whole, at its time, to somebody, by who may, and stopped when it is withdrawn."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import event, func, select, update

from portico.domains.announcements import service
from portico.domains.announcements.models import AnnouncementRun
from portico.domains.announcements.service import publishing, spreading, telling, urgency
from portico.domains.notifications.service.telling import FAN_OUT
from portico.kernel import clock, jobs
from portico.kernel.db import Database
from portico.kernel.jobs import Job
from portico.kernel.unit_of_work import unit
from portico.settings import Settings
from tests.domains.announcements.desk import Desk, ok
from tests.domains.announcements.dying import BATCH, LAST, REACHED, RECIPIENTS, TOLD

pytestmark = pytest.mark.both_databases


@contextmanager
def failing(database: Database, beginning: str, number: int) -> Iterator[None]:
    """The database fails at the statement of this kind that has this number."""
    seen = count(1)

    def fail(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(beginning) and next(seen) == number:
            raise OSError("the disk is full")

    event.listen(database.engine, "before_cursor_execute", fail)
    try:
        yield
    finally:
        event.remove(database.engine, "before_cursor_execute", fail)


LEASE = timedelta(minutes=6)
"""After it, the job of who died is taken again."""


def killed(desk: Desk, settings: Settings, job_id: str, beginning: str) -> None:
    """A process of its own does the job, and dies in it."""
    where = [settings.database_url, str(settings.home), desk.cast.acme, job_id, beginning]
    died = subprocess.run([sys.executable, "-m", "tests.domains.announcements.dying", *where], check=False)
    assert died.returncode == -9


def job_of_kind(desk: Desk, kind: str) -> str:
    with desk.cast.reading() as work:
        mine = (Job.workspace_id == desk.cast.acme, Job.kind == kind, Job.state == "queued")
        return str(work.scalars(select(Job.id).where(*mine)).one())


@pytest.mark.parametrize("beginning", [TOLD, REACHED])
def test_e_a_01_killed_while_thousands_are_told_nobody_is_missed_or_told_twice(
    desk: Desk, settings: Settings, beginning: str
) -> None:
    people = desk.crowd(3_000)
    made = desk.draft()
    jobs.perform(desk.cast.acme, desk.publish(made, run=False)["id"])
    jobs.perform(desk.cast.acme, job_of_kind(desk, telling.TELL))
    assert desk.told(made) == {}
    killed(desk, settings, job_of_kind(desk, FAN_OUT), beginning)
    assert len(desk.told(made)) == BATCH * (LAST - 1)
    with clock.held(clock.now() + LEASE):
        desk.work()
    rows = desk.rows(made)
    assert set(people) < set(rows)
    assert desk.told(made) == dict.fromkeys(rows, 1)


def test_e_a_01_killed_in_the_middle_it_goes_on_and_nobody_is_missing_or_told_twice(
    desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = desk.crowd(60)
    made = desk.draft()
    job = desk.publish(made, run=False)
    killed(desk, settings, job["id"], RECIPIENTS)
    assert len(desk.rows(made)) == BATCH * (LAST - 1)
    assert desk.get(made["id"])["status"] == "publishing"
    assert desk.feed("employee") == []
    monkeypatch.setattr(spreading, "BATCH", 11)
    with clock.held(clock.now() + LEASE):
        desk.work()
    rows = desk.rows(made)
    assert set(people) < set(rows)
    assert desk.get(made["id"])["status"] == "published"
    with desk.cast.reading():
        assert len(rows) == spreading.audiences.count(desk.cast.acme, made["audience"])
    assert desk.told(made) == dict.fromkeys(rows, 1)
    [told] = desk.events(made, "published")
    assert told["counts"] == {"audience": len(rows), "read": 0, "acknowledged": 0}


def test_e_a_01_what_cannot_be_published_says_so_and_is_published_again(desk: Desk) -> None:
    made = desk.draft()
    job = desk.publish(made, run=False)
    with desk.cast.writing() as work:
        work.execute(update(Job).where(Job.workspace_id == desk.cast.acme, Job.id == job["id"]).values(state="failed"))
    desk.sweep()
    found = desk.get(made["id"])
    assert (found["status"], bool(found["failure"])) == ("publish_failed", True)
    assert len(desk.events(made, "publish_failed")) == 1
    assert desk.told(made, "announcement.own") == {desk.person("announcer"): 1}
    again = desk.publish(made)
    assert again["id"] != job["id"]
    assert (desk.get(made["id"])["status"], desk.get(made["id"])["failure"]) == ("published", None)
    assert desk.titles("employee") == [made["title"]]


def test_e_a_02_publish_twice_in_parallel_is_one_job(desk: Desk) -> None:
    made, actor = desk.draft(), desk.cast.actor("announcer")

    def publish(_: int) -> str:
        with unit(desk.cast.acme, write=True):
            return str(service.publish(actor, made["id"])["id"])

    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(publish, range(4)))
    assert len(found) == 1
    with desk.cast.reading() as work:
        runs = select(func.count()).select_from(AnnouncementRun).where(AnnouncementRun.workspace_id == desk.cast.acme)
        assert work.scalar(runs) == 1
    desk.work()
    assert len(desk.events(made, "published")) == 1


def schedule(desk: Desk, made: dict[str, Any], **when: Any) -> Any:
    return ok(desk.step(made, "schedule", json=when))


def test_e_a_03_a_time_that_clocks_skip_is_as_much_later_and_a_past_one_is_now(desk: Desk) -> None:
    with clock.held(datetime(2027, 3, 20, tzinfo=UTC)):
        made = desk.draft()
        skipped = schedule(desk, made, local="2027-03-28T02:30", timezone="Europe/Berlin")
        assert (skipped["status"], skipped["publish_at"]) == ("scheduled", "2027-03-28T01:30:00.000Z")
        twice = schedule(desk, made, local="2027-10-31T02:30", timezone="Europe/Berlin")
        assert twice["publish_at"] == "2027-10-31T00:30:00.000Z"
        assert schedule(desk, made, local="2027-03-28T09:30")["publish_at"] == "2027-03-28T09:30:00.000Z"
        past = desk.step(made, "schedule", json={"publish_at": "2020-01-01T00:00:00Z"})
        assert (past.status_code, past.json["status"]) == (202, "publishing")
        desk.work()
        assert desk.titles("employee") == [made["title"]]
    for wrong in ({}, {"local": "2027-03-28T02:30", "timezone": "Mars"}, {"publish_at": "2027-03-28T02:30"}):
        assert desk.step(made, "schedule", json=wrong).status_code == 422


def test_e_a_03_what_is_scheduled_is_published_once_however_many_sweeps_see_it(desk: Desk) -> None:
    made = desk.draft()
    schedule(desk, made, publish_at="2099-01-01T00:00:00Z")
    desk.sweep()
    assert desk.get(made["id"])["status"] == "scheduled"
    with clock.held(datetime(2099, 1, 1, tzinfo=UTC)):

        def due(_: int) -> None:
            with unit(desk.cast.acme, write=True):
                service.publish_when_due(desk.cast.system(), made["id"])

        with ThreadPoolExecutor(3) as pool:
            list(pool.map(due, range(3)))
        desk.sweep()
    assert len(desk.events(made, "published")) == 1
    assert desk.get(made["id"])["status"] == "published"
    assert desk.step(made, "unschedule").json["code"] == "invalid_transition"


def test_e_a_12_withdrawn_while_it_is_published(
    desk: Desk, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.crowd(20)
    made = desk.draft()
    desk.publish(made, run=False)
    monkeypatch.setattr(spreading, "BATCH", 5)
    with failing(database, "INSERT INTO announcement_recipient", 3):
        desk.work()
    assert len(desk.rows(made)) == 10
    ok(desk.step(made, "withdraw", json={"reason": "too early"}))
    with clock.held(clock.now() + LEASE):
        desk.work()
    assert desk.get(made["id"])["status"] == "withdrawn"
    assert len(desk.rows(made)) == 10
    assert (desk.told(made), desk.events(made, "published")) == ({}, [])
    assert desk.feed("employee") == []
    assert desk.step(made, "publish").json["code"] == "invalid_transition"


def test_e_a_18_nobody_to_tell(desk: Desk) -> None:
    for audience in ({"include": []}, {"include": [{"kind": "all"}], "exclude": [{"kind": "all"}]}):
        made = desk.draft(audience=audience)
        for step, body in (("publish", {}), ("schedule", {"publish_at": "2099-01-01T00:00:00Z"})):
            refused = desk.step(made, step, json=body)
            assert refused.status_code == 422
            assert [(one["pointer"], one["code"]) for one in refused.json["errors"]] == [("/audience", "empty")]
    assert desk.get(made["id"])["status"] == "draft"


def test_e_a_18_nobody_is_left_when_it_is_due(desk: Desk) -> None:
    made = desk.draft(audience=desk.only("employee"))
    schedule(desk, made, publish_at="2099-01-01T00:00:00Z")
    ok(desk.api("hr_admin").post(f"/employees/{desk.person('employee')}/suspend"))
    with clock.held(datetime(2099, 1, 1, tzinfo=UTC)):
        desk.sweep()
    assert desk.get(made["id"])["status"] == "publish_failed"


def test_many_people_or_everybody_need_their_own_scope(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    few = desk.api("announcer", "announcements:read", "announcements:write", "announcements:publish")
    made = desk.draft()
    refused = few.post(f"/announcements/{made['id']}/publish")
    assert (refused.status_code, refused.json["required_scopes"]) == (403, ["announcements:publish_all"])
    monkeypatch.setattr(publishing.permissions, "WITHOUT_PUBLISH_ALL", 2)
    wide = desk.draft(audience=desk.only("employee", "agent", "admin"))
    assert few.post(f"/announcements/{wide['id']}/publish").status_code == 403
    some = desk.draft(audience=desk.only("employee", "agent"))
    assert few.post(f"/announcements/{some['id']}/publish").status_code == 202
    desk.work()
    grown = few.put(
        f"/announcements/{some['id']}/audience", json={"audience": wide["audience"]}, headers={"If-Match": "*"}
    )
    assert grown.status_code == 403


def test_e_a_19_what_its_author_scheduled_waits_when_they_leave(desk: Desk) -> None:
    out, waiting = desk.published(by="announcer"), desk.draft(title="Later")
    schedule(desk, waiting, publish_at="2099-01-01T00:00:00Z")
    ok(desk.api("hr_admin").post(f"/employees/{desk.person('announcer')}/depart"))
    desk.sweep()
    assert desk.titles("employee") == [out["title"]]
    mine = desk.api("admin").get(f"/announcements/{waiting['id']}")
    assert (mine.status_code, mine.json["status"]) == (200, "draft")
    with clock.held(datetime(2099, 1, 2, tzinfo=UTC)):
        desk.sweep()
    assert desk.titles("employee") == [out["title"]]
    # An admin gives both to somebody who writes announcements; a plain employee cannot have them.
    for one in (out, waiting):
        assert desk.step(one, "hand-over", "admin", {"employee_id": desk.person("employee")}).status_code == 422
        ok(desk.step(one, "hand-over", "admin", {"employee_id": desk.person("admin")}))
    assert {one["id"] for one in ok(desk.api("admin").get("/announcements"))["data"]} == {out["id"], waiting["id"]}
    desk.publish(waiting, "admin")
    assert desk.titles("employee") == ["Later", out["title"]]


def test_e_a_15_urgent_ones_need_their_scope_are_few_a_day_and_stand_in_the_record(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow = desk.api("announcer", "announcements:read", "announcements:write", "announcements:publish")
    body = {"title": "Fire", "body": "Leave.", "importance": "urgent"}
    assert narrow.post("/announcements", json=body).json["required_scopes"] == ["announcements:urgent"]
    monkeypatch.setattr(urgency, "MOST_A_DAY", 1)
    first = desk.published(importance="urgent", audience=desk.only("employee"))
    assert desk.told(first, "announcement.urgent") == {desk.person("employee"): 1}
    second = desk.draft(importance="urgent", audience=desk.only("employee"))
    assert desk.step(second, "publish").json["code"] == "urgent_limit_reached"
    changed = desk.api("announcer").patch(f"/announcements/{first['id']}", json={"title": "Fire!", "material": True})
    assert changed.json["code"] == "urgent_limit_reached"
    later = clock.now() + timedelta(days=2)
    schedule(desk, second, publish_at=clock.rfc3339(later))
    third = desk.draft(importance="urgent", audience=desk.only("employee"))
    assert desk.step(third, "schedule", json={"publish_at": clock.rfc3339(later)}).json["code"] == (
        "urgent_limit_reached"
    )
    ok(desk.step(second, "unschedule"))
    schedule(desk, third, publish_at=clock.rfc3339(later))
    assert len(desk.events(first, "urgent_used")) == 1
    [mine] = desk.feed("employee", "?filter[importance]=urgent")
    assert mine["id"] == first["id"]


def test_e_a_15_of_those_who_publish_urgently_at_once_the_limit_lets_as_many(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(urgency, "MOST_A_DAY", 2)
    made = [desk.draft(importance="urgent", audience=desk.only("employee")) for _ in range(4)]

    def publish(one: dict[str, Any]) -> int:
        return desk.step(one, "publish").status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(publish, made)) == [202, 202, 409, 409]


def test_who_steps_in_stands_in_the_record(desk: Desk) -> None:
    made = desk.published()
    kept = desk.draft(title="Mine alone")
    assert desk.api("hr_admin").get(f"/announcements/{kept['id']}").status_code == 404
    assert desk.api("support_admin").get("/announcements?everyone=true").json["code"] == "forbidden"
    everyone = ok(desk.api("admin").get("/announcements?everyone=true"))["data"]
    assert {one["id"] for one in everyone} == {made["id"], kept["id"]}
    assert ok(desk.api("admin").get("/announcements"))["data"] == []
    assert desk.get(kept["id"], "admin")["title"] == "Mine alone"
    ok(desk.step(made, "withdraw", "admin"))
    assert [one["act"] for one in desk.events(kept, "overridden")] == ["read"]
    assert [one["act"] for one in desk.events(made, "overridden")] == ["withdraw"]


def test_an_expired_job_row_is_no_run_that_lasts(desk: Desk) -> None:
    """A run whose job was forgotten does not keep the audience busy for ever."""
    made = desk.published()
    answer = desk.put_audience(made, desk.only("employee"))
    assert answer.status_code == 202
    again = desk.put_audience(made, desk.only("agent"))
    assert again.json["code"] == "audience_busy"
    with desk.cast.writing() as work:
        mine = (Job.workspace_id == desk.cast.acme, Job.id == answer.json["job"]["id"])
        work.execute(update(Job).where(*mine).values(state="failed"))
    desk.sweep()
    assert desk.put_audience(made, desk.only("agent")).status_code == 202
    assert jobs.drain() >= 1
