"""The life of a version on the pages: handed in, found wanting, mended, judged, released in part, rolled back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from portico import settings as process
from portico.domains.catalogue import service
from portico.domains.identity import queries as identity
from portico.domains.identity.service import users
from portico.kernel import jobs
from portico.kernel.unit_of_work import system_unit
from portico.settings import Settings
from tests.support import apps
from tests.support.cast import Cast
from tests.support.faces import Browser, Faces, words
from tests.support.reviewed import HonestApp


@pytest.fixture
def honest() -> Iterator[HonestApp]:
    found = HonestApp()
    with found.server:
        yield found


@pytest.fixture
def helper(cast: Cast, honest: HonestApp, settings: Settings) -> dict[str, Any]:
    app = apps.register(cast, honest.manifest())
    honest.secret = app["signing_secret"]
    with cast.writing():
        service.update_app(cast.actor("developer"), app["id"], visibility="public")
    process.configure(replace(settings, review="robot+person"))
    return app


@pytest.fixture
def operator(faces: Faces, cast: Cast) -> Browser:
    with system_unit("tests: an operator", write=True):
        users.mark_operator(cast.users["employee"], True)
    return faces("employee")


def draft(cast: Cast, helper: dict[str, Any], manifest: dict[str, Any]) -> str:
    with cast.writing():
        return str(service.create_version(cast.actor("developer"), helper["id"], manifest, release=False).id)


def acts() -> list[str]:
    with system_unit("tests: what operators did"):
        return [row.act for row in identity.acts_of_operators()]


def test_from_a_draft_to_a_release_that_is_rolled_back(
    cast: Cast, faces: Faces, helper: dict[str, Any], honest: HonestApp, operator: Browser
) -> None:
    developer = faces("developer")
    honest.careless = True
    version = draft(cast, helper, honest.manifest("directory:read", "contacts:read", summary="Helps more"))
    page = f"/console/apps/{helper['id']}/versions/{version}"
    assert "The robot has not looked at it yet." in words(developer.get(page))
    assert "The robot is at it" in words(developer.follow(developer.post(f"{page}/submit")))
    jobs.drain()
    said = words(developer.get(page))
    assert "The app accepted a message with a wrong signature." in said
    assert "/events/url" in said
    assert "answer 400 to what fails" in said
    assert "Nothing waits" in words(operator.get("/operator/review"))
    honest.careless = False
    developer.post(f"{page}/submit")
    jobs.drain()
    assert "an operator decides about it" in words(developer.get(page))
    queue = operator.get("/operator/review")
    assert "Helper" in words(queue)
    assert version in queue.text
    said = words(operator.get(f"/operator/review/{version}"))
    assert "It has never passed review" in said
    assert "contacts:read" in said
    assert "See contacts" in said or "contacts" in said
    answer = operator.follow(operator.post(f"/operator/review/{version}/approve"))
    assert "Its developer was told" in words(answer)
    assert acts() == ["version.approved"]
    said = words(developer.follow(developer.post(f"{page}/release", {"percent": "10"})))
    assert "10 %" in said
    assert "All that ran it run the version before it." in words(developer.follow(developer.post(f"{page}/roll_back")))


def test_a_rejection_is_read_where_the_version_stands_and_by_mail(
    cast: Cast, faces: Faces, helper: dict[str, Any], honest: HonestApp, operator: Browser, settings: Settings
) -> None:
    version = draft(cast, helper, honest.manifest())
    faces("developer").post(f"/console/apps/{helper['id']}/versions/{version}/submit")
    jobs.drain()
    one = f"/operator/review/{version}"
    refused = operator.post(f"{one}/reject", {"code": "listing", "path": "", "message": ""})
    assert refused.status_code == 422
    assert "The developer reads this." in words(refused)
    operator.post(f"{one}/reject", {"code": "listing", "path": "/app/summary", "message": "Say what it does."})
    jobs.drain()
    said = words(faces("developer").get(f"/console/apps/{helper['id']}/versions/{version}"))
    assert "The reviewer rejected it" in said
    assert "/app/summary : Say what it does." in said or "/app/summary: Say what it does." in said
    jobs.drain()  # the first one told, this one sends
    mails = [path.read_text() for path in (settings.home / "mail").glob("*.eml")]
    assert any("was rejected" in mail and re.search(r"Say\s+what\s+it\s+does", mail) for mail in mails)
    late = operator.follow(operator.post(f"{one}/approve"))
    assert "not in review any more" in words(late)


def test_the_publisher_does_not_judge_their_own_while_another_can(
    cast: Cast, faces: Faces, helper: dict[str, Any], honest: HonestApp, operator: Browser
) -> None:
    version = draft(cast, helper, honest.manifest())
    developer = faces("developer")
    developer.post(f"/console/apps/{helper['id']}/versions/{version}/submit")
    jobs.drain()
    with system_unit("tests: another operator", write=True):
        users.mark_operator(cast.users["developer"], True)
    answer = developer.follow(developer.post(f"/operator/review/{version}/approve"))
    assert "another operator decides about it" in words(answer)
    assert "Decide" in words(operator.get(f"/operator/review/{version}"))
