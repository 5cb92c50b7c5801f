"""People ask for apps, the company's policy says what comes in, and each answer can be explained."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from portico.domains.catalogue import service as catalogue
from portico.domains.catalogue.service import proving
from portico.domains.directory import service as directory
from portico.domains.installations import explaining, policies, queries, requests, service, sweeping
from portico.domains.installations.errors import AlreadyInstalled, PolicyDenies, RequestClosed
from portico.domains.installations.models import InstallationRequest
from portico.kernel import clock, jobs
from portico.kernel.errors import Refusal, Stale
from portico.kernel.listing import ListQuery
from tests.support.apps import asking, deploy, install, manifest, mint, register
from tests.support.cast import Cast
from tests.support.http import Api

pytestmark = pytest.mark.both_databases


def ask(cast: Cast, who: str = "employee", reason: str = "to help") -> dict[str, Any]:
    with cast.writing():
        return service.request_app(cast.actor(who), "helper", reason)


def seen(cast: Cast, who: str) -> list[dict[str, Any]]:
    with cast.reading():
        return list(requests.page_of_requests(cast.actor(who), ListQuery()).rows)


def set_policy(cast: Cast, **rules: Any) -> dict[str, Any]:
    whole = {k: v for k, v in policies.DEFAULT.items() if k not in ("version", "updated_at")}
    with cast.writing():
        return service.set_policy(cast.actor("admin"), {**whole, **rules}, None)


def now(cast: Cast, row: dict[str, Any]) -> dict[str, Any]:
    with cast.reading():
        return queries.installation(cast.actor("admin"), row["id"])


def both_at_once(*steps: Any) -> list[str]:
    start, outcomes = threading.Barrier(len(steps)), []

    def go(step: Any) -> None:
        start.wait()
        try:
            step()
            outcomes.append("done")
        except Refusal as refusal:
            outcomes.append(refusal.code)

    threads = [threading.Thread(target=go, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_equal_requests_are_one_with_a_count_and_each_reason(cast: Cast) -> None:
    register(cast)
    first = ask(cast, "employee", "to greet")
    assert ask(cast, "agent", "to answer")["id"] == first["id"]
    assert ask(cast, "agent", "to answer well")["count"] == 2
    (row,) = seen(cast, "app_manager")
    assert [each["reason"] for each in row["requesters"]] == ["to greet", "to answer well"]
    (own,) = seen(cast, "employee")
    assert (own["count"], [each["reason"] for each in own["requesters"]]) == (2, ["to greet"])
    assert seen(cast, "announcer") == []


def test_two_that_ask_at_once_share_one_request(cast: Cast) -> None:
    register(cast)
    assert both_at_once(lambda: ask(cast, "employee"), lambda: ask(cast, "agent")) == ["done", "done"]
    assert [row["count"] for row in seen(cast, "app_manager")] == [2]


def test_approving_installs_once(cast: Cast) -> None:
    register(cast)
    asked = ask(cast)
    admin = cast.actor("admin")

    def approve() -> None:
        with cast.writing():
            service.approve_request(admin, asked["id"], {"granted_scopes": ["directory:read", "catalogue:read"]})

    assert both_at_once(approve, approve) == ["done", "request_closed"]
    (row,) = seen(cast, "employee")
    assert (row["status"], row["decided_by"]) == ("approved", cast.employee_id("admin"))
    assert now(cast, {"id": row["installation_id"]})["granted_scopes"] == ["catalogue:read", "directory:read"]


def test_declining_says_why_and_one_may_ask_again(cast: Cast) -> None:
    register(cast)
    asked = ask(cast)
    with cast.writing():
        service.decline_request(cast.actor("admin"), asked["id"], "we have another")
    with cast.writing(), pytest.raises(RequestClosed):
        service.approve_request(cast.actor("admin"), asked["id"])
    assert seen(cast, "employee")[0]["answer"] == "we have another"
    assert ask(cast)["id"] != asked["id"]


def test_installing_answers_those_who_asked(cast: Cast) -> None:
    register(cast)
    ask(cast)
    row = install(cast)
    assert [(each["status"], each["installation_id"]) for each in seen(cast, "employee")] == [("approved", row["id"])]


def test_a_request_expires_after_thirty_days(cast: Cast) -> None:
    register(cast)
    asked = ask(cast)
    assert sweeping.sweep() == 0
    with cast.writing() as work:
        found = work.get_one(InstallationRequest, (cast.acme, asked["id"]))
        found.expires_at = clock.now() - timedelta(minutes=1)
    assert sweeping.sweep() == 1
    assert seen(cast, "employee")[0]["status"] == "expired"
    while jobs.drain():
        pass


def test_asking_for_what_an_installed_app_lacks(cast: Cast) -> None:
    app = register(cast, asking("directory:read"))
    row = install(cast)
    with pytest.raises(AlreadyInstalled):
        ask(cast)
    deploy(cast, app["id"], asking("directory:read", "catalogue:read"))
    asked = ask(cast)
    assert asked["kind"] == "permissions"
    with cast.writing():
        service.approve_request(cast.actor("admin"), asked["id"])
    assert now(cast, row)["pending_scopes"] == []


# --- the policy -------------------------------------------------------------------------------------------------------


def test_a_denied_scope_keeps_out_and_cuts_at_the_next_request(api: Api, cast: Cast) -> None:
    app = register(cast)
    row = install(cast, granted_scopes=["directory:read", "catalogue:read"])
    client = api.bearer(mint(app, row))
    assert client.get("/catalogue").status_code == 200
    set_policy(cast, deny_scopes=["catalogue:read"])
    assert now(cast, row)["granted_scopes"] == ["directory:read"]
    assert client.get("/catalogue").status_code == 403
    with cast.writing(), pytest.raises(PolicyDenies):
        grants = {"granted_scopes": ["directory:read", "catalogue:read"]}
        service.update_installation(cast.actor("admin"), row["id"], grants)


def test_publishers_and_review_are_asked_for(cast: Cast) -> None:
    app = register(cast, owner="outsider")
    with cast.writing(cast.other):
        catalogue.update_app(cast.actor("outsider"), app["id"], visibility="public")
    set_policy(cast, minimum_review="person")
    with pytest.raises(PolicyDenies) as refusal:
        install(cast)
    assert [each.code for each in refusal.value.errors] == ["policy_needs_review"]
    set_policy(cast, allowed_publishers=[])
    with pytest.raises(PolicyDenies):
        ask(cast)
    set_policy(cast, denied_publishers=[app["publisher"]["id"]])
    with pytest.raises(PolicyDenies):
        install(cast)
    set_policy(cast)
    assert install(cast)["status"] == "active"


def test_apps_of_ones_own_need_no_review(cast: Cast) -> None:
    register(cast)
    set_policy(cast, minimum_review="person")
    assert install(cast)["status"] == "active"


def test_what_only_reads_is_installed_for_who_asks(cast: Cast) -> None:
    register(cast, asking("directory:read"))
    register(cast, asking("contacts:write", key="writer"))
    set_policy(cast, auto_approve="read")
    asked = ask(cast)
    assert (asked["status"], asked["decided_by"]) == ("approved", None)
    people = now(cast, {"id": asked["installation_id"]})["availability"]
    assert [rule["id"] for rule in people["include"]] == [cast.employee_id("employee")]
    with cast.writing():
        assert service.request_app(cast.actor("employee"), "writer", "to write")["status"] == "open"


def test_a_policy_is_set_by_who_has_read_it(api: Api, cast: Cast) -> None:
    manager = api("app_manager")
    read = manager.get("/installation-policy")
    assert (read.json["version"], read.headers["ETag"]) == (0, '"0"')
    assert manager.put("/installation-policy", json={}).status_code == 428
    wrong = manager.put("/installation-policy", json={"deny_scopes": ["x"]}, headers={"If-Match": '"0"'})
    assert wrong.status_code == 422
    body = {"deny_scopes": ["contacts:write"]}
    done = manager.put("/installation-policy", json=body, headers={"If-Match": '"0"'})
    assert (done.status_code, done.json["version"]) == (200, 1)
    assert manager.put("/installation-policy", json=body, headers={"If-Match": '"0"'}).status_code == 412


def test_two_that_set_the_first_policy(cast: Cast) -> None:
    whole = {k: v for k, v in policies.DEFAULT.items() if k not in ("version", "updated_at")}

    def put() -> None:
        with cast.writing():
            service.set_policy(cast.actor("admin"), whole, 0)

    assert both_at_once(put, put) == ["done", Stale.code]


# --- why? -------------------------------------------------------------------------------------------------------------


def why(cast: Cast, who: str = "employee") -> tuple[bool, list[str]]:
    with cast.reading():
        found = explaining.access(cast.actor("admin"), "helper", cast.employee_id(who))
    return found["allowed"], [each["code"] for each in found["reasons"]]


def test_why_not_what_stands_in_the_way_comes_first(cast: Cast) -> None:
    app = register(cast)
    assert why(cast) == (False, ["not_installed"])
    set_policy(cast, deny_scopes=["directory:read"])
    assert why(cast) == (False, ["policy_denies_scope", "not_installed"])
    set_policy(cast)
    row = install(cast, granted_scopes=["directory:read", "catalogue:read"])
    assert why(cast) == (True, ["for_everyone"])
    service.suspend_as_operator(app["id"], "a leak")
    with cast.writing():
        service.suspend(cast.actor("admin"), row["id"])
    assert why(cast) == (False, ["suspended_by_operator", "suspended_by_company", "for_everyone"])


def test_why_names_the_rule(cast: Cast) -> None:
    register(cast, manifest(access={"scopes": []}))
    system = cast.system()
    with cast.writing():
        team = directory.create_department(system, name="Team")
        part = directory.create_department(system, name="Part", parent_id=team["id"])
        directory.update_employee(
            system, cast.employee_id("employee"), {"departments": [{"id": part["id"], "primary": True, "lead": False}]}
        )
    rule = {"kind": "department", "id": team["id"], "recursive": True}
    row = install(cast, availability_={"kind": "only", "include": [rule]})
    with cast.reading():
        found = explaining.access(cast.actor("admin"), "helper", cast.employee_id("employee"))
    assert (found["allowed"], found["reasons"][0]["about"]) == (True, {"rules": [rule]})
    assert why(cast, "agent") == (False, ["not_included"])
    person = {"kind": "employee", "id": cast.employee_id("employee")}
    with cast.writing():
        both = {"kind": "only", "include": [rule], "exclude": [person]}
        service.update_installation(cast.actor("admin"), row["id"], {"availability": both})
    assert why(cast) == (False, ["excluded"])


def test_only_publishers_that_proved_enough_come_in(cast: Cast) -> None:
    app = register(cast, owner="outsider")
    with cast.writing(cast.other):
        catalogue.update_app(cast.actor("outsider"), app["id"], visibility="public")
        line = catalogue.name_domain(cast.actor("outsider"), "example.com")["domain"]["txt_value"]
    set_policy(cast, minimum_verification="domain")
    with pytest.raises(PolicyDenies) as refusal:
        install(cast)
    assert [each.code for each in refusal.value.errors] == ["policy_needs_verification"]
    with cast.reading():
        found = explaining.access(cast.actor("admin"), "helper", cast.employee_id("employee"))
    assert "policy_needs_verification" in [each["code"] for each in found["reasons"]]
    proving.check_domain(app["publisher"]["id"], lambda name: (line,))
    set_policy(cast, minimum_verification="operator")
    with pytest.raises(PolicyDenies):
        install(cast)
    set_policy(cast, minimum_verification="domain")
    assert install(cast)["status"] == "active"


def test_a_stopped_app_says_so_when_somebody_asks_why(cast: Cast) -> None:
    app = register(cast)
    service.suspend_as_operator(app["id"], "it leaks")
    with cast.reading():
        found = explaining.access(cast.actor("admin"), "helper", cast.employee_id("employee"))
    (stopped,) = [each for each in found["reasons"] if each["code"] == "app_stopped"]
    assert stopped["about"] == {"side": "operator", "reason": "it leaks"}


def test_installing_and_stopping_at_once_leaves_nothing_running(cast: Cast) -> None:
    """Whoever comes first: the install is refused, or what it made is held."""
    app = register(cast)
    outcomes = both_at_once(lambda: install(cast), lambda: service.suspend_as_operator(app["id"], "it leaks"))
    with cast.reading():
        there = queries.live_installation(cast.actor("admin"), app["id"])
    if there is None:
        assert outcomes == ["app_suspended", "done"]
    else:
        assert (outcomes, there["status"]) == (["done", "done"], "suspended")
