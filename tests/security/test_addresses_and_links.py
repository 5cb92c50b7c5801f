"""Whose address it is, and what one-time links are still good for."""

from __future__ import annotations

import pytest
from flask import Flask

from portico.domains.directory import doors as invitations
from portico.domains.directory.service.inviting import link_token
from portico.domains.identity import doors, queries, service
from portico.domains.identity.errands import MOST_RESETS, run_errands
from portico.domains.identity.errors import LinkDead
from portico.domains.identity.models import User
from portico.kernel import text
from portico.kernel.unit_of_work import session, system_unit
from portico.settings import Settings
from tests.support.cast import PASSWORD, Cast
from tests.support.faces import Faces
from tests.support.http import Api

pytestmark = pytest.mark.both_databases
HERE = doors.Origin("192.0.2.1", "tests")
NEW = "a new long password"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("jose@acme.example", "josé@acme.example"),
        ("ada@bucher.example", "ada@bücher.example"),
        ("strasse@acme.example", "straße@acme.example"),
        ("ada1@acme.example", "ada¹@acme.example"),
    ],
)
def test_addresses_that_look_alike_belong_to_different_people(cast: Cast, one: str, other: str) -> None:
    assert text.email_key(one) != text.email_key(other)
    with system_unit("tests: make a user", write=True):
        session().add(User(id="usr_1", email=one, email_key=queries.email_key(one), display_name="", password_hash=""))
    with system_unit("tests: look for another"):
        assert queries.user_by_email(other) is None
        found = queries.user_by_email(f" {one.upper()} ")
        assert found is not None
        assert found.id == "usr_1"


def test_two_people_whose_addresses_look_alike_have_each_their_place(api: Api) -> None:
    hr = api("hr_admin")
    first = hr.post("/employees", json={"display_name": "One", "primary_email": "ada@bucher.example"})
    second = hr.post("/employees", json={"display_name": "Two", "primary_email": "ada@bücher.example"})
    assert (first.status_code, second.status_code) == (201, 201)
    found = hr.post("/employees/lookup", json={"emails": ["ada@bücher.example"]}).json["data"]
    assert [row["id"] for row in found] == [second.json["id"]]


def test_a_new_password_kills_every_other_link_to_one(cast: Cast) -> None:
    with system_unit("tests: open links", write=True):
        first, second = (service.open_reset(cast.users["agent"]) for _ in range(2))
    doors.reset_password(first, NEW)
    with pytest.raises(LinkDead):
        doors.reset_password(second, "yet another password")
    assert doors.sign_in(cast.email("agent"), NEW, HERE)


def test_changing_the_password_kills_open_links(cast: Cast) -> None:
    with system_unit("tests: open a link", write=True):
        link = service.open_reset(cast.users["agent"])
        service.change_password(cast.users["agent"], "whatever hash")
    with pytest.raises(LinkDead):
        doors.require_open_reset(link)


def test_a_mailbox_is_not_flooded_with_links(cast: Cast, settings: Settings) -> None:
    for _ in range(MOST_RESETS + 3):
        doors.ask_for_reset(cast.email("agent"), HERE)
    run_errands()
    assert len(list((settings.home / "mail").glob("*.eml"))) == MOST_RESETS


def _invite(api: Api, by: str, role: str) -> dict[str, str]:
    answer = api(by).post("/invitations", json={"email": "new@acme.example", "display_name": "New", "role": role})
    found: dict[str, str] = answer.json
    return found


def test_who_departed_does_not_come_in_by_an_old_invitation(api: Api) -> None:
    invitation = _invite(api, "admin", "agent")
    assert api("hr_admin").post(f"/employees/{invitation['employee_id']}/depart").status_code == 200
    with pytest.raises(LinkDead):
        invitations.accept(link_token(invitation["id"], 1), PASSWORD, HERE)
    assert api("admin").get(f"/members?filter[employee_id]={invitation['employee_id']}").json["data"] == []
    assert api("admin").get(f"/invitations/{invitation['id']}").json["status"] == "withdrawn"


def test_an_admin_does_not_see_the_link_that_makes_an_owner(api: Api, app: Flask, cast: Cast) -> None:
    invitation = _invite(api, "owner", "owner")
    page = f"/admin/people/{invitation['employee_id']}"
    link = link_token(invitation["id"], 1)
    assert link in Faces(app, cast)("owner").get(page).text
    assert link not in Faces(app, cast)("admin").get(page).text
