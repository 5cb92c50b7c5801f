"""The publisher's pages in the console: profile, domain, what people say, and holding an app everywhere."""

from __future__ import annotations

from typing import Any

import pytest

from portico.domains.catalogue import queries as catalogue
from portico.domains.catalogue import service as apps
from portico.domains.installations import queries
from portico.domains.installations.service import rating
from portico.kernel import jobs
from tests.support.apps import install, manifest, register, use
from tests.support.cast import Cast
from tests.support.faces import Browser, Faces, words


@pytest.fixture
def developer(faces: Faces) -> Browser:
    return faces("developer")


@pytest.fixture
def made(cast: Cast) -> dict[str, Any]:
    app = register(cast)
    with cast.writing():
        apps.update_app(cast.actor("developer"), app["id"], visibility="public")
    return app


def own(cast: Cast) -> dict[str, Any]:
    with cast.reading():
        return catalogue.own_publisher(cast.actor("developer"))


def test_before_the_first_app_there_is_none(developer: Browser) -> None:
    assert "You are no publisher yet" in words(developer.get("/console/publisher"))


def test_the_profile_is_saved_and_mistakes_stand_at_their_fields(
    developer: Browser, cast: Cast, made: dict[str, Any]
) -> None:
    version = own(cast)["version"]
    wrong = {"name": "Acme Tools", "website": "javascript:alert(1)", "support_email": "nobody", "version": version}
    assert developer.post("/console/publisher", wrong).status_code == 422
    assert own(cast)["name"] == "Developer"
    good = {"name": "Acme Tools", "website": "https://acme.example", "support_email": "help@acme.example"}
    page = developer.follow(developer.post("/console/publisher", {**good, "version": version}))
    assert "Saved." in words(page)
    assert (own(cast)["name"], own(cast)["website"]) == ("Acme Tools", "https://acme.example")
    assert developer.post("/console/publisher", {**good, "name": "Other", "version": version}).status_code == 412


def test_the_line_to_put_on_the_domain_is_shown_and_looked_for(
    developer: Browser, cast: Cast, made: dict[str, Any]
) -> None:
    assert developer.post("/console/publisher/domain", {"domain": "not a domain"}).status_code == 422
    page = developer.follow(developer.post("/console/publisher/domain", {"domain": "127.0.0.1:09"}))
    assert own(cast)["domain"]["txt_value"] in page.text
    developer.post("/console/publisher/domain/check")
    while jobs.drain():
        pass
    assert "does not answer" in words(developer.get("/console/publisher"))
    developer.post("/console/publisher/domain/forget")
    assert own(cast)["domain"] is None


def test_the_publisher_reads_what_people_say_and_answers(developer: Browser, cast: Cast, made: dict[str, Any]) -> None:
    there = install(cast, by="outsider")
    use(cast, there["id"], "outsider")
    with cast.writing(cast.other):
        one = rating.rate(cast.actor("outsider"), "helper", 2, "Slow on Mondays")
    path = f"/console/apps/{made['id']}/ratings"
    assert "Slow on Mondays" in words(developer.get(path))
    page = developer.follow(developer.post(f"{path}/{one['id']}/answer", {"text": "Mended in version 2"}))
    assert "Mended in version 2" in words(page)
    developer.post(f"{path}/{one['id']}/answer", {"text": " "})
    assert "Mended" not in words(developer.get(path))


def test_holding_an_app_shows_whom_it_hits_and_why(
    developer: Browser, cast: Cast, faces: Faces, made: dict[str, Any]
) -> None:
    here = install(cast)
    path = f"/console/apps/{made['id']}/suspension"
    assert "Workspaces 1 Installations 1" in words(developer.get(path))
    assert developer.post(path, {"reason": ""}).status_code == 422
    developer.follow(developer.post(path, {"reason": "a leaked key"}))
    with cast.reading():
        assert queries.installation(cast.system(), here["id"])["suspended_by"] == "publisher"
    assert "a leaked key" in words(faces("admin").get(f"/admin/apps/{here['id']}"))
    developer.follow(developer.post(f"{path}/lift"))
    with cast.reading():
        assert queries.installation(cast.system(), here["id"])["status"] == "active"


def test_these_pages_are_the_publishers_alone(faces: Faces, cast: Cast, made: dict[str, Any]) -> None:
    register(cast, manifest("theirs"), owner="outsider")
    for part in ("ratings", "suspension"):
        assert faces("outsider").get(f"/console/apps/{made['id']}/{part}").status_code == 404
        assert faces("admin").get(f"/console/apps/{made['id']}/{part}").status_code == 404
