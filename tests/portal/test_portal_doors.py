"""Who gets into the portal's pages, and that no form works from elsewhere."""

from __future__ import annotations

import pytest

from tests.portal.records import company, contact, ticket
from tests.support.faces import words

EVERYBODY = {"employee", "agent", "developer", "hr_admin", "owner"}
AGENTS = {"agent", "owner"}
PAGES = {
    "/": EVERYBODY,
    "/tickets": EVERYBODY,
    "/tickets/new": EVERYBODY,
    "/people": EVERYBODY,
    "/people/me": EVERYBODY,
    "/departments": EVERYBODY,
    "/contacts": AGENTS,
    "/contacts/new": AGENTS,
    "/companies": AGENTS,
    "/companies/new": AGENTS,
}
WRITES = {
    "/tickets/{ticket}/comments": {"body": "Forged", "visibility": "public"},
    "/tickets/{ticket}/change": {"status": "solved", "priority": "urgent"},
    "/tickets/{ticket}/take": {},
    "/tickets/{ticket}/trash": {},
    "/contacts/{contact}/edit": {"display_name": "Forged"},
    "/contacts/{contact}/trash": {},
    "/companies/{company}/edit": {"name": "Forged"},
    "/companies/{company}/trash": {},
    "/contacts/{contact}/activities": {"kind": "note", "body": "Forged", "visibility": "all"},
    "/contacts/{contact}/consents/new": {"status": "granted", "channel": "email", "purpose": "news"},
    "/contacts/{contact}/companies/new": {"company": "Northwind", "label": "billing"},
}


@pytest.fixture
def made(cast):
    person = contact(cast)
    return {"contact": person["id"], "company": company(cast)["id"], "ticket": ticket(cast, person["id"])["id"]}


@pytest.mark.parametrize("path", PAGES)
def test_each_page_opens_for_its_roles_alone(faces, path):
    for role in sorted(EVERYBODY):
        assert faces(role).get(path).status_code == (200 if role in PAGES[path] else 403), role


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_sent_to_sign_in_and_another_workspace_is_not_there(faces, path):
    assert "/sign-in" in faces(None).get(path).headers["Location"]
    assert faces("outsider", slug="acme").get(path).status_code == 404
    assert faces("agent", slug="nowhere").get(path).status_code == 404


def test_records_of_another_workspace_are_not_there(faces, cast, made):
    outsider = faces("outsider")
    paths = [f"/contacts/{made['contact']}", f"/contacts/{made['contact']}/edit", f"/tickets/{made['ticket']}"]
    paths.append(f"/people/{cast.employee_id('agent')}")
    assert [outsider.get(path).status_code for path in paths] == [404] * 4
    for path, given in WRITES.items():
        assert outsider.post(path.format(**made), given).status_code == 404, path


@pytest.mark.parametrize("path", WRITES)
def test_a_post_without_its_token_changes_nothing(faces, made, path):
    agent = faces("support_admin")
    before = agent.get(f"/tickets/{made['ticket']}").text, agent.get(f"/contacts/{made['contact']}").text
    assert agent.post(path.format(**made), WRITES[path], csrf=False).status_code == 400
    assert agent.get(f"/tickets/{made['ticket']}").status_code == 200
    assert "Forged" not in before[0] + agent.get(f"/tickets/{made['ticket']}").text
    assert "Forged" not in agent.get(f"/contacts/{made['contact']}").text


@pytest.mark.parametrize("path", WRITES)
def test_a_post_from_another_site_is_refused(faces, made, path):
    answer = faces("support_admin").post(path.format(**made), WRITES[path], headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_an_employee_changes_no_ticket_and_no_contact(faces, made):
    employee = faces("employee")
    for path, given in WRITES.items():
        assert employee.post(path.format(**made), given).status_code in (403, 404), path


def test_an_agent_deletes_nothing(faces, made):
    agent = faces("agent")
    for kind in ("contact", "ticket"):
        path = f"/{kind}s/{made[kind]}"
        assert agent.post(f"{path}/trash").status_code == 403
        assert "Move to the trash" not in words(agent.get(path))


def test_a_departed_person_is_out_at_once(faces, cast):
    from portico.domains.directory import service as directory

    agent = faces("agent")
    with cast.writing():
        directory.depart(cast.actor("hr_admin"), cast.employee_id("agent"))
    assert agent.get("/people").status_code == 404


@pytest.mark.parametrize("path", ["/people?cursor=forged", "/contacts?cursor=forged", "/tickets?cursor=forged"])
def test_a_forged_cursor_is_a_page_that_says_so(faces, path):
    answer = faces("agent").get(path)
    assert answer.status_code == 400
    assert "Go back" in words(answer)


@pytest.mark.parametrize(
    "query", ["status=nonsense", "sort=nonsense", "view=nonsense", "priority=%00", "q=%00", "trashed=x", "before=x"]
)
def test_a_list_bears_any_address(faces, query):
    assert faces("support_admin").get(f"/tickets?{query}").status_code == 200
