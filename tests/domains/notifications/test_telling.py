"""Telling people something: once each, held or not, by list and by Select, and taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from portico.domains.directory import service as directory
from portico.domains.directory.models import Employee
from portico.domains.notifications import queries, service
from portico.domains.notifications.models import Notification
from portico.domains.notifications.service import telling
from portico.kernel import clock, jobs
from portico.kernel.actor import Actor
from portico.kernel.authn import InsufficientScope
from portico.kernel.errors import NotFound
from portico.kernel.ids import new_id
from portico.kernel.listing import Condition, ListQuery
from portico.kernel.unit_of_work import session
from tests.support.cast import Cast
from tests.support.http import Api

note = Notification.__table__.c


def tell(cast: Cast, *names: str, key: str = "one", by: Actor | None = None, **more: Any) -> None:
    with cast.writing():
        people = [cast.employee_id(name) for name in names]
        asked = {"title": "Hello %(who)s", "params": {"who": "you"}, **more}
        service.notify(by or cast.system(), "app.message", people, key=key, **asked)


def inbox(cast: Cast, name: str, *conditions: Condition) -> list[dict[str, Any]]:
    with cast.reading():
        return list(queries.page_of_notifications(cast.actor(name), ListQuery(conditions=conditions)).rows)


def unread(cast: Cast, name: str) -> int:
    with cast.reading():
        return queries.count_of_unread(cast.actor(name))


@pytest.mark.both_databases
def test_each_is_told_once_per_key(cast: Cast) -> None:
    tell(cast, "agent", "employee")
    tell(cast, "agent", "admin")
    tell(cast, "agent", key="two")
    assert [len(inbox(cast, name)) for name in ("agent", "employee", "admin", "owner")] == [2, 1, 1, 0]
    assert unread(cast, "agent") == 2


@pytest.mark.both_databases
def test_what_is_told_on_a_break_stands_in_the_inbox_and_does_not_ring(cast: Cast, held_clock: None) -> None:
    with cast.writing():
        directory.take_break(cast.actor("agent"), minutes=30)
    tell(cast, "agent")
    (row,) = inbox(cast, "agent")
    assert row["held_until"] == clock.now() + timedelta(minutes=30)
    assert unread(cast, "agent") == 0


@pytest.mark.both_databases
def test_who_left_and_who_is_of_another_workspace_is_not_told(cast: Cast) -> None:
    with cast.writing():
        directory.depart(cast.actor("hr_admin"), cast.employee_id("agent"))
    tell(cast, "agent", "outsider", "employee")
    with cast.reading() as work:
        told = work.scalars(select(note.employee_id).where(note.workspace_id == cast.acme)).all()
    assert told == [cast.employee_id("employee")]


@pytest.mark.both_databases
def test_what_is_muted_is_there_for_who_looks_for_it(cast: Cast) -> None:
    with cast.writing():
        service.change_mutes(cast.actor("agent"), mute={"kinds": ["app.message"]}, unmute={})
    tell(cast, "agent", "employee")
    assert (inbox(cast, "agent"), unread(cast, "agent")) == ([], 0)
    assert len(inbox(cast, "agent", Condition("muted", "eq", True))) == 1
    assert unread(cast, "employee") == 1


def test_a_text_that_cannot_be_filled_in_fails_where_it_is_told(cast: Cast) -> None:
    with pytest.raises(KeyError):
        tell(cast, "agent", params={})
    with pytest.raises(LookupError), cast.writing():
        service.notify(cast.system(), "no.such", [], title="x", key="k")


def test_urgent_needs_its_scope(cast: Cast) -> None:
    with pytest.raises(InsufficientScope):
        tell(cast, "agent", by=cast.actor("employee"), urgent=True)


def crowd(cast: Cast, count: int) -> None:
    """So many more employees, put in by one statement."""
    now = clock.now()
    rows = [
        {
            "workspace_id": cast.acme,
            "id": new_id("emp"),
            "display_name": "Crowd",
            "name_key": "crowd",
            "status": "active",
            "properties": {},
            "created_at": now,
            "updated_at": now,
            "version": 1,
            "hide_mobile": False,
        }
        for _ in range(count)
    ]
    with cast.writing():
        session().execute(insert(Employee.__table__), rows)  # type: ignore[arg-type]


def everybody(cast: Cast) -> Any:
    return select(Employee.id).where(Employee.workspace_id == cast.acme)


def tell_all(cast: Cast, key: str = "all") -> str:
    with cast.writing():
        service.notify(cast.system(), "app.message", everybody(cast), title="Hello", key=key)
        found = session().scalar(
            select(jobs.Job.id).where(jobs.Job.workspace_id == cast.acme, jobs.Job.kind == telling.FAN_OUT)
        )
    assert found is not None
    return str(found)


def told_count(cast: Cast) -> int:
    with cast.reading() as work:
        return work.scalar(select(func.count()).select_from(Notification).where(note.workspace_id == cast.acme)) or 0


@pytest.mark.both_databases
def test_many_are_told_in_batches_that_go_on_where_they_were_cut_off(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "BATCH", 10)
    crowd(cast, 25)
    with cast.writing():
        directory.take_break(cast.actor("agent"), minutes=30)
        service.change_mutes(cast.actor("admin"), mute={"kinds": ["app.message"]}, unmute={})
    job_id = tell_all(cast)
    assert told_count(cast) == 0
    with cast.reading() as work:
        fan_out_id = work.scalar(select(jobs.Job.args).where(jobs.Job.workspace_id == cast.acme, jobs.Job.id == job_id))
    with cast.writing():
        service.fan_out_step(cast.system(), (fan_out_id or {})["fan_out_id"])
    assert told_count(cast) == 10
    assert jobs.perform(cast.acme, job_id)
    assert told_count(cast) == 34
    assert (unread(cast, "agent"), unread(cast, "admin"), unread(cast, "employee")) == (0, 0, 1)
    assert inbox(cast, "agent")[0]["held_until"] is not None


@pytest.mark.both_databases
def test_what_is_taken_back_is_nowhere_and_told_no_further(cast: Cast) -> None:
    tell(cast, "agent")
    job_id = tell_all(cast)
    with cast.writing():
        service.retract(cast.acme, "one")
        service.retract(cast.acme, "all")
    assert jobs.perform(cast.acme, job_id)
    assert told_count(cast) == 0


@pytest.mark.both_databases
def test_reading_counts_the_first_time_and_is_ones_own(cast: Cast, held_clock: None) -> None:
    for key in ("one", "two", "three"):
        tell(cast, "agent", key=key)
    newest, middle, _ = inbox(cast, "agent")
    with cast.writing():
        first = service.mark_read(cast.actor("agent"), middle["id"])
        clock.advance(timedelta(minutes=1))
        assert service.mark_read(cast.actor("agent"), middle["id"]).read_at == first.read_at
        with pytest.raises(NotFound):
            service.mark_read(cast.actor("employee"), newest["id"])
        assert service.mark_all_read(cast.actor("employee")) == 0
        assert service.mark_all_read(cast.actor("agent"), until_id=middle["id"]) == 1
    assert [row["id"] for row in inbox(cast, "agent", Condition("unread", "eq", True))] == [newest["id"]]


def test_the_inbox_over_the_api_is_in_the_language_of_who_asks(cast: Cast, api: Api) -> None:
    tell(cast, "agent", title="Messages of apps", params={}, url="/tickets")
    answer = api("agent").get("/notifications", headers={"Accept-Language": "zh-CN"}).json["data"][0]
    assert (answer["title"], answer["url"]) == ("应用的消息", "http://127.0.0.1:8000/w/acme/tickets")
    assert api("agent").get("/notifications/unread").json == {"count": 1, "more": False}
