"""What an installed app asks for besides: people ask for it by name, and a policy lets new versions grow."""

from __future__ import annotations

from typing import Any

import pytest

from portico.domains.installations import explaining, policies, queries, requests, service
from portico.domains.installations.errors import PolicyDenies
from portico.kernel.actor import Actor
from portico.kernel.errors import Invalid
from portico.kernel.listing import ListQuery
from tests.domains.installations.test_requests_and_policy import both_at_once, now, seen, set_policy
from tests.support import apps
from tests.support.cast import Cast
from tests.support.http import Api

pytestmark = pytest.mark.both_databases
LACKING = ("catalogue:read", "contacts:read", "tickets:read")


@pytest.fixture
def registered(cast: Cast) -> dict[str, Any]:
    return apps.register(cast, apps.asking("directory:read", optional=LACKING))


@pytest.fixture
def installed(cast: Cast, registered: dict[str, Any]) -> dict[str, Any]:
    return apps.install(cast)


def ask(cast: Cast, who: str, *scopes: str) -> dict[str, Any]:
    with cast.writing():
        return service.request_app(cast.actor(who), "helper", f"{who} needs it", scopes)


def opened(cast: Cast) -> dict[str, Any]:
    (row,) = [row for row in seen(cast, "app_manager") if row["status"] == "open"]
    return row


def test_an_app_that_lacks_a_scope_is_told_where_people_ask(
    api: Api, cast: Cast, registered: dict[str, Any], installed: dict[str, Any]
) -> None:
    refused = api.bearer(apps.mint(registered, installed)).get("/contacts")
    assert (refused.status_code, refused.json["code"]) == (403, "scope_pending")
    assert refused.json["ask_url"] == f"http://127.0.0.1:8000/installations/{installed['id']}/scopes?ask=contacts:read"


def test_what_people_name_comes_together_in_one_request(cast: Cast, installed: dict[str, Any]) -> None:
    first = ask(cast, "employee", "contacts:read")
    assert ask(cast, "agent", "tickets:read", "contacts:read")["id"] == first["id"]
    row = opened(cast)
    assert (row["scopes"], row["count"]) == (["contacts:read", "tickets:read"], 2)
    ask(cast, "admin")
    assert opened(cast)["scopes"] == [], "who names none asks for all"
    ask(cast, "employee", "contacts:read")
    assert opened(cast)["scopes"] == []


def test_two_that_name_different_scopes_at_once_are_both_heard(cast: Cast, installed: dict[str, Any]) -> None:
    first, second = (lambda: ask(cast, "employee", "contacts:read")), (lambda: ask(cast, "agent", "tickets:read"))
    assert both_at_once(first, second) == ["done", "done"]
    assert (opened(cast)["scopes"], opened(cast)["count"]) == (["contacts:read", "tickets:read"], 2)


def test_approving_grants_what_was_asked_for_and_no_more(cast: Cast, installed: dict[str, Any]) -> None:
    asked = ask(cast, "employee", "contacts:read")
    with cast.writing():
        service.approve_request(cast.actor("admin"), asked["id"])
    assert now(cast, installed)["granted_scopes"] == ["contacts:read", "directory:read"]
    assert now(cast, installed)["pending_scopes"] == ["catalogue:read", "tickets:read"]
    assert ask(cast, "employee", "tickets:read")["id"] != asked["id"]


def test_granting_elsewhere_answers_only_those_who_asked_for_that(cast: Cast, installed: dict[str, Any]) -> None:
    ask(cast, "employee", "contacts:read")
    admin = cast.actor("admin")
    for scope, state in (("tickets:read", "open"), ("contacts:read", "approved")):
        with cast.writing():
            granted = [*queries.installation(admin, installed["id"])["granted_scopes"], scope]
            service.update_installation(admin, installed["id"], {"granted_scopes": granted})
        assert [row["status"] for row in seen(cast, "employee")] == [state]


def test_only_what_is_lacking_and_not_denied_can_be_asked_for(cast: Cast, installed: dict[str, Any]) -> None:
    for scope in ("directory:read", "contacts:write", "no:such"):
        with pytest.raises(Invalid) as refusal:
            ask(cast, "employee", scope)
        assert [error.pointer for error in refusal.value.errors] == ["/scopes/0"]
    set_policy(cast, deny_scopes=["contacts:read"])
    with pytest.raises(PolicyDenies):
        ask(cast, "employee", "contacts:read")
    with cast.reading():
        assert requests.page_of_requests(cast.actor("admin"), ListQuery()).rows == []


# --- new versions -----------------------------------------------------------------------------------------------------

MORE = ("directory:read", "contacts:read", "contacts:write", "directory.sensitive:read")


def _upgrade(cast: Cast, app: dict[str, Any], installed: dict[str, Any], *scopes: str) -> dict[str, Any]:
    apps.deploy(cast, app["id"], apps.asking(*scopes, optional=("tickets:read",)))
    for _ in range(2):  # a job may run again
        with cast.writing():
            service.announce_upgrade(cast.system(), installed["id"])
    return now(cast, installed)


@pytest.mark.parametrize(
    ("upgrades", "granted"),
    [("wait", set()), ("read", {"contacts:read"}), ("write", {"contacts:read", "contacts:write"})],
)
def test_a_new_version_gets_as_much_more_as_the_policy_says(cast: Cast, upgrades: str, granted: set[str]) -> None:
    app = apps.register(cast, apps.asking("directory:read"))
    installed = apps.install(cast)
    set_policy(cast, upgrades=upgrades)
    row = _upgrade(cast, app, installed, *MORE)
    assert set(row["granted_scopes"]) == {"directory:read", *granted}
    assert set(row["pending_scopes"]) == {*MORE, "tickets:read"} - {"directory:read", *granted}
    with cast.reading():
        why = explaining.access(cast.actor("admin"), "helper", cast.employee_id("employee"))
    (waits,) = [each for each in why["reasons"] if each["code"] == "upgrades_wait"]
    assert (waits["blocks"], waits["about"]["upgrades"]) == (False, upgrades)
    assert "directory.sensitive:read" in waits["about"]["scopes"]
    assert not granted.intersection(waits["about"]["scopes"])


def test_what_an_admin_took_back_does_not_come_back_with_a_version(cast: Cast) -> None:
    app = apps.register(cast, apps.asking("directory:read", "contacts:read"))
    installed = apps.install(cast)
    set_policy(cast, upgrades="write")
    with cast.writing():
        cut = {"granted_scopes": ["directory:read"]}
        service.update_installation(cast.actor("admin"), installed["id"], cut)
    row = _upgrade(cast, app, installed, "directory:read", "contacts:read", "catalogue:read")
    assert row["granted_scopes"] == ["catalogue:read", "directory:read"]


def test_what_the_policy_denies_is_never_granted_by_itself(cast: Cast) -> None:
    app = apps.register(cast, apps.asking("directory:read"))
    installed = apps.install(cast)
    set_policy(cast, upgrades="write", deny_scopes=["contacts:read"])
    row = _upgrade(cast, app, installed, "directory:read", "contacts:read", "catalogue:read")
    assert row["granted_scopes"] == ["catalogue:read", "directory:read"]
    set_policy(cast, upgrades="write", denied_publishers=[app["publisher"]["id"]])
    row = _upgrade(cast, app, installed, "directory:read", "catalogue:read", "contacts:write")
    assert row["granted_scopes"] == ["catalogue:read", "directory:read"]


def test_the_policy_about_versions_is_read_and_set(api: Api, cast: Cast) -> None:
    manager = api("app_manager")
    assert manager.get("/installation-policy").json["upgrades"] == "wait"
    wrong = manager.put("/installation-policy", json={"upgrades": "all"}, headers={"If-Match": '"0"'})
    assert (wrong.status_code, wrong.json["errors"][0]["pointer"]) == (422, "/upgrades")
    done = manager.put("/installation-policy", json={"upgrades": "read"}, headers={"If-Match": '"0"'})
    assert done.json["upgrades"] == "read"
    with cast.reading():
        actor: Actor = cast.actor("admin")
        assert policies.policy(actor)["upgrades"] == "read"
