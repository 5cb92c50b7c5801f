"""Properties on pages of the administration: adding, changing, the archive, those of apps."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portico.domains.properties.models import Property
from tests.support.apps import install, manifest, register
from tests.support.faces import words

TIER = {"label": "Tier", "key": "", "type": "select", "options": "gold | Gold customers\nsilver\n\n"}


def known(cast):
    with cast.reading() as work:
        found = select(Property).where(Property.workspace_id == cast.acme).order_by(Property.place)
        return list(work.scalars(found))


@pytest.fixture
def page(faces):
    return faces("support_admin")


def test_a_property_is_added_changed_put_away_and_brought_back(page, cast):
    assert "No properties yet" in words(page.get("/admin/properties"))
    assert "Tier" in words(page.follow(page.post("/admin/properties/contact/new", TIER)))
    (made,) = known(cast)
    assert made.key == "tier"
    assert [(one["key"], one["label"]) for one in made.options] == [("gold", "Gold customers"), ("silver", "silver")]
    path = f"/admin/properties/contact/{made.id}"
    assert "gold | Gold customers" in page.get(path).text
    page.follow(page.post(path, {"label": "Level", "options": "gold\nbronze", "sensitive": "y"}))
    (changed,) = known(cast)
    assert (changed.label, changed.sensitive, [one["key"] for one in changed.options]) == (
        "Level",
        True,
        ["gold", "bronze"],
    )
    assert "Put away" in words(page.follow(page.post(f"{path}/archive")))
    assert "Active" in words(page.follow(page.post(f"{path}/restore")))


def test_what_is_wrong_stands_at_its_field(page, cast):
    answer = page.post("/admin/properties/ticket/new", {**TIER, "options": ""})
    assert answer.status_code == 422
    assert "needs options to choose from" in words(answer)
    answer = page.post("/admin/properties/ticket/new", {**TIER, "label": "级别"})
    assert answer.status_code == 422
    assert "2 to 50 of a-z" in words(answer)
    chinese = {"Accept-Language": "zh-CN"}
    answer = page.post("/admin/properties/ticket/new", {**TIER, "label": "级别"}, headers=chinese)
    assert "2 到 50 个字符" in words(answer)
    assert known(cast) == []


def test_of_an_apps_property_only_the_protection_is_ours(page, cast):
    row = {"object": "contact", "key": "score", "type": "decimal"}
    register(cast, manifest(properties=[row]))
    install(cast)
    (made,) = known(cast)
    path = f"/admin/properties/contact/{made.id}"
    seen = page.get(path)
    assert "It belongs to the app helper" in words(seen)
    assert "Put away" not in words(seen)
    page.follow(page.post(path, {"label": "Mine", "sensitive": "y"}))
    (after,) = known(cast)
    assert (after.label, after.sensitive) == ("Score", True)


def test_who_may_not_is_turned_away(faces, cast):
    for name in ("agent", "employee", "hr_admin"):
        assert faces(name).get("/admin/properties").status_code in (403, 404), name
