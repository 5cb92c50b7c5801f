"""How employees pause, go and come back, and what goes with each step."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portico.domains.directory import groups, queries, service
from portico.domains.directory.errors import InvalidState
from portico.domains.identity import service as identity
from portico.domains.identity.errors import LastOwner
from portico.kernel import authn
from portico.kernel.events import Event
from tests.support import apps
from tests.support.cast import Cast
from tests.support.http import Api

pytestmark = pytest.mark.both_databases


def events(cast: Cast, like: str) -> list[Event]:
    with cast.reading() as work:
        return list(
            work.scalars(
                select(Event)
                .where(Event.workspace_id == cast.acme, Event.type.startswith(like))
                .order_by(Event.seq)
                .execution_options(populate_existing=True)
            )
        )


def give_a_ticket(api: Api, name: str) -> str:
    contact = api("agent").post("/contacts", json={"display_name": "Ada"}).json
    values = {"subject": "Help", "requester": {"contact_id": contact["id"]}}
    ticket: str = api("agent").post("/tickets", json=values).json["id"]
    given = api("agent").post(f"/tickets/{ticket}/assign", json={"assignee_id": api.cast.employee_id(name)})
    assert given.status_code == 200, given.json
    return ticket


def holder_of(api: Api, ticket: str) -> str | None:
    found: str | None = api("owner").get(f"/tickets/{ticket}").json["assignee_id"]
    return found


@pytest.mark.parametrize("step", [service.suspend, service.depart])
def test_e_d_06_the_last_owner_stays(cast: Cast, step: object) -> None:
    assert callable(step)
    with pytest.raises(LastOwner), cast.writing():
        step(cast.actor("owner"), cast.employee_id("owner"))
    with pytest.raises(LastOwner), cast.writing():
        identity.change_role(cast.actor("owner"), cast.actor("owner").membership_id or "", "admin")
    with cast.writing():
        identity.change_role(cast.actor("owner"), cast.actor("admin").membership_id or "", "owner")
        step(cast.actor("owner"), cast.employee_id("owner"))
    assert events(cast, "employee.")[-1].resource_id == cast.employee_id("owner")


def test_e_d_07_who_is_rehired_keeps_the_id_and_the_history(api: Api, cast: Cast) -> None:
    hr, person = api("hr_admin"), cast.employee_id("agent")
    sales = hr.post("/departments", json={"name": "Sales"}).json["id"]
    support = hr.post("/departments", json={"name": "Support"}).json["id"]
    group = hr.post("/groups", json={"name": "First aiders"}).json["id"]
    assert hr.patch(f"/groups/{group}/members", json={"add": [person]}).status_code == 200
    hr.put(f"/departments/{sales}/members/{person}", json={"lead": True, "title": "Head"})
    report = hr.post("/employees", json={"display_name": "Rita", "manager_id": person}).json["id"]
    ticket = give_a_ticket(api, "agent")
    wrong = hr.post(f"/employees/{person}/depart", json={"reassign_reports_to": person})
    assert wrong.json["errors"][0]["pointer"] == "/reassign_reports_to"
    left = {"leaves_on": "2026-11-30", "reassign_reports_to": cast.employee_id("owner")}
    gone = hr.post(f"/employees/{person}/depart", json=left).json
    assert (gone["status"], gone["departments"], gone["leaves_on"]) == ("departed", [], "2026-11-30")
    assert hr.get(f"/employees/{report}").json["manager_id"] == cast.employee_id("owner")
    assert hr.get(f"/groups/{group}/members").json["data"] == []
    assert holder_of(api, ticket) is None
    event = events(cast, "employee.departed")[-1]
    assert event.changes == ["departments", "leaves_on", "status"]
    assert (event.before or {})["departments"][0]["id"] == sales
    assert hr.post(f"/employees/{person}/depart").json == gone, "a repeat changes nothing"

    assert hr.post(f"/employees/{person}/reactivate").json["code"] == "invalid_state"
    back = {"departments": [{"id": support}], "hired_on": "2027-02-01"}
    again = hr.post(f"/employees/{person}/rehire", json=back).json
    assert (again["id"], again["status"], again["leaves_on"]) == (person, "active", None)
    assert [(place["id"], place["lead"]) for place in again["departments"]] == [(support, False)]
    assert again["created_at"] == gone["created_at"]
    (past,) = hr.get(f"/employees/{person}/past-departments").json["data"]
    assert (past["department_name"], past["lead"], past["title"]) == ("Sales", True, "Head")
    assert past["since"] <= past["until"]
    assert events(cast, "employee.rehired")[-1].resource_id == person
    assert api("agent").get("/me").status_code == 401, "tokens that ended stay ended"
    with cast.reading():
        assert groups.names_of_member(cast.actor("owner"), person) == []
    cast._tokens.clear()
    assert api("agent").get("/me").json["role"] == "agent"


def test_an_address_that_is_anothers_by_now_is_changed_with_the_rehire(api: Api, cast: Cast) -> None:
    hr = api("hr_admin")
    values = {"primary_email": "same@acme.example", "employee_no": "A-7", "external_id": "hr:7"}
    first = hr.post("/employees", json={"display_name": "One", **values}).json["id"]
    for field, code in (("primary_email", "email_taken"), ("employee_no", "employee_no_taken")):
        twin = hr.post("/employees", json={"display_name": "Two", field: values[field].upper()})
        assert (twin.status_code, twin.json["code"]) == (409, code)
    hr.post(f"/employees/{first}/depart")
    kept = hr.post("/employees", json={"display_name": "Two", "external_id": "hr:7"})
    assert kept.json["code"] == "external_id_taken", "a sync finds who left and rehires them"
    assert hr.post("/employees", json={"display_name": "Two", "primary_email": "same@acme.example"}).status_code == 201
    assert hr.post(f"/employees/{first}/rehire").json["code"] == "email_taken"
    again = hr.post(f"/employees/{first}/rehire", json={"primary_email": "other@acme.example"}).json
    assert (again["status"], again["employee_no"]) == ("active", "A-7")


def test_who_manages_the_new_manager_gets_the_manager_of_who_left(cast: Cast) -> None:
    hr = cast.actor("hr_admin")
    with cast.writing():
        top = service.create_employee(hr, {"display_name": "Top"})["id"]
        leaver = service.create_employee(hr, {"display_name": "Leaver", "manager_id": top})["id"]
        between = service.create_employee(hr, {"display_name": "Between", "manager_id": leaver})["id"]
        heir = service.create_employee(hr, {"display_name": "Heir", "manager_id": between})["id"]
        other = service.create_employee(hr, {"display_name": "Other", "manager_id": leaver})["id"]
    with cast.writing():
        service.depart(hr, leaver, reassign_reports_to=heir)
    with cast.reading():
        assert queries.managers_above(hr, other) == [other, heir, between, top]


def test_e_d_17_every_token_of_who_is_suspended_dies_at_once(api: Api, cast: Cast) -> None:
    """Browser sessions: tests/admin/test_people_pages.py; tokens of apps: R8 in tests/domains/oauth."""
    personal, agent = cast.token("agent"), cast.employee_id("agent")
    ticket = give_a_ticket(api, "agent")
    assert api("agent").get("/me").status_code == 200
    with cast.writing():
        service.suspend(cast.actor("hr_admin"), agent)
    with pytest.raises(authn.TokenRevoked):
        authn.authenticate(f"Bearer {personal}")
    assert api("agent").get("/tickets").status_code == 401
    assert holder_of(api, ticket) is None
    with cast.reading():
        assert queries.active_employee(cast.actor("owner"), agent) is None
    with pytest.raises(InvalidState), cast.writing():
        service.rehire(cast.actor("hr_admin"), agent)


def test_suspended_people_keep_their_place(cast: Cast) -> None:
    hr, agent = cast.actor("hr_admin"), cast.employee_id("agent")
    with cast.writing():
        place = service.create_department(hr, name="Sales")["id"]
        service.put_member(hr, place, agent, {"lead": True})
        service.suspend(hr, agent)
    with cast.writing():
        again = service.reactivate(hr, agent)
    assert (again["status"], again["departments"][0]["id"]) == ("active", place)
    with cast.reading():
        assert queries.leads_of(hr, [place]) == {place: [agent]}


def test_an_app_that_sees_one_department_records_that_somebody_left_it(api: Api, cast: Cast) -> None:
    """Leaving takes the person out of its range, in the middle of the step."""
    hr = api("hr_admin")
    place = hr.post("/departments", json={"name": "Sales"}).json["id"]
    person = hr.post("/employees", json={"display_name": "Bea", "departments": [{"id": place}]}).json["id"]
    app = apps.register(cast, apps.asking("directory:read", "directory:write"))
    installation = apps.install(cast)
    only = {"kind": "only", "include": [{"kind": "department", "id": place}], "unassigned": False}
    answer = api("app_manager").patch(f"/installations/{installation['id']}", json={"data_range": only})
    assert answer.status_code == 200, answer.json
    bearer = api.bearer(apps.mint(app, installation))
    gone = bearer.post(f"/employees/{person}/depart")
    assert (gone.status_code, gone.json["status"]) == (200, "departed")
    assert "mobile" in gone.json["_redacted"]
    assert bearer.get(f"/employees/{person}").status_code == 404
