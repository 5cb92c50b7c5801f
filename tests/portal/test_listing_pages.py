"""An app's page in the portal and in the admin's catalogue: who made it, what it does, and what people say."""

from __future__ import annotations

from typing import Any

import pytest

from portico.domains.catalogue import queries as catalogue
from portico.domains.catalogue import service as apps
from portico.domains.catalogue.queries import ratings
from portico.domains.catalogue.service import proving
from portico.domains.installations import counting
from portico.kernel.listing import ListQuery
from tests.support.apps import install, register, use
from tests.support.cast import Cast
from tests.support.faces import Faces, words

PAGE = "/catalogue/helper"


def publish(cast: Cast) -> dict[str, Any]:
    """An app of the other workspace's publisher."""
    made = register(cast, owner="outsider")
    with cast.writing(cast.other):
        apps.update_app(cast.actor("outsider"), made["id"], visibility="public")
    return made


@pytest.fixture
def there(cast: Cast) -> dict[str, Any]:
    publish(cast)
    return install(cast)


def test_who_used_it_rates_it_without_scripts(faces: Faces, cast: Cast, there: dict[str, Any]) -> None:
    employee = faces("employee")
    assert "open one of its pages first" in words(employee.get(PAGE))
    assert employee.post(f"{PAGE}/rating", {"stars": "5"}).status_code == 403
    use(cast, there["id"], "employee")
    assert "Rate it" in words(employee.get(PAGE))
    assert employee.post(f"{PAGE}/rating", {"text": "no stars"}).status_code == 422
    assert employee.post(f"{PAGE}/rating", {"stars": "6"}).status_code == 422
    page = employee.follow(employee.post(f"{PAGE}/rating", {"stars": "4", "text": "Saves my mornings"}))
    assert "Saves my mornings" in words(page)
    assert "1 rating" in words(page)
    for name, path in (("admin", "/admin/catalogue/helper"), ("outsider", PAGE)):
        seen = words(faces(name).get(path))
        assert "Saves my mornings" in seen
        assert "An employee of" in seen
    employee.post(f"{PAGE}/rating", {"stars": "2"})
    assert "Saves my mornings" not in words(employee.get(PAGE))
    employee.follow(employee.post(f"{PAGE}/rating/remove"))
    assert "Nobody has rated it yet" in words(employee.get(PAGE))


def test_a_wrong_text_is_told_to_the_operator(faces: Faces, cast: Cast, there: dict[str, Any]) -> None:
    use(cast, there["id"], "employee")
    faces("employee").post(f"{PAGE}/rating", {"stars": "1", "text": "rude"})
    with cast.reading():
        one = ratings.page_of_ratings(cast.actor("agent"), "helper", ListQuery()).rows[0]
    agent = faces("agent")
    page = agent.follow(agent.post(f"{PAGE}/ratings/{one['id']}/report", {"reason": "rude"}))
    assert "will look at it" in words(page)


def test_the_page_says_what_the_publisher_proved(faces: Faces, cast: Cast, there: dict[str, Any]) -> None:
    pages = ((faces("employee"), PAGE), (faces("admin"), "/admin/catalogue/helper"))
    for browser, path in pages:
        assert "It has not proved who it is." in words(browser.get(path))
    with cast.writing(cast.other):
        line = apps.name_domain(cast.actor("outsider"), "example.com")["domain"]["txt_value"]
    with cast.reading(cast.other):
        publisher = catalogue.own_publisher(cast.actor("outsider"))
    assert proving.check_domain(publisher["id"], lambda name: (line,)) is None
    for browser, path in pages:
        assert "It proved that it controls example.com." in words(browser.get(path))


def test_figures_are_defined_and_small_ones_hidden(faces: Faces, cast: Cast, there: dict[str, Any]) -> None:
    use(cast, there["id"], "employee")
    counting.count_apps()
    for browser, path in ((faces("employee"), PAGE), (faces("admin"), "/admin/catalogue/helper")):
        assert "Active users fewer than 5 people who opened a page of it" in words(browser.get(path))
    assert "Active users 1 people who opened" in words(faces("outsider").get(PAGE))


def test_the_catalogue_is_searched_by_category(faces: Faces, there: dict[str, Any]) -> None:
    employee = faces("employee")
    assert "Helper" in words(employee.get("/catalogue?category=support"))
    assert "No app is like this" in words(employee.get("/catalogue?category=finance"))
    assert "Helper" in words(employee.get("/catalogue?category=nothing")), "what is no category filters nothing"


def test_the_page_before_installing_says_who_asks(faces: Faces, cast: Cast) -> None:
    publish(cast)
    assert "It has not proved who it is." in words(faces("admin").get("/admin/catalogue/helper/install"))
