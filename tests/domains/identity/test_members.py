"""Roles and memberships: who may change them, and the owner who must remain."""

from __future__ import annotations

import threading

import pytest

from portico.domains.directory import queries as directory
from portico.domains.directory import service as people
from portico.domains.identity import queries, service
from portico.domains.identity.errors import LastOwner
from portico.kernel import authn
from portico.kernel.errors import Forbidden, Refusal, Stale
from tests.support.cast import Cast
from tests.support.http import Api

pytestmark = pytest.mark.both_databases


def member_id(cast: Cast, name: str) -> str:
    return cast.actor(name).membership_id or ""


def test_the_five_of_members(api: Api, cast: Cast) -> None:
    path = f"/members/{member_id(cast, 'agent')}"
    assert api(None).get(path).status_code == 401
    assert api("outsider").get(path).status_code == 404
    assert api("admin", "directory:read").get(path).status_code == 403
    found = api("admin").get(path)
    assert (found.status_code, found.json["role"], found.json["employee_id"]) == (
        200,
        "agent",
        cast.employee_id("agent"),
    )
    wrong = api("admin").patch(path, json={"role": "emperor", "is_admin": True})
    assert wrong.status_code == 422
    assert {error["pointer"] for error in wrong.json["errors"]} == {"/role", "/is_admin"}


def test_the_last_owner_stays(cast: Cast) -> None:
    with cast.writing(), pytest.raises(LastOwner):
        service.change_role(cast.actor("owner"), member_id(cast, "owner"), "admin")
    with cast.writing(), pytest.raises(LastOwner):
        people.depart(cast.actor("owner"), cast.employee_id("owner"))


def test_two_owners_who_demote_each_other_leave_one(cast: Cast) -> None:
    with cast.writing():
        service.change_role(cast.actor("owner"), member_id(cast, "admin"), "owner")
    start, refused = threading.Barrier(2), []

    def demote(name: str) -> None:
        start.wait()
        try:
            with cast.writing():
                service.change_role(cast.actor("owner"), member_id(cast, name), "employee")
        except Refusal as refusal:
            refused.append(refusal.code)

    threads = [threading.Thread(target=demote, args=(name,)) for name in ("owner", "admin")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["last_owner"]
    with cast.reading():
        assert queries.owners_of(cast.acme) == 1


def test_only_owners_make_owners(cast: Cast) -> None:
    with cast.writing(), pytest.raises(Forbidden):
        service.change_role(cast.actor("admin"), member_id(cast, "agent"), "owner")
    with cast.writing(), pytest.raises(Forbidden):
        service.change_role(cast.actor("admin"), member_id(cast, "owner"), "employee")


def test_a_stale_role_change_is_refused(cast: Cast) -> None:
    with cast.writing(), pytest.raises(Stale):
        service.change_role(cast.actor("owner"), member_id(cast, "agent"), "announcer", expected_version=5)


@pytest.mark.parametrize(("step", "back"), [(people.suspend, people.reactivate), (people.depart, people.rehire)])
def test_who_is_kept_out_is_out_at_once_and_comes_back_with_the_same_id(cast: Cast, step: object, back: object) -> None:
    token = cast.token("agent")
    assert authn.authenticate(f"Bearer {token}").employee_id == cast.employee_id("agent")
    with cast.writing():
        assert callable(step)
        assert callable(back)
        step(cast.actor("hr_admin"), cast.employee_id("agent"))
    with pytest.raises(authn.TokenRevoked):
        authn.authenticate(f"Bearer {token}")
    with cast.writing():
        back(cast.actor("hr_admin"), cast.employee_id("agent"))
        row = queries.member_of_employee(cast.actor("admin"), cast.employee_id("agent"))
        assert row is not None
        assert row.role == "agent"
        assert directory.employee(cast.actor("admin"), cast.employee_id("agent"))["status"] == "active"
    with pytest.raises(authn.TokenRevoked):
        authn.authenticate(f"Bearer {token}")
