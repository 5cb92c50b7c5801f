"""Roles that a workspace made: what they give, at once, and that nobody gives more than they have."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portico.domains.directory import queries as directory
from portico.domains.directory import service as people
from portico.domains.identity import queries, service
from portico.domains.identity.errors import RoleInUse, RoleNameTaken
from portico.domains.identity.roles import find
from portico.domains.oauth.power import user_power
from portico.domains.tickets import queue_queries
from portico.kernel.errors import Forbidden, Invalid
from tests.support.cast import Cast
from tests.support.http import Api

pytestmark = pytest.mark.both_databases
DESK = ["contacts:read", "tickets.internal:read"]


def member_id(cast: Cast, name: str) -> str:
    found = queries.member_of_employee(cast.actor("owner"), cast.employee_id(name))
    assert found is not None
    return str(found.id)


@pytest.fixture
def desk(cast: Cast) -> str:
    """A role that the agent has instead of theirs."""
    cast.token("agent", "contacts:read", "contacts:write", "directory:read")
    with cast.writing():
        made = service.create_role(cast.actor("admin"), name="Front desk", scopes=DESK)
        service.change_role(cast.actor("admin"), member_id(cast, "agent"), made["id"])
    return str(made["id"])


def test_a_role_gives_what_it_says_and_what_everybody_has(api: Api, cast: Cast, desk: str) -> None:
    person = api("agent", "contacts:read", "contacts:write", "directory:read")
    me = person.get("/me").json
    assert (me["role"], me["scopes"]) == (desk, ["contacts:read", "directory:read"])
    assert person.get("/contacts").status_code == 200
    assert person.post("/contacts", json={"display_name": "X"}).json["code"] == "insufficient_scope"
    # Who reads the team's notes works on tickets: policies count them as an agent.
    with cast.reading():
        assert cast.employee_id("agent") in queue_queries.all_agents(cast.actor("owner"))
        found = find(cast.acme, desk) or ""
    asked = ["contacts:read", "contacts:write"]
    assert user_power(found, asked, asked) == {"contacts:read"}


def test_what_changes_in_a_role_counts_from_the_next_request(api: Api, cast: Cast, desk: str) -> None:
    person = api("agent", "contacts:read", "contacts:write", "directory:read")
    changed = api("admin").patch(f"/roles/{desk}", json={"scopes": ["contacts:write"]})
    assert (changed.json["includes"], changed.json["version"], changed.json["member_count"]) == ([], 2, 1)
    assert person.get("/me").json["scopes"] == ["contacts:write", "directory:read"]
    stale = api("admin").patch(f"/roles/{desk}", json={"name": "Late"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412


def test_nobody_gives_more_than_they_have(cast: Cast) -> None:
    admin = cast.actor("admin")
    with cast.writing():
        trusted = service.create_role(admin, name="Team lead", scopes=["members:read", "members:write"])
        service.change_role(admin, member_id(cast, "agent"), trusted["id"])
    with cast.writing():
        lead = replace(cast.actor("agent"), role=queries.member(admin, member_id(cast, "agent")).role)
        service.change_role(lead, member_id(cast, "employee"), trusted["id"])
        for role in ("admin", "owner", "announcer"):
            with pytest.raises(Forbidden):
                service.change_role(lead, member_id(cast, "agent"), role)
            with pytest.raises(Forbidden):
                people.invite(lead, email="n@acme.example", display_name="N", role=role, department_ids=[])
        with pytest.raises(Forbidden):
            service.change_role(lead, member_id(cast, "announcer"), "employee")
        with pytest.raises(Forbidden):
            service.create_role(lead, name="More", scopes=["audit:read"])
        with pytest.raises(Forbidden):
            service.update_role(lead, trusted["id"], {"scopes": ["audit:read"]})
        with pytest.raises(Invalid):
            service.create_role(admin, name="Odd", scopes=["openid"])
        with pytest.raises(Forbidden):
            service.change_role(admin, member_id(cast, "owner"), trusted["id"])
        with pytest.raises(RoleNameTaken):
            service.create_role(admin, name="TEAM lead", scopes=[])


def test_deleting_a_role_moves_who_has_it_and_who_is_invited(api: Api, cast: Cast, desk: str) -> None:
    with cast.writing():
        admin = cast.actor("admin")
        member = member_id(cast, "agent")
        invited = people.invite(admin, email="n@acme.example", display_name="N", role=desk, department_ids=[])
        with pytest.raises(RoleInUse):
            service.delete_role(admin, desk)
        with pytest.raises(Invalid):
            service.delete_role(admin, desk, move_to=desk)
    assert api("admin").delete(f"/roles/{desk}?move_to=announcer").status_code == 204
    assert api("agent", "contacts:read", "contacts:write", "directory:read").get("/me").json["role"] == "announcer"
    with cast.reading():
        assert directory.invitation(cast.actor("admin"), invited.id).role == "announcer"
    assert api("admin").patch(f"/members/{member}", json={"role": desk}).status_code == 422
