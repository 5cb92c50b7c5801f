"""What is said of people to whom: private fields, and a number that somebody keeps for themselves."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from portico.domains.directory import queries, service
from portico.kernel.errors import Forbidden
from portico.kernel.events import Event
from tests.support import apps
from tests.support.cast import Cast
from tests.support.http import Api

pytestmark = pytest.mark.both_databases
NUMBER = "+49 170 1234567"
HIDDEN = ["hired_on", "leaves_on", "mobile", "private_email"]


def test_private_fields_are_absent_and_named_without_the_scope(api: Api, cast: Cast) -> None:
    values = {"mobile": NUMBER, "private_email": "nadia@home.example", "hired_on": "2026-02-01"}
    made = api("hr_admin").post("/employees", json={"display_name": "Nadia", **values}).json
    assert {name: made[name] for name in values} == values
    assert "_redacted" not in made
    hidden = api("agent").get(f"/employees/{made['id']}").json
    assert hidden["_redacted"] == HIDDEN
    assert not hidden.keys() & set(HIDDEN)
    for day in ("2026-02-30", "01.02.2026", "0001-01-01", "2026-02-01T00:00:00Z"):
        wrong = api("hr_admin").patch(f"/employees/{made['id']}", json={"hired_on": day})
        assert (wrong.status_code, wrong.json["errors"][0]["pointer"]) == (422, "/hired_on")


def test_e_d_14_a_number_that_is_kept_private_leaves_in_no_way(api: Api, cast: Cast) -> None:
    hr, path = api("hr_admin"), f"/employees/{cast.employee_id('employee')}"
    app = apps.register(cast, apps.asking("directory:read", "directory.sensitive:read", "directory:write"))
    helper = api.bearer(apps.mint(app, apps.install(cast)))
    assert api("employee").patch(path, json={"mobile": NUMBER}).json["mobile"] == NUMBER
    assert helper.get(path).json["mobile"] == NUMBER
    assert NUMBER in hr.get(f"{path}/card.vcf").text
    assert NUMBER not in api("agent").get(f"{path}/card.vcf").text

    own = api("employee").patch(path, json={"hide_mobile": True}).json
    assert (own["mobile"], own["hide_mobile"]) == (NUMBER, True)
    api("employee").patch(path, json={"mobile": f"{NUMBER}89"})
    assert hr.get(path).json["mobile"] == f"{NUMBER}89", "who keeps the directory can still call"
    shown = helper.get(path).json
    assert ("mobile" in shown, shown["_redacted"]) == (False, ["mobile"])
    for asker in (hr, helper, api("employee")):
        assert "170" not in asker.get(f"{path}/card.vcf").text
    for answer in (
        helper.get("/employees?limit=200"),
        helper.post("/employees/lookup", json={"ids": [cast.employee_id("employee")]}),
        helper.get("/events?types=employee.*"),
    ):
        assert f"{NUMBER}89" not in answer.text
    with cast.reading() as work:
        rows = work.execute(
            select(Event.data, Event.before, Event.changes).where(
                Event.workspace_id == cast.acme, Event.type == "employee.updated"
            )
        ).all()
    assert [row.changes for row in rows] == [["mobile"], ["hide_mobile"], ["mobile"]]
    assert f"{NUMBER}89" not in repr(rows)
    assert [row.data.get("_redacted") for row in rows] == [None, ["mobile"], ["mobile"]]


def test_people_are_looked_up_by_whatever_another_system_knows(api: Api, cast: Cast) -> None:
    hr = api("hr_admin")
    values = {"primary_email": "bea@acme.example", "employee_no": "Ａ-7", "external_id": "hr:7"}
    person = hr.post("/employees", json={"display_name": "Bea", **values}).json["id"]
    for asked in (
        {"ids": [person]},
        {"emails": ["BEA@acme.example", "nobody@acme.example"]},
        {"employee_nos": ["a-7"]},
        {"external_ids": ["hr:7"], "emails": ["bea@acme.example"]},
    ):
        assert [row["id"] for row in hr.post("/employees/lookup", json=asked).json["data"]] == [person], asked
    assert hr.get("/employees?filter[employee_no]=a-7").json["data"][0]["id"] == person
    assert hr.get("/employees?q=a-7").json["data"][0]["id"] == person
    assert hr.post("/employees/lookup", json={}).json == {"data": []}
    many = {"emails": [f"{n}@acme.example" for n in range(60)], "employee_nos": [str(n) for n in range(41)]}
    assert hr.post("/employees/lookup", json=many).status_code == 422
    hr.post(f"/employees/{person}/depart")
    gone = {"emails": ["bea@acme.example"], "employee_nos": ["A-7"]}
    assert hr.post("/employees/lookup", json=gone).json["data"] == []
    (found,) = hr.post("/employees/lookup", json={"external_ids": ["hr:7"]}).json["data"]
    assert found["status"] == "departed"


def test_an_app_in_a_persons_name_sees_and_changes_no_more_than_apps(api: Api, cast: Cast) -> None:
    for who in ("employee", "hr_admin"):
        api(who).patch(f"/employees/{cast.employee_id(who)}", json={"mobile": NUMBER, "hide_mobile": True})
    helper = replace(cast.actor("employee"), kind="app_for_employee", id="ins_x", app_id="app_x")
    keeper = replace(cast.actor("hr_admin"), kind="app_for_employee", id="ins_x", app_id="app_x")
    with cast.reading():
        own = queries.employee(helper, cast.employee_id("employee"))
        assert own["redacted"] == HIDDEN
        for one in queries.lookup(keeper, [cast.employee_id("employee"), cast.employee_id("hr_admin")]):
            assert one["redacted"] == ["mobile"]
    with cast.writing(), pytest.raises(Forbidden):
        service.update_employee(helper, cast.employee_id("employee"), {"hide_mobile": False})
    with cast.writing():
        service.update_employee(cast.actor("employee"), cast.employee_id("employee"), {"hide_mobile": False})
