"""Ratings come from people who use the app; names and small numbers stay where they belong."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from portico.domains.catalogue import queries as catalogue
from portico.domains.catalogue import service as apps
from portico.domains.catalogue.models import Rating
from portico.domains.installations import counting, using
from portico.domains.installations import service as installations
from portico.domains.installations.errors import RatingNeedsUse, RatingOfOwnApp
from portico.domains.installations.models import AppUse
from portico.domains.installations.service import rating as service
from portico.domains.interactions import service as interactions
from portico.kernel import clock, last_use
from portico.kernel.unit_of_work import system_unit
from tests.support.apps import asking, deploy, install, register, use
from tests.support.cast import Cast
from tests.support.http import Api

pytestmark = pytest.mark.both_databases
PATH = "/catalogue/helper/ratings"


@pytest.fixture
def there(cast: Cast) -> dict[str, Any]:
    """An app of the other workspace's publisher, installed here."""
    made = register(cast, owner="outsider")
    with cast.writing(cast.other):
        apps.update_app(cast.actor("outsider"), made["id"], visibility="public")
    return install(cast)


def rate(cast: Cast, who: str, stars: int, text: str | None = None) -> dict[str, Any]:
    with cast.writing(cast.workspace_of(who)):
        return service.rate(cast.actor(who), "helper", stars, text)


def listing(cast: Cast, who: str) -> dict[str, Any]:
    with cast.reading(cast.workspace_of(who)):
        return catalogue.listing(cast.actor(who), "helper")


def test_who_has_not_used_it_is_told_what_is_missing(api: Api, cast: Cast, there: dict[str, Any]) -> None:
    refused = api("employee").put(f"{PATH}/mine", json={"stars": 5})
    assert (refused.status_code, refused.json["code"]) == (403, "rating_needs_use")
    assert (refused.json["missing"], refused.json["within_days"], refused.json["last_used_on"]) == ("use", 30, None)


def test_opening_a_page_of_it_is_use_and_counts_for_thirty_days(cast: Cast, there: dict[str, Any]) -> None:
    with cast.writing():
        interactions.mint_panel_token(cast.actor("employee"), there["id"], "home")
    assert rate(cast, "employee", 4)["stars"] == 4
    with pytest.raises(RatingNeedsUse):
        rate(cast, "agent", 4)
    with cast.writing() as work:
        long_ago = (clock.now() - timedelta(days=31)).date()
        work.execute(update(AppUse).where(AppUse.workspace_id == cast.acme).values(used_on=long_ago))
    with pytest.raises(RatingNeedsUse) as refusal:
        rate(cast, "employee", 5)
    assert refusal.value.extra["last_used_on"] == long_ago.isoformat()


def test_calls_in_a_persons_name_are_use(cast: Cast, there: dict[str, Any]) -> None:
    using.note(cast.acme, there["id"], cast.employee_id("agent"))
    using.note(cast.acme, there["id"], cast.employee_id("outsider"))
    last_use.flush()
    assert rate(cast, "agent", 3)["stars"] == 3
    with cast.reading() as work:
        found = select(func.count()).select_from(AppUse).where(AppUse.workspace_id == cast.acme)
        assert work.scalar(found) == 1, "who is no person of the workspace used nothing here"


def test_nobody_rates_an_app_of_their_own_workspace(cast: Cast, there: dict[str, Any]) -> None:
    own = install(cast, by="outsider")
    use(cast, own["id"], "outsider")
    with pytest.raises(RatingOfOwnApp):
        rate(cast, "outsider", 5, "simply the best")


def test_one_per_person_however_often_they_say_it(cast: Cast, there: dict[str, Any]) -> None:
    use(cast, there["id"], "employee")
    start = threading.Barrier(3)

    def go(stars: int) -> None:
        start.wait()
        rate(cast, "employee", stars)

    threads = [threading.Thread(target=go, args=(stars,)) for stars in (1, 3, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert listing(cast, "agent")["rating"]["count"] == 1
    rate(cast, "employee", 2, "on second thoughts")
    assert listing(cast, "agent")["rating"] == {"average": 2.0, "count": 1, "histogram": [0, 1, 0, 0, 0]}
    with cast.writing():
        service.take_back(cast.actor("employee"), "helper")
    assert listing(cast, "agent")["rating"] == {"average": None, "count": 0, "histogram": [0] * 5}


def test_texts_are_read_everywhere_and_their_authors_nowhere(api: Api, cast: Cast, there: dict[str, Any]) -> None:
    use(cast, there["id"], "employee")
    api("employee").put(f"{PATH}/mine", json={"stars": 5, "text": "It saves my mornings"})
    seen = {who: api(who).get(PATH) for who in ("employee", "agent", "outsider")}
    assert [answer.json["data"][0]["by"] for answer in seen.values()] == ["me", "this_workspace", "another_workspace"]
    for name in (cast.acme, cast.employee_id("employee"), "Employee"):
        assert name not in seen["outsider"].text
    assert seen["outsider"].json["data"][0]["text"] == "It saves my mornings"


def test_stars_are_one_to_five(api: Api, cast: Cast, there: dict[str, Any]) -> None:
    use(cast, there["id"], "employee")
    for wrong in (0, 6, 4.5, "5", None):
        assert api("employee").put(f"{PATH}/mine", json={"stars": wrong}).status_code == 422, wrong


def test_the_publisher_answers_once_and_nobody_else(api: Api, cast: Cast, there: dict[str, Any]) -> None:
    use(cast, there["id"], "employee")
    one = api("employee").put(f"{PATH}/mine", json={"stars": 2, "text": "Slow"}).json
    answer = f"{PATH}/{one['id']}/answer"
    assert api("developer").put(answer, json={"text": "We?"}).status_code == 404
    assert api("outsider").put(answer, json={"text": "Sorry"}).status_code == 200
    assert api("outsider").put(answer, json={"text": "Faster now"}).json["answer"] == "Faster now"
    assert api("employee").get(f"{PATH}/mine").json["answer"] == "Faster now"
    assert api("outsider").delete(answer).status_code == 204
    assert api("employee").get(f"{PATH}/mine").json["answered_at"] is None


def test_the_operator_hides_a_text_and_its_stars_stay(api: Api, cast: Cast, there: dict[str, Any]) -> None:
    use(cast, there["id"], "employee")
    one = api("employee").put(f"{PATH}/mine", json={"stars": 1, "text": "rude words"}).json
    for reason in ("rude", "very rude"):
        assert api("agent").post(f"{PATH}/{one['id']}/report", json={"reason": reason}).status_code == 204
    with system_unit("tests: what waits for the operator"):
        (waiting,) = catalogue.reported_ratings()
        assert (waiting.reports, waiting.reason) == (1, "very rude")
    with system_unit("tests: the operator decides", write=True):
        service.decide_rating(one["id"], cast.users["owner"], hide=True, reason="rude")
    (seen,) = api("agent").get(PATH).json["data"]
    assert (seen["text"], seen["hidden"], seen["stars"]) == (None, True, 1)
    assert api("employee").get(f"{PATH}/mine").json["text"] == "rude words"
    assert api("employee").put(f"{PATH}/mine", json={"stars": 1, "text": "ruder"}).json["hidden"] is True
    assert listing(cast, "agent")["rating"]["count"] == 1
    with system_unit("tests: nothing waits any more"):
        assert catalogue.reported_ratings() == []


def test_small_numbers_are_shown_to_the_publisher_alone(cast: Cast, there: dict[str, Any]) -> None:
    for who in ("employee", "agent"):
        use(cast, there["id"], who)
    counting.count_apps()
    assert listing(cast, "agent")["active_users"] == {"count": None, "fewer_than": 5}
    assert listing(cast, "agent")["installs"] == {"count": None, "fewer_than": 5}
    assert listing(cast, "outsider")["active_users"] == {"count": 2, "fewer_than": None}
    assert listing(cast, "outsider")["installs"] == {"count": 1, "fewer_than": None}
    for who in ("admin", "announcer", "owner"):
        use(cast, there["id"], who)
        use(cast, there["id"], who)
    counting.count_apps()
    assert listing(cast, "agent")["active_users"] == {"count": 5, "fewer_than": None}


def test_what_is_uninstalled_is_counted_no_more(cast: Cast, there: dict[str, Any]) -> None:
    counting.count_apps()
    with cast.writing():
        installations.uninstall(cast.actor("admin"), there["id"])
    counting.count_apps()
    assert listing(cast, "outsider")["installs"]["count"] == 0


def test_the_changes_say_what_a_version_asks_for_more(cast: Cast) -> None:
    made = register(cast, asking("directory:read"))
    deploy(cast, made["id"], asking("directory:read", "catalogue:read"))
    with cast.reading():
        found = catalogue.changes_of(made["id"])
    assert [(each["number"], each["first"], each["added"]) for each in found] == [
        (2, False, ["catalogue:read"]),
        (1, True, []),
    ]


def test_the_database_holds_stars_and_persons(cast: Cast, there: dict[str, Any]) -> None:
    use(cast, there["id"], "employee")
    rate(cast, "employee", 5)
    with cast.reading() as work:
        rows = work.execute(select(Rating.workspace_id, Rating.employee_id, Rating.stars)).all()
    assert rows == [(cast.acme, cast.employee_id("employee"), 5)]
