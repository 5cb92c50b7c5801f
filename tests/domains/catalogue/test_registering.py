"""A developer registers an app, deploys versions of it, and is told everything that is wrong with a manifest."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from portico import settings as process
from portico.domains.catalogue import queries, service
from portico.domains.catalogue.errors import AppKeyTaken, ReviewRequired
from portico.kernel.errors import Forbidden, Invalid, NotFound, Refusal
from portico.settings import Settings
from tests.support.apps import deploy, manifest, register
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases


def test_the_first_app_makes_its_publisher_and_is_released_at_once(cast: Cast) -> None:
    app = register(cast)
    assert app["publisher"]["name"] == "Developer"
    assert app["visibility"] == "private"
    assert (app["version"]["number"], app["version"]["status"]) == (1, "released")
    assert app["client_id"] == app["id"]
    assert app["client_secret"].startswith("pcs_")
    assert app["signing_secret"].startswith("whsec_")
    second = register(cast, manifest("second"))
    assert second["publisher"]["id"] == app["publisher"]["id"]


def test_every_finding_comes_at_once(cast: Cast) -> None:
    wrong = manifest("Not A Key", runtime={"base_url": "ftp://x"}, surprise={})
    wrong["access"]["scopes"].append({"name": "apps:write", "reason": "people's own"})
    with pytest.raises(Invalid) as refusal:
        register(cast, wrong)
    found = {(error.pointer, error.code) for error in refusal.value.errors}
    assert {
        ("/manifest/app/key", "key_format"),
        ("/manifest/runtime/base_url", "base_url"),
        ("/manifest/surprise", "unknown_key"),
        ("/manifest/access/scopes/1/name", "unknown_scope"),
    } <= found


def test_a_refused_manifest_leaves_nothing_behind(cast: Cast) -> None:
    with pytest.raises(Invalid):
        register(cast, manifest(runtime={}))
    with cast.reading():
        assert queries.publisher_of(cast.actor("developer")) is None


def test_a_taken_key_is_refused_across_workspaces(cast: Cast) -> None:
    register(cast)
    with pytest.raises(AppKeyTaken):
        register(cast, owner="outsider")


def test_plain_http_is_for_development(cast: Cast, settings: Settings) -> None:
    process.configure(replace(settings, mode="production"))
    with pytest.raises(Invalid) as refusal:
        register(cast)
    assert refusal.value.errors[0].code == "base_url_development"


def test_a_deployment_supersedes_the_version_before(cast: Cast) -> None:
    app = register(cast)
    changed = manifest(runtime={"base_url": "http://localhost:9009"})
    assert deploy(cast, app["id"], changed).number == 2
    with cast.reading():
        running = queries.released(app["id"])
    assert running is not None
    assert (running.number, running.base_url) == (2, "http://localhost:9009")


def test_the_key_never_changes(cast: Cast) -> None:
    app = register(cast)
    with pytest.raises(Invalid) as refusal:
        deploy(cast, app["id"], manifest("renamed"))
    assert refusal.value.errors[0].code == "key_immutable"


def test_deployments_at_once_get_numbers_of_their_own(cast: Cast) -> None:
    app = register(cast)
    numbers: list[int] = []
    threads = [
        threading.Thread(target=lambda: numbers.append(deploy(cast, app["id"], manifest()).number)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [2, 3, 4, 5]
    with cast.reading():
        assert queries.released(app["id"]) is not None


def test_an_app_is_its_publishers_alone(cast: Cast) -> None:
    app = register(cast)
    for stranger in ("admin", "outsider"):
        with cast.reading(cast.workspace_of(stranger)), pytest.raises(NotFound):
            queries.own_app(cast.actor(stranger), app["id"])


def test_in_a_strict_review_only_private_apps_run_without_one(cast: Cast, settings: Settings) -> None:
    process.configure(replace(settings, review="robot+person"))
    app = register(cast)
    assert app["version"]["status"] == "released"
    with cast.writing(), pytest.raises(ReviewRequired):
        service.update_app(cast.actor("developer"), app["id"], visibility="public")


def test_a_public_app_waits_for_the_review(cast: Cast, settings: Settings) -> None:
    app = register(cast)
    with cast.writing():
        service.update_app(cast.actor("developer"), app["id"], visibility="public")
    process.configure(replace(settings, review="robot"))
    assert deploy(cast, app["id"], manifest()).status == "draft"
    with cast.reading():
        running = queries.released(app["id"])
    assert running is not None
    assert running.number == 1


def test_the_address_can_be_overridden_in_development_only(cast: Cast, settings: Settings) -> None:
    app = register(cast)
    developer = cast.actor("developer")
    with cast.writing():
        service.override_base_url(developer, app["id"], "http://localhost:9555/")
        running = queries.released(app["id"])
        assert running is not None
        assert running.base_url == "http://localhost:9555"
    for wrong in ("http://evil.example", "localhost:1", "http://localhost:9/path", "http://u@localhost:9"):
        with cast.writing(), pytest.raises(Invalid):
            service.override_base_url(developer, app["id"], wrong)
    process.configure(replace(settings, mode="production"))
    with cast.writing():
        running = queries.released(app["id"])
        assert running is not None
        assert running.base_url == "http://localhost:9001"
        with pytest.raises(Forbidden):
            service.override_base_url(developer, app["id"], "https://elsewhere.example")


def test_two_people_take_one_key_at_once(cast: Cast) -> None:
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def go(owner: str) -> None:
        start.wait()
        try:
            register(cast, owner=owner)
            outcomes.append("made")
        except Refusal as refusal:
            outcomes.append(refusal.code)

    threads = [threading.Thread(target=go, args=(owner,)) for owner in ("developer", "admin")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["app_key_taken", "made"]
