"""Who looked at a person: counted beside the request, written later, shown to whom it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portico.domains.audit import sightings as tallies
from portico.domains.audit.models import ReadTally
from portico.kernel import clock, sightings
from portico.kernel.unit_of_work import system_unit
from tests.support import apps
from tests.support.cast import Cast
from tests.support.http import Api

pytestmark = pytest.mark.both_databases


@pytest.fixture(autouse=True)
def nobody_looked_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other tests in this process read belongs to companies of the same ids."""
    monkeypatch.setattr(sightings, "_counts", {})


def rows(cast: Cast) -> list[Any]:
    sightings.flush()
    with cast.reading() as work:
        table: Any = ReadTally.__table__
        return list(work.execute(select(table).where(table.c.workspace_id == cast.acme).order_by(table.c.way)))


def test_reads_are_counted_per_reader_and_written_by_no_request(api: Api, cast: Cast) -> None:
    me = cast.employee_id("employee")
    for _ in range(3):
        api("agent").get(f"/employees/{me}")
    api("agent").get("/employees")
    api("agent").get("/employees?q=x")
    api("agent").post("/employees/lookup", json={"ids": [me]})
    with cast.reading() as work:
        assert work.scalars(select(ReadTally.times).where(ReadTally.workspace_id == cast.acme)).all() == []
    found = [(row.object_id, row.reader_kind, row.reader_id, row.way, row.times) for row in rows(cast)]
    agent = cast.employee_id("agent")
    assert found == [
        ("", "employee", agent, "list", 1),
        (me, "employee", agent, "one", 3),
        ("", "employee", agent, "search", 2),
    ]
    api("agent").get(f"/employees/{me}")
    assert [row.times for row in rows(cast) if row.way == "one"] == [4]


def test_looking_at_oneself_and_what_is_refused_do_not_count(api: Api, cast: Cast) -> None:
    api("employee").get(f"/employees/{cast.employee_id('employee')}")
    api("outsider").get(f"/employees/{cast.employee_id('employee')}")
    assert rows(cast) == []


def test_a_person_sees_which_apps_reach_them_why_and_who_looked(api: Api, cast: Cast) -> None:
    app = apps.register(cast, apps.asking("directory:read"))
    installation = apps.install(cast)
    me = cast.employee_id("employee")
    bearer = api.bearer(apps.mint(app, installation))
    assert bearer.get(f"/employees/{me}").status_code == 200
    api("hr_admin").get(f"/employees/{me}")
    sightings.flush()
    seen = api("employee").get("/me/visibility").json
    assert seen["employee_id"] == me
    (one,) = seen["apps"]
    assert (one["app_key"], one["shows"][0]["scope"]) == ("helper", "directory:read")
    assert "display_name" in one["shows"][0]["fields"]
    assert one["shows"][0]["reason"]
    assert {(row["kind"], row["id"], row["times"]) for row in seen["readers"]} == {
        ("app", installation["id"], 1),
        ("employee", cast.employee_id("hr_admin"), 1),
    }
    assert {row["scope"] for row in seen["people"]} >= {"directory:read", "directory.sensitive:read"}
    assert api("agent").get("/me/visibility").json["readers"] == []
    assert bearer.get("/me/visibility").status_code == 403


def test_an_app_whose_range_ends_before_me_is_not_named(api: Api, cast: Cast) -> None:
    apps.register(cast, apps.asking("directory:read"))
    only = {"kind": "only", "include": [{"kind": "employee", "id": cast.employee_id("agent")}]}
    apps.install(cast, data_range_=only)
    assert api("employee").get("/me/visibility").json["apps"] == []
    assert [one["app_key"] for one in api("agent").get("/me/visibility").json["apps"]] == ["helper"]


def test_old_tallies_are_forgotten_and_the_last_30_days_are_shown(api: Api, cast: Cast, held_clock: None) -> None:
    me = cast.employee_id("employee")
    sightings.note(cast.actor("agent"), "employee", me)
    sightings.flush()
    clock.advance(timedelta(days=31))
    with cast.reading():
        assert tallies.who_looked(cast.actor("employee"), "employee", me) == []
    clock.advance(timedelta(days=60))
    with system_unit("tests: sweep", write=True):
        assert tallies.sweep() == 1
    assert rows(cast) == []


def test_a_workspace_forgets_sooner_than_the_instance(api: Api, cast: Cast, held_clock: None) -> None:
    assert api("admin").patch("/workspace", json={"reads_kept_days": 40}).json["reads_kept_days"] == 40
    sightings.note(cast.actor("agent"), "employee", cast.employee_id("employee"))
    sightings.flush()
    clock.advance(timedelta(days=42))
    with system_unit("tests: sweep", write=True):
        assert tallies.sweep() == 1


def test_what_a_workspace_that_is_gone_left_behind_holds_nobody_up(api: Api, cast: Cast) -> None:
    me = cast.employee_id("employee")
    gone = replace(cast.actor("agent"), workspace_id="wsp_00000000000000000000000000")
    sightings.note(gone, "employee", me)
    api("agent").get(f"/employees/{me}")
    assert [row.times for row in rows(cast)] == [1]
    assert sightings._counts == {}
