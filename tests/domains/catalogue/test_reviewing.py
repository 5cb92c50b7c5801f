"""From a draft to an approved version: what the robot finds, handing in, and a person's answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from portico import settings as process
from portico.domains.catalogue import queries, robot, service
from portico.domains.catalogue.errors import OwnReview
from portico.domains.identity.service import users
from portico.kernel import clock, jobs
from portico.kernel.errors import Invalid, InvalidTransition, NotFound
from portico.kernel.unit_of_work import system_unit
from portico.settings import Settings
from tests.support import apps
from tests.support.cast import Cast
from tests.support.reviewed import HonestApp

pytestmark = pytest.mark.both_databases
REASON = {"code": "listing", "path": "/app/summary", "message": "Say what it does."}


@pytest.fixture
def honest() -> Iterator[HonestApp]:
    found = HonestApp()
    with found.server:
        yield found


@pytest.fixture
def app(cast: Cast, honest: HonestApp, settings: Settings) -> dict[str, Any]:
    """Public, at version 1, from now on under review."""
    app = apps.register(cast, honest.manifest())
    honest.secret = app["signing_secret"]
    with cast.writing():
        service.update_app(cast.actor("developer"), app["id"], visibility="public")
    process.configure(replace(settings, review="robot+person"))
    return app


def draft(cast: Cast, app: dict[str, Any], manifest: dict[str, Any]) -> str:
    with cast.writing():
        return str(service.create_version(cast.actor("developer"), app["id"], manifest, release=False).id)


def step(cast: Cast, verb: str, app: dict[str, Any], version: str) -> Any:
    with cast.writing():
        return getattr(service, f"{verb}_version")(cast.actor("developer"), app["id"], version)


def seen(cast: Cast, app: dict[str, Any], version: str) -> Any:
    with cast.reading():
        return queries.own_version(cast.actor("developer"), app["id"], version)


def errors(row: Any) -> set[tuple[str, str]]:
    return {(each["rule"], each["path"]) for each in row.findings if each["severity"] == "error"}


def operator(cast: Cast, *names: str) -> str:
    with system_unit("tests: operators", write=True):
        for name in names:
            users.mark_operator(cast.users[name], True)
    return cast.users[names[0]]


def handed_in(cast: Cast, app: dict[str, Any], honest: HonestApp) -> str:
    version = draft(cast, app, honest.manifest())
    step(cast, "submit", app, version)
    jobs.drain()
    return version


def test_a_whole_app_is_checked_handed_in_approved_and_released(
    cast: Cast, app: dict[str, Any], honest: HonestApp
) -> None:
    version = draft(cast, app, honest.manifest())
    step(cast, "check", app, version)
    jobs.drain()
    row = seen(cast, app, version)
    assert (row.status, errors(row)) == ("checked", set())
    assert {each["rule"] for each in row.findings} == {"never_tried", "listing_screenshots"}
    with pytest.raises(InvalidTransition):
        step(cast, "release", app, version)
    assert step(cast, "submit", app, version).status == "submitted"
    with pytest.raises(InvalidTransition):
        step(cast, "submit", app, version)
    by = operator(cast, "admin")
    with system_unit("tests: approve", write=True):
        service.approve_version(version, by)
    row = seen(cast, app, version)
    assert (row.status, row.review_level, row.reviewed_by) == ("approved", "person", by)
    assert step(cast, "release", app, version).status == "released"


def test_every_finding_says_where_and_how_to_mend_it(cast: Cast, app: dict[str, Any], honest: HonestApp) -> None:
    honest.careless = True
    wrong = honest.manifest("directory:read", icon="data:image/png;base64,AAAA", summary="English alone")
    del wrong["app"]["privacy_url"]
    wrong["access"]["egress"] = [{"host": "db.internal", "purpose": "to keep it"}]
    version = draft(cast, app, wrong)
    step(cast, "submit", app, version)
    jobs.drain()
    row = seen(cast, app, version)
    assert row.status == "draft"
    assert not row.hand_in
    assert errors(row) == {
        ("listing_privacy", "/app/privacy_url"),
        ("icon_content", "/app/icon"),
        ("egress_local", "/access/egress/0/host"),
        ("forgery_accepted", "/events/url"),
        ("forgery_accepted", "/lifecycle/url"),
    }
    assert ("listing_chinese", "/app/summary") in {(each["rule"], each["path"]) for each in row.findings}
    assert all(each["message"] and each["mending"] for each in row.findings)


def test_an_app_that_answers_wrong_or_not_at_all_is_found(cast: Cast, app: dict[str, Any], honest: HonestApp) -> None:
    honest.secret = "whsec_AAAA"
    version = draft(cast, app, honest.manifest())
    step(cast, "check", app, version)
    jobs.drain()
    assert errors(seen(cast, app, version)) == {
        ("signature_refused", "/events/url"),
        ("signature_refused", "/lifecycle/url"),
    }
    silent = honest.manifest()
    silent["runtime"]["base_url"] = "http://localhost:9"
    version = draft(cast, app, silent)
    step(cast, "check", app, version)
    jobs.drain()
    assert {rule for rule, _ in errors(seen(cast, app, version))} == {"no_answer"}


def test_mended_on_its_side_the_same_version_passes_the_next_check(
    cast: Cast, app: dict[str, Any], honest: HonestApp
) -> None:
    honest.careless = True
    version = draft(cast, app, honest.manifest())
    step(cast, "submit", app, version)
    jobs.drain()
    assert seen(cast, app, version).status == "draft"
    honest.careless = False
    step(cast, "submit", app, version)
    jobs.drain()
    assert seen(cast, app, version).status == "submitted"


def test_scopes_that_were_never_used_at_home_are_named(cast: Cast, app: dict[str, Any], honest: HonestApp) -> None:
    apps.install(cast)
    with cast.reading():
        found = robot.at_home(robot.Subject(app["id"], cast.acme, "", honest.manifest("contacts:read"), ()))
    assert [(each.rule, each.path, each.severity) for each in found] == [
        ("scope_unused", "/access/scopes/0", "warning")
    ]


def test_killed_in_the_middle_the_next_try_does_all_of_it(
    cast: Cast, app: dict[str, Any], honest: HonestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = draft(cast, app, honest.manifest())
    step(cast, "submit", app, version)
    with monkeypatch.context() as broken:
        broken.setattr("portico.domains.catalogue.robot.online", _killed)
        jobs.drain()
    assert (seen(cast, app, version).status, seen(cast, app, version).checked_at) == ("draft", None)
    with clock.held(clock.now() + timedelta(minutes=10)):
        jobs.drain()
    assert seen(cast, app, version).status == "submitted"


def _killed(about: robot.Subject) -> Any:
    raise RuntimeError("killed")


def test_a_deployment_of_a_reviewed_app_hands_itself_in(
    cast: Cast, app: dict[str, Any], honest: HonestApp, settings: Settings
) -> None:
    version = apps.deploy(cast, app["id"], honest.manifest())
    assert version.status == "draft"
    jobs.drain()
    assert seen(cast, app, version.id).status == "submitted"
    process.configure(replace(settings, review="robot"))
    version = apps.deploy(cast, app["id"], honest.manifest())
    jobs.drain()
    row = seen(cast, app, version.id)
    assert (row.status, row.review_level) == ("approved", "robot")


def test_a_rejection_says_why_and_ends_the_version(cast: Cast, app: dict[str, Any], honest: HonestApp) -> None:
    version = handed_in(cast, app, honest)
    by = operator(cast, "admin")
    with system_unit("tests: no reason", write=True), pytest.raises(Invalid):
        service.reject_version(version, by, [])
    with system_unit("tests: reject", write=True):
        service.reject_version(version, by, [REASON])
    row = seen(cast, app, version)
    assert (row.status, row.review_reasons) == ("rejected", [REASON])
    for verb in ("check", "submit", "release", "withdraw"):
        with pytest.raises(InvalidTransition):
            step(cast, verb, app, version)


def test_nobody_approves_their_own_app_unless_there_is_nobody_else(
    cast: Cast, app: dict[str, Any], honest: HonestApp
) -> None:
    version = handed_in(cast, app, honest)
    own = operator(cast, "developer", "admin")
    with system_unit("tests: own app", write=True), pytest.raises(OwnReview):
        service.approve_version(version, own)
    with system_unit("tests: alone", write=True):
        users.mark_operator(cast.users["admin"], False)
    with system_unit("tests: own app", write=True):
        service.approve_version(version, own)
    assert seen(cast, app, version).status == "approved"


def test_of_two_answers_at_once_one_counts(cast: Cast, app: dict[str, Any], honest: HonestApp) -> None:
    version = handed_in(cast, app, honest)
    by = operator(cast, "admin")
    done: list[str] = []

    def answer(verb: str) -> None:
        with suppress(InvalidTransition):
            with system_unit("tests: two at once", write=True):
                if verb == "approved":
                    service.approve_version(version, by)
                else:
                    service.reject_version(version, by, [REASON])
            done.append(verb)

    threads = [threading.Thread(target=answer, args=(verb,)) for verb in ("approved", "rejected")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [seen(cast, app, version).status] == done


def test_a_withdrawn_version_is_in_no_queue(cast: Cast, app: dict[str, Any], honest: HonestApp) -> None:
    version = handed_in(cast, app, honest)
    step(cast, "withdraw", app, version)
    with system_unit("tests: the queue"):
        assert queries.page_of_queue(apps.every()).rows == []
    with system_unit("tests: too late", write=True), pytest.raises(InvalidTransition):
        service.approve_version(version, operator_id(cast))


def operator_id(cast: Cast) -> str:
    return cast.users["admin"]


def test_strangers_see_nothing(cast: Cast, app: dict[str, Any], honest: HonestApp) -> None:
    version = draft(cast, app, honest.manifest())
    for verb in ("check_version", "submit_version"):
        with cast.writing(), pytest.raises(NotFound):
            getattr(service, verb)(cast.actor("admin"), app["id"], version)
