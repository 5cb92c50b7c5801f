"""The operator's pages: there for operators alone, each act recorded, and the kill switch bites at once."""

from __future__ import annotations

from typing import Any

import pytest

from portico.domains.catalogue import queries as catalogue
from portico.domains.catalogue import service as apps
from portico.domains.catalogue.service import publishing, suspending
from portico.domains.identity import queries as identity
from portico.domains.identity import service as users
from portico.domains.installations import queries, service
from portico.domains.installations.errors import AppSuspended
from portico.kernel import jobs
from portico.kernel.errors import Refusal
from portico.kernel.unit_of_work import system_unit
from tests.support.apps import install, manifest, mint, register
from tests.support.cast import Cast
from tests.support.faces import Browser, Faces, words
from tests.support.http import Api

PAGES = ("", "/apps", "/publishers", "/record", "/review", "/search", "/search/palette")


@pytest.fixture
def operator(faces: Faces, cast: Cast) -> Browser:
    """The developer of the cast, who is a plain developer in the workspace and operates the instance."""
    with system_unit("tests: an operator", write=True):
        users.mark_operator(cast.users["developer"], True)
    return faces("developer")


@pytest.fixture
def helper(cast: Cast) -> dict[str, Any]:
    made = register(cast)
    with cast.writing():
        apps.update_app(cast.actor("developer"), made["id"], visibility="public")
    return made


def acts() -> list[tuple[str, str | None]]:
    with system_unit("tests: what operators did"):
        return [(row.act, row.about.get("reason")) for row in identity.acts_of_operators()]


def state(cast: Cast, row: dict[str, Any]) -> tuple[str, list[Any]]:
    with cast.reading():
        found = queries.installation(cast.system(), row["id"])
    return found["status"], [(hold["side"], hold["reason"]) for hold in found["holds"]]


def test_to_everybody_else_they_are_not_there(faces: Faces, cast: Cast, helper: dict[str, Any]) -> None:
    for name in ("owner", "admin", "developer"):
        for path in (*PAGES, f"/apps/{helper['id']}", f"/publishers/{helper['publisher']['id']}"):
            assert faces(name).get(f"/operator{path}").status_code == 404, (name, path)
        kill = faces(name).post(f"/operator/apps/{helper['id']}/kill", {"reason": "no", "key": "helper"})
        assert kill.status_code == 404
    assert acts() == []
    with cast.reading():
        assert catalogue.stop_of(helper["id"]) is None


def test_the_mark_is_asked_for_at_each_request(operator: Browser, cast: Cast) -> None:
    assert operator.get("/operator").status_code == 200
    with system_unit("tests: no operator any more", write=True):
        users.mark_operator(cast.users["developer"], False)
    assert operator.get("/operator").status_code == 404


def test_every_page_is_drawn_and_reached_from_the_faces(operator: Browser, helper: dict[str, Any]) -> None:
    assert "/operator" in operator.get("/console/").text
    for path in (*PAGES, f"/apps/{helper['id']}", f"/publishers/{helper['publisher']['id']}"):
        assert operator.get(f"/operator{path}").status_code == 200, path
    assert "Helper" in words(operator.get("/operator/apps?q=hel"))
    assert "No app is like this" in words(operator.get("/operator/apps?q=zzz"))


def test_what_operators_look_after_is_found(operator: Browser, helper: dict[str, Any]) -> None:
    everything = operator.get("/operator/search/palette")
    assert 'data-action="theme"' in everything.text
    assert "Kill switch" in words(everything)
    assert "Helper" not in words(everything)
    assert f"/operator/apps/{helper['id']}" in operator.get("/operator/search/palette?q=helper").text
    assert (
        f"/operator/publishers/{helper['publisher']['id']}"
        in operator.get(f"/operator/search?q={helper['publisher']['name']}").text
    )
    assert "Nothing found for “zzz”" in words(operator.get("/operator/search?q=zzz"))
    assert 'data-palette-dialog data-url="/operator/search/palette"' in operator.get("/operator/apps").text


def test_the_kill_switch_stops_it_everywhere_and_says_why(
    operator: Browser, api: Api, cast: Cast, faces: Faces, helper: dict[str, Any]
) -> None:
    here = install(cast)
    client = api.bearer(mint(helper, here))
    assert client.get("/me").status_code == 200
    page = operator.get(f"/operator/apps/{helper['id']}")
    assert "Workspaces 1 Installations 1" in words(page)
    kill = f"/operator/apps/{helper['id']}/kill"
    wrong = operator.post(kill, {"reason": "it leaks", "key": "helpers"})
    assert wrong.status_code == 422
    assert "it is helper" in words(wrong)
    assert client.get("/me").status_code == 200, "nothing happens before the key is typed"
    operator.follow(operator.post(kill, {"reason": "it leaks", "key": "helper"}))
    refused = client.get("/me")
    assert (refused.status_code, refused.json["code"]) == (401, "installation_suspended")
    assert state(cast, here) == ("suspended", [("operator", "it leaks")])
    assert "it leaks" in words(faces("admin").get(f"/admin/apps/{here['id']}"))
    with pytest.raises(AppSuspended) as refusal:
        install(cast, by="outsider")
    assert refusal.value.extra == {"side": "operator", "reason": "it leaks"}
    assert "it leaks" in refusal.value.detail
    operator.follow(operator.post(f"/operator/apps/{helper['id']}/resume"))
    assert client.get("/me").status_code == 200
    assert install(cast, by="outsider")["status"] == "active"
    assert acts() == [("app.resumed", None), ("app.suspended", "it leaks")]


def test_what_the_kill_switch_did_not_finish_a_job_finishes(cast: Cast, helper: dict[str, Any]) -> None:
    """The process dies after the decision is written and before any installation is held."""
    here = install(cast)
    with system_unit("tests: only the decision", write=True):
        suspending.stop_app(helper["id"], "operator", "it leaks")
        jobs.enqueue(cast.system(), "installations.enforce_stop", app_id=helper["id"], side="operator")
    assert state(cast, here)[0] == "active"
    while jobs.drain():
        pass
    assert state(cast, here) == ("suspended", [("operator", "it leaks")])


def test_a_suspended_publisher_stops_with_all_its_apps(operator: Browser, cast: Cast, helper: dict[str, Any]) -> None:
    second = register(cast, manifest("second"))
    here, there = install(cast), install(cast, "second")
    service.suspend_as_operator(second["id"], "by itself")
    path = f"/operator/publishers/{helper['publisher']['id']}"
    operator.follow(operator.post(f"{path}/suspend", {"reason": "a fraud"}))
    assert state(cast, here) == ("suspended", [("operator", "a fraud")])
    with pytest.raises(Refusal) as refusal:
        register(cast, manifest("third"))
    assert refusal.value.code == "publisher_suspended"
    operator.follow(operator.post(f"/operator/apps/{second['id']}/resume"))
    assert state(cast, there)[0] == "suspended", "an app does not run alone while its publisher is suspended"
    operator.follow(operator.post(f"{path}/resume"))
    assert state(cast, here)[0] == "active"
    assert state(cast, there) == ("suspended", [("operator", "by itself")]), "what was stopped by itself stays so"


def test_a_person_verifies_and_a_new_name_takes_it_away(operator: Browser, cast: Cast, helper: dict[str, Any]) -> None:
    path = f"/operator/publishers/{helper['publisher']['id']}"
    assert operator.post(f"{path}/verify", {"note": "", "version": "1"}).status_code == 422
    assert operator.post(f"{path}/verify", {"note": "register 12", "version": "7"}).status_code == 412
    page = operator.follow(operator.post(f"{path}/verify", {"note": "register 12", "version": "1"}))
    assert "register 12" in words(page)
    with cast.writing():
        found = publishing.update_publisher(cast.actor("developer"), {"website": "https://acme.example"}, None)
        assert found["verification"] == "operator"
        found = publishing.update_publisher(cast.actor("developer"), {"name": "Somebody Else"}, None)
        assert found["verification"] == "none"
    assert acts() == [("publisher.verified", "register 12")]
