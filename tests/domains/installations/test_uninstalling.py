"""Uninstalling: a preview, 30 days in which it comes back, then erasure with a receipt that the app signs."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from portico.domains.installations import erasures, previewing, queries, service, sweeping
from portico.domains.installations.errors import AlreadyInstalled, InstallationState
from portico.domains.installations.models import Erasure, Installation
from portico.kernel import clock, jobs
from portico.kernel.errors import Invalid, NotFound, Refusal
from portico_sdk import webhooks
from tests.support.apps import asking, deploy, install, manifest, mint, register
from tests.support.cast import Cast
from tests.support.http import Api

pytestmark = pytest.mark.both_databases
SETTINGS = {
    "days": {"type": "integer", "default": 25},
    "key": {"type": "string", "secret": True},
    "mode": {"type": "select", "options": ["a", "b"], "required": True},
}


def now(cast: Cast, row: dict[str, Any]) -> dict[str, Any]:
    with cast.reading():
        return queries.installation(cast.actor("admin"), row["id"])


def uninstall(cast: Cast, row: dict[str, Any]) -> None:
    with cast.writing():
        service.uninstall(cast.actor("admin"), row["id"])


def sleep(cast: Cast, row: dict[str, Any], days: int) -> None:
    """As if it had been uninstalled so long ago."""
    with cast.writing() as work:
        found = work.get_one(Installation, (cast.acme, row["id"]))
        found.uninstalled_at = clock.now() - timedelta(days=days)


def erased(cast: Cast, row: dict[str, Any]) -> dict[str, Any]:
    uninstall(cast, row)
    with cast.writing():
        return service.erase(cast.actor("admin"), row["id"])


def test_the_preview_counts_what_ends(cast: Cast) -> None:
    app = register(cast)
    row = install(cast)
    mint(app, row)
    with cast.reading():
        seen = previewing.preview(cast.actor("admin"), row["id"])
    counts = {each["kind"]: each["count"] for each in seen["dependents"]}
    assert counts == {"surfaces": 1, "endpoints": 1, "tokens": 1}
    assert seen["egress"] == [{"host": "mail.example", "purpose": "to send confirmations", "personal_data": True}]
    assert seen["tells_app"] is False
    uninstall(cast, row)
    with cast.reading(), pytest.raises(InstallationState):
        previewing.preview(cast.actor("admin"), row["id"])


def test_it_sleeps_when_all_that_followed_is_done(cast: Cast) -> None:
    register(cast)
    row = install(cast)
    uninstall(cast, row)
    assert now(cast, row)["status"] == "uninstalling"
    while jobs.drain():
        pass
    found = now(cast, row)
    assert found["status"] == "dormant"
    assert found["erases_at"] == found["uninstalled_at"] + timedelta(days=30)


@pytest.mark.parametrize("settled", [False, True])
def test_installing_anew_brings_back_settings_and_people(cast: Cast, settled: bool) -> None:
    register(cast, manifest(settings=SETTINGS))
    people = {"kind": "only", "include": [{"kind": "employee", "id": cast.employee_id("agent")}]}
    first = install(cast, availability_=people, settings={"days": 3, "key": "hush", "mode": "b"})
    with cast.writing():
        service.update_installation(cast.actor("admin"), first["id"], {"granted_scopes": []})
    uninstall(cast, first)
    while settled and jobs.drain():
        pass
    again = install(cast, settings={"days": 4})
    assert (again["id"], again["status"], again["uninstalled_at"]) == (first["id"], "active", None)
    assert again["settings"] == {"days": 4, "mode": "b"}
    assert again["availability"]["include"] == [{"kind": "employee", "id": cast.employee_id("agent")}]
    assert again["granted_scopes"] == ["directory:read"], "what it may do is consented anew"
    found = now(cast, again)
    assert queries.secret_settings(cast.acme, found) == {"key": "hush"}
    with pytest.raises(AlreadyInstalled):
        install(cast, settings={"mode": "b"})


def test_what_comes_back_must_fit_the_version_of_now(cast: Cast) -> None:
    app = register(cast, manifest(settings=SETTINGS))
    row = install(cast, settings={"mode": "b"})
    uninstall(cast, row)
    new = {"mode": {"type": "select", "options": ["c"], "required": True}}
    deploy(cast, app["id"], manifest(settings=new))
    with pytest.raises(Invalid) as refusal:
        install(cast)
    assert [error.pointer for error in refusal.value.errors] == ["/settings/mode"]
    assert install(cast, settings={"mode": "c"})["id"] == row["id"]


def test_two_that_install_anew_at_once_revive_it_once(cast: Cast) -> None:
    register(cast)
    uninstall(cast, install(cast))
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def go() -> None:
        start.wait()
        try:
            install(cast)
            outcomes.append("installed")
        except Refusal as refusal:
            outcomes.append(refusal.code)

    threads = [threading.Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["already_installed", "installed"]


def test_after_thirty_days_it_is_erased_and_begins_anew(cast: Cast) -> None:
    register(cast, manifest(settings=SETTINGS))
    records = {"kind": "only", "include": [{"kind": "employee", "id": cast.employee_id("agent")}]}
    row = install(cast, settings={"mode": "b", "key": "hush"}, data_range_=records)
    uninstall(cast, row)
    sleep(cast, row, 29)
    assert sweeping.sweep() == 0
    sleep(cast, row, 31)
    assert sweeping.sweep() == 1
    assert sweeping.sweep() == 0
    found = now(cast, row)
    assert (found["status"], found["settings"], found["sealed_settings"]) == ("erased", {}, None)
    assert found["data_range"] == {"kind": "all", "include": [], "unassigned": False}, "whom it named is forgotten too"
    with cast.reading():
        erasure = erasures.of_installation(cast.actor("admin"), row["id"])
    assert (erasure["state"], erasure["requested_by"]) == ("requested", None)
    again = install(cast, settings={"mode": "a"})
    assert again["id"] != row["id"]


def test_a_reinstall_wins_over_the_sweep(cast: Cast) -> None:
    register(cast)
    row = install(cast)
    uninstall(cast, row)
    sleep(cast, row, 31)
    with cast.reading() as work:
        assert work.scalar(select(Installation.id).where(Installation.workspace_id == cast.acme)) == row["id"]
    install(cast)
    with cast.writing():
        service.erase_when_over(cast.system(), row["id"])
    assert now(cast, row)["status"] == "active"


def test_only_what_was_uninstalled_is_erased_and_once(cast: Cast) -> None:
    register(cast)
    row = install(cast)
    with cast.writing(), pytest.raises(InstallationState):
        service.erase(cast.actor("admin"), row["id"])
    with cast.reading(), pytest.raises(NotFound):
        erasures.of_installation(cast.actor("admin"), row["id"])
    erased(cast, row)
    with cast.writing(), pytest.raises(InstallationState):
        service.erase(cast.actor("admin"), row["id"])


# --- the receipt ------------------------------------------------------------------------------------------------------


def sealed(secret: str, erasure_id: str, **content: Any) -> tuple[bytes, dict[str, str]]:
    body = orjson.dumps({"erasure_id": erasure_id, "erased": True, **content})
    return body, webhooks.sign(body, secrets=secret, webhook_id=erasure_id)


def state(api: Api, row: dict[str, Any]) -> Any:
    return api("app_manager").get(f"/installations/{row['id']}/erasure").json


def test_a_signed_receipt_is_kept_and_shown(api: Api, cast: Cast) -> None:
    app = register(cast, asking("directory:read"))
    row = install(cast)
    erasure = erased(cast, row)
    body, headers = sealed(app["signing_secret"], erasure["id"], rows=12)
    path = "/lifecycle/erasures/" + erasure["id"] + "/receipt"
    assert erasure["receipt_url"].endswith(path)
    post = api.app.test_client().post
    assert post(path, data=body, headers=headers).status_code == 204
    assert post(path, data=body, headers=headers).status_code == 204, "it may come again"
    found = state(api, row)
    assert (found["state"], found["receipt"]["rows"]) == ("confirmed", 12)
    assert found["received_at"]


@pytest.mark.parametrize("wrong", ["secret", "body", "other", "not erased", "nobody"])
def test_a_receipt_that_proves_nothing_is_not_kept(api: Api, cast: Cast, wrong: str) -> None:
    app = register(cast, asking("directory:read"))
    stranger = register(cast, asking("directory:read", key="stranger"))
    row = install(cast)
    erasure_id = erased(cast, row)["id"]
    secret = stranger["signing_secret"] if wrong == "secret" else app["signing_secret"]
    body, headers = sealed(secret, erasure_id, **({"erased": False} if wrong == "not erased" else {}))
    if wrong == "other":
        headers = {**headers, **webhooks.sign(body, secrets=secret, webhook_id="evt_1")}
    where = "era_01jd0000000000000000000000" if wrong == "nobody" else erasure_id
    answer = api.app.test_client().post(
        f"/lifecycle/erasures/{where}/receipt", data=body + (b" " if wrong == "body" else b""), headers=headers
    )
    assert answer.status_code == 404
    assert state(api, row)["state"] == "requested"


def test_an_app_that_does_not_answer_in_time_is_overdue(api: Api, cast: Cast) -> None:
    register(cast)
    row = install(cast)
    erasure = erased(cast, row)
    with cast.writing() as work:
        work.get_one(Erasure, (cast.acme, erasure["id"])).due_at = clock.now() - timedelta(minutes=1)
    assert state(api, row)["state"] == "overdue"
