"""Employees and how they come in."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from portico import settings as instance
from portico.domains.directory import doors, queries, service
from portico.domains.directory.errors import EmailTaken, InvitationOver, InviterGone
from portico.domains.directory.service.inviting import link_token
from portico.domains.identity import queries as logins
from portico.domains.identity import service as identity
from portico.domains.identity.errors import LinkDead
from portico.kernel import clock, jobs
from portico.kernel.errors import Forbidden, Invalid
from portico.kernel.listing import Condition, ListQuery
from portico.kernel.unit_of_work import system_unit
from portico.settings import Settings
from tests.support.cast import Cast
from tests.support.factors import HERE
from tests.support.http import Api

pytestmark = pytest.mark.both_databases


def add(cast: Cast, name: str, **values: object) -> str:
    with cast.writing():
        return str(service.create_employee(cast.actor("hr_admin"), {"display_name": name, **values})["id"])


def test_the_five_of_employees(api: Api, cast: Cast) -> None:
    path = f"/employees/{cast.employee_id('agent')}"
    assert api(None).get(path).status_code == 401
    assert api("outsider").get(path).status_code == 404
    assert api("agent", "contacts:read").get(path).status_code == 403
    assert api("employee").get(path).json["display_name"] == "Agent"
    wrong = api("hr_admin").post("/employees", json={"timezone": "Mars/Olympus", "manager_id": "con_1"})
    assert {error["pointer"] for error in wrong.json["errors"]} == {"/display_name", "/timezone", "/manager_id"}


def test_people_change_their_own_number_but_not_their_title(api: Api, cast: Cast) -> None:
    path = f"/employees/{cast.employee_id('employee')}"
    assert api("employee").patch(path, json={"mobile": "+49 170 7654321"}).json["mobile"] == "+49 170 7654321"
    assert api("employee").patch(path, json={"title": "Emperor"}).status_code == 403
    other = api("employee").patch(f"/employees/{cast.employee_id('agent')}", json={"mobile": "1"})
    assert other.status_code == 403


def test_an_address_belongs_to_one_of_the_present(cast: Cast) -> None:
    first = add(cast, "One", primary_email="same@acme.example")
    with pytest.raises(EmailTaken):
        add(cast, "Two", primary_email="SAME@acme.example")
    with cast.writing():
        service.depart(cast.actor("hr_admin"), first)
    assert add(cast, "Two", primary_email="same@acme.example")


def test_another_workspaces_department_and_manager_are_unknown(cast: Cast) -> None:
    with cast.writing(cast.other):
        theirs = service.create_department(cast.actor("outsider"), name="Theirs")["id"]
    with pytest.raises(Invalid):
        add(cast, "A", departments=[{"id": theirs, "primary": True, "lead": False}])
    with pytest.raises(Invalid):
        add(cast, "A", manager_id=cast.employee_id("outsider"))


def test_departments_are_seen_with_those_below(cast: Cast) -> None:
    with cast.writing():
        top = service.create_department(cast.actor("hr_admin"), name="Top")["id"]
        below = service.create_department(cast.actor("hr_admin"), name="Below", parent_id=top)["id"]
    person = add(cast, "Bea", departments=[{"id": below, "primary": True, "lead": True}])
    actor = cast.actor("agent")
    with cast.reading():
        assert queries.members_of(actor, top, ListQuery(), recursive=False).rows == []
        (found,) = queries.members_of(actor, top, ListQuery(), recursive=True).rows
        (place,) = found["departments"]
        assert (found["id"], place["id"], place["primary"], place["lead"]) == (person, below, True, True)
        assert queries.departments_of(actor, person) == {top, below}
        assert queries.tree(actor)[0]["children"][0]["members"] == 1


@pytest.mark.parametrize(("query", "found"), [("zo", True), ("ZOË", True), ("zoe mar", True), ("arch", False)])
def test_people_are_found_by_the_beginnings_of_words(cast: Cast, query: str, found: bool) -> None:
    person = add(cast, "Zoë Marchetti", primary_email="zm@acme.example")
    with cast.reading():
        rows = queries.page_of_employees(cast.actor("employee"), ListQuery(q=query)).rows
    assert (person in {row["id"] for row in rows}) is found


def test_the_departed_stand_in_no_list_unless_asked_for(cast: Cast) -> None:
    with cast.writing():
        service.depart(cast.actor("hr_admin"), cast.employee_id("agent"))
    asked = ListQuery(conditions=(Condition("status", "eq", "departed"),))
    with cast.reading():
        usual = {row["id"] for row in queries.page_of_employees(cast.actor("employee"), ListQuery()).rows}
        departed = {row["id"] for row in queries.page_of_employees(cast.actor("employee"), asked).rows}
    assert cast.employee_id("agent") not in usual
    assert departed == {cast.employee_id("agent")}


def invite(cast: Cast, email: str = "new@acme.example", role: str = "agent", by: str = "admin") -> str:
    with cast.writing():
        row = service.invite(cast.actor(by), email=email, display_name="Newcomer", role=role, department_ids=[])
    return str(row.id)


def test_the_invitation_arrives_by_mail_and_holds_the_link(cast: Cast, settings: Settings) -> None:
    invitation_id = invite(cast)
    assert jobs.drain() == 1
    (mail,) = Path(settings.home, "mail").glob("*.eml")
    text = mail.read_text().replace("=\n", "")
    assert f"/account/invitation/{link_token(invitation_id, 1)}" in text
    assert "new@acme.example" in text
    assert jobs.drain() == 0


def test_an_invitation_counts_only_while_who_sent_it_may_invite(cast: Cast) -> None:
    invitation_id = invite(cast)
    with cast.writing():
        identity.change_role(cast.actor("owner"), cast.actor("admin").membership_id or "", "agent")
    for refused in (
        lambda: doors.invited(link_token(invitation_id, 1)),
        lambda: doors.accept(link_token(invitation_id, 1), "a long enough password", HERE),
    ):
        with pytest.raises(InviterGone):
            refused()
    with cast.writing():
        service.resend(cast.actor("owner"), invitation_id)
    assert doors.accept(link_token(invitation_id, 2), "a long enough password", HERE)


def test_an_invitation_dies_with_the_departure_of_its_sender_and_owners_stand_for_owners(cast: Cast) -> None:
    by_admin, by_owner = invite(cast, "one@acme.example"), invite(cast, "two@acme.example", "owner", by="owner")
    with pytest.raises(Forbidden), cast.writing():
        service.resend(cast.actor("admin"), by_owner)
    with cast.writing():
        service.depart(cast.actor("owner"), cast.employee_id("admin"))
    with pytest.raises(InviterGone):
        doors.invited(link_token(by_admin, 1))
    assert doors.invited(link_token(by_owner, 1)).role == "owner"


@pytest.mark.parametrize("mailed", [True, False])
def test_a_mailed_link_proves_the_address_and_one_that_is_handed_over_does_not(
    cast: Cast, settings: Settings, mailed: bool
) -> None:
    invitation_id = invite(cast)
    instance.configure(replace(settings, smtp_url="console:" if mailed else None))
    doors.accept(link_token(invitation_id, 1), "a long enough password", HERE)
    with system_unit("tests: what is known of the address"):
        user = logins.user_by_email("new@acme.example")
    assert user is not None
    assert (user.email_verified_at is not None) is mailed


def test_an_invitation_is_taken_up_once_whatever_comes_at_once(cast: Cast) -> None:
    invitation_id = invite(cast)
    start, results = threading.Barrier(2), []

    def go() -> None:
        start.wait()
        try:
            with cast.writing():
                service.accept(cast.system(), invitation_id, cast.users["outsider"])
            results.append("in")
        except InvitationOver:
            results.append("over")

    threads = [threading.Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["in", "over"]


def test_a_resend_kills_the_old_link_and_a_withdrawal_every_link(cast: Cast) -> None:
    invitation_id = invite(cast)
    with cast.writing():
        service.resend(cast.actor("admin"), invitation_id)
    with pytest.raises(LinkDead):
        doors.invited(link_token(invitation_id, 1))
    assert doors.invited(link_token(invitation_id, 2)).display_name == "Newcomer"
    with cast.writing():
        service.withdraw(cast.actor("admin"), invitation_id)
    with pytest.raises(LinkDead):
        doors.invited(link_token(invitation_id, 2))


def test_an_invitation_dies_after_a_week(cast: Cast, held_clock: None) -> None:
    invitation_id = invite(cast)
    clock.advance(timedelta(days=7, seconds=1))
    with pytest.raises(LinkDead):
        doors.invited(link_token(invitation_id, 1))


def test_only_owners_invite_owners(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        invite(cast, role="owner", by="admin")
    assert invite(cast, role="owner", by="owner")
