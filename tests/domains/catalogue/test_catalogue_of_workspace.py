"""What a workspace finds in the catalogue: public apps, and the private ones of its own publishers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portico.domains.catalogue import manifests, queries, service
from portico.kernel.errors import NotFound
from portico.kernel.listing import Condition, ListQuery
from tests.support.apps import deploy, manifest, register
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases


def publish(cast: Cast, app_id: str, visibility: str) -> None:
    with cast.writing():
        service.update_app(cast.actor("developer"), app_id, visibility=visibility)


def keys(cast: Cast, who: str, **query: object) -> list[str]:
    with cast.reading(cast.workspace_of(who)):
        found = queries.page_of_catalogue(cast.actor(who), ListQuery(**query))  # type: ignore[arg-type]
    return [row["app_key"] for row in found.rows]


def test_private_apps_stay_at_home(cast: Cast) -> None:
    register(cast)
    assert keys(cast, "app_manager") == ["helper"]
    assert keys(cast, "outsider") == []
    with cast.reading(cast.other):
        assert queries.installable(cast.actor("outsider"), "helper") is None
        with pytest.raises(NotFound):
            queries.listing(cast.actor("outsider"), "helper")


def test_unlisted_apps_are_found_by_their_link_alone(cast: Cast) -> None:
    publish(cast, register(cast)["id"], "unlisted")
    assert keys(cast, "outsider") == []
    with cast.reading(cast.other):
        assert queries.listing(cast.actor("outsider"), "helper")["visibility"] == "unlisted"


def test_public_apps_are_found_by_words_and_category(cast: Cast) -> None:
    publish(cast, register(cast)["id"], "public")
    publish(cast, register(cast, manifest("other_one"))["id"], "public")
    assert keys(cast, "outsider") == ["helper", "other_one"]
    assert keys(cast, "outsider", q="comes hel") == ["helper", "other_one"]
    assert keys(cast, "outsider", q="other_o") == ["other_one"]
    assert keys(cast, "outsider", q="助") == ["helper", "other_one"]
    assert keys(cast, "outsider", q="elper") == []
    assert keys(cast, "outsider", q="%") == []
    by_category = (Condition("category", "eq", "support"),)
    assert keys(cast, "outsider", conditions=by_category) == ["helper", "other_one"]
    assert keys(cast, "outsider", conditions=(Condition("category", "eq", "supp"),)) == []


def test_pages_of_a_search_go_on_by_their_cursor(cast: Cast) -> None:
    for number in range(5):
        register(cast, manifest(f"app{number}"))
    with cast.reading():
        actor = cast.actor("app_manager")
        query = ListQuery(limit=2, q="helps")
        first = queries.page_of_catalogue(actor, query)
        second = queries.page_of_catalogue(actor, replace(query, cursor=first.next_cursor))
    assert [row["app_key"] for row in [*first.rows, *second.rows]] == ["app0", "app1", "app2", "app3"]


def test_a_listing_speaks_the_readers_language(cast: Cast) -> None:
    register(cast)
    with cast.reading():
        page = queries.listing(replace(cast.actor("app_manager"), locale="zh-CN"), "helper")
    assert page["name"] == "助手"
    assert page["scopes"][0]["required"] is True
    assert page["egress"] == [{"host": "mail.example", "purpose": "to send confirmations", "personal_data": True}]


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("zh-CN", "助手"),
        ("zh_Hans_CN", "助手"),
        ("zh", "Helper"),
        ("de-AT", "Hilfe"),
        (None, "Helper"),
        ("fr", "Helper"),
    ],
)
def test_texts_fall_back_to_the_language_then_to_english(locale: str | None, text: str) -> None:
    assert manifests.localised({"en": "Helper", "de": "Hilfe", "zh-CN": "助手"}, locale) == text


def test_the_listing_follows_the_released_version(cast: Cast) -> None:
    app = register(cast)
    changed = manifest()
    changed["app"]["summary"] = "Quite another thing"
    deploy(cast, app["id"], changed)
    assert keys(cast, "app_manager", q="quite") == ["helper"]
    assert keys(cast, "app_manager", q="helps") == []


@pytest.mark.parametrize("key", ["no", "x" * 41, "\x00", "Helper", "../helper", "nobody"])
def test_an_unknown_key_is_not_found(cast: Cast, key: str) -> None:
    with cast.reading():
        assert queries.installable(cast.actor("app_manager"), key) is None
        with pytest.raises(NotFound):
            queries.listing(cast.actor("app_manager"), key)
