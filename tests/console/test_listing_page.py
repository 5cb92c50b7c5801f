"""The listing editor: what it lacks, a preview in both languages, and a new draft that changes nothing else."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest

from portico.domains.catalogue import queries, service
from portico.kernel.errors import Invalid
from tests.support import pictures
from tests.support.apps import every, manifest, register
from tests.support.cast import Cast
from tests.support.faces import Browser, Faces, words

GOOD = {
    "name_en": "Helper",
    "summary_en": "Helps with what comes in",
    "description_en": "It **answers**.",
    "name_zh": "助手",
    "summary_zh": "处理来件",
    "description_zh": "它会**回答**。",
    "support_url": "https://acme.example/help",
    "privacy_url": "https://acme.example/privacy",
    "categories": ["support", "sales"],
    "number": "1",
}


@pytest.fixture
def developer(faces: Faces) -> Browser:
    return faces("developer")


@pytest.fixture
def page(cast: Cast) -> str:
    return f"/console/apps/{register(cast)['id']}/listing"


def versions(cast: Cast, page: str) -> list[Any]:
    """Newest first."""
    with cast.reading():
        return list(queries.page_of_versions(cast.actor("developer"), page.split("/")[3], every()).rows)


def icon(name: str = "icon.png", content: bytes | None = None) -> tuple[io.BytesIO, str]:
    return io.BytesIO(pictures.picture("PNG", (128, 128)) if content is None else content), name


def test_it_says_what_is_missing_and_leads_to_the_field(developer: Browser, page: str) -> None:
    answer = developer.get(page)
    assert "2 of 9" in words(answer)
    for field in ("description_en", "icon", "screenshot", "support_url", "privacy_url", "summary_zh", "description_zh"):
        assert f'href="#{field}"' in answer.text
        assert f'id="{field}"' in answer.text
    assert 'href="#name_zh"' not in answer.text


def test_saving_makes_a_draft_and_leaves_the_frozen_version_as_it_is(developer: Browser, cast: Cast, page: str) -> None:
    [before] = versions(cast, page)
    answer = developer.follow(developer.post(page, {**GOOD, "icon": icon()}))
    assert "Version 2 holds the new listing" in words(answer)
    made, frozen = versions(cast, page)
    assert (frozen.manifest, frozen.status) == (before.manifest, "released")
    assert made.status == "draft"
    about = made.manifest["app"]
    assert about["summary"] == {"en": "Helps with what comes in", "zh-CN": "处理来件"}
    assert about["description"] == {"en": "It **answers**.", "zh-CN": "它会**回答**。"}
    assert about["icon"].startswith("data:image/png;base64,")
    assert about["categories"] == ["support", "sales"]
    assert {**made.manifest, "app": None} == {**before.manifest, "app": None}
    again = developer.get(page)
    assert "8 of 9" in words(again)


def test_what_was_not_changed_makes_no_version(developer: Browser, cast: Cast, page: str) -> None:
    developer.post(page, GOOD)
    answer = developer.follow(developer.post(page, {**GOOD, "number": "2"}))
    assert "Nothing was changed" in words(answer)
    assert len(versions(cast, page)) == 2


def test_languages_and_categories_that_the_page_does_not_show_stay(developer: Browser, cast: Cast) -> None:
    about = {**manifest()["app"], "name": {"en": "Helper", "ja": "ヘルパー", "zh-Hans": "助手"}, "categories": ["odd"]}
    page = f"/console/apps/{register(cast, manifest(app=about))['id']}/listing"
    developer.post(page, {**GOOD, "name_zh": "帮手"})
    kept = versions(cast, page)[0].manifest["app"]
    assert kept["name"] == {"en": "Helper", "ja": "ヘルパー", "zh-Hans": "帮手"}
    assert kept["categories"] == ["odd", "support", "sales"]


def test_the_second_of_two_is_told_and_can_repeat_it(developer: Browser, cast: Cast, page: str) -> None:
    developer.post(page, GOOD)
    late = developer.post(page, {**GOOD, "summary_en": "Mine"})
    assert late.status_code == 412
    assert "There is a newer version meanwhile" in words(late)
    assert 'value="Mine"' in late.text
    assert len(versions(cast, page)) == 2
    number = re.search(r'name="number" value="(\d+)"', late.text)
    assert number is not None
    developer.follow(developer.post(page, {**GOOD, "summary_en": "Mine", "number": number[1]}))
    assert versions(cast, page)[0].manifest["app"]["summary"]["en"] == "Mine"


def test_a_preview_shows_both_languages_and_keeps_nothing(developer: Browser, cast: Cast, page: str) -> None:
    answer = developer.post(page, {**GOOD, "step": "preview"})
    assert answer.status_code == 200
    assert "<strong>answers</strong>" in answer.text
    assert "<strong>回答</strong>" in answer.text
    assert len(versions(cast, page)) == 1


@pytest.mark.parametrize(
    ("wrong", "field", "told"),
    [
        ({"support_url": "http://acme.example"}, "support_url", "https"),
        ({"name_en": ""}, "name_en", "required"),
        ({"name_zh": "字" * 61}, "name_zh", "60"),
        ({"icon": icon("icon.gif")}, "icon", "not an icon"),
        ({"icon": icon("icon.png", b"GIF89a")}, "icon", "not an icon"),
        ({"icon": icon("icon.png", b"\x89PNG\r\n\x1a\n" + b"0" * 262_144)}, "icon", "256 KiB"),
    ],
)
def test_mistakes_stand_at_their_fields(
    developer: Browser, cast: Cast, page: str, wrong: dict[str, Any], field: str, told: str
) -> None:
    answer = developer.post(page, {**GOOD, **wrong})
    assert answer.status_code == 422
    found = re.search(rf'id="{field}-errors">(.*?)</ul>', answer.text, re.DOTALL)
    assert found is not None
    assert told in found[1]
    assert len(versions(cast, page)) == 1


def test_an_app_of_another_developer_is_not_there(faces: Faces, cast: Cast, page: str) -> None:
    own = register(cast, manifest("another"), owner="admin")
    assert faces("admin").get(page.replace(page.split("/")[3], own["id"])).status_code == 200
    for name in ("admin", "owner", "outsider"):
        assert faces(name).get(page).status_code == 404, name
        assert faces(name).post(page, GOOD).status_code == 404, name
    assert len(versions(cast, page)) == 1


def test_the_catalogue_shows_the_description_in_the_language_of_the_reader(
    developer: Browser, faces: Faces, cast: Cast, page: str
) -> None:
    developer.post(page, GOOD)
    version_id = versions(cast, page)[0].id
    with cast.writing():
        service.release_version(cast.actor("developer"), page.split("/")[3], version_id)
    english = faces("employee").get("/catalogue/helper")
    assert "<strong>answers</strong>" in english.text
    assert "它会" not in words(english)
    chinese = faces("employee").get("/catalogue/helper", headers={"Accept-Language": "zh-CN"})
    assert "<strong>回答</strong>" in chinese.text


def shot(size: tuple[int, int] = (640, 400), kind: str = "PNG") -> tuple[io.BytesIO, str]:
    return io.BytesIO(pictures.picture(kind, size)), f"home.{kind.lower()}"


def shots(cast: Cast, page: str) -> list[Any]:
    return versions(cast, page)[0].manifest["app"].get("screenshots", [])


def test_screenshots_are_added_ordered_and_taken_away_each_in_a_new_draft(
    developer: Browser, faces: Faces, cast: Cast, page: str
) -> None:
    for number, name in ((1, "Home"), (2, "Team")):
        given = {"alt_en": name, "alt_zh": "首页", "screenshot": shot((640, 400 + number)), "number": number}
        developer.follow(developer.post(page, {**GOOD, **given}))
    first, second = (row["file"] for row in shots(cast, page))
    words_of = {f"alt_en_{first}": "Home", f"alt_zh_{first}": "首页", f"alt_en_{second}": "The team"}
    developer.post(page, {**GOOD, **words_of, f"order_{first}": 2, f"order_{second}": 1, "number": 3})
    assert shots(cast, page) == [
        {"file": second, "alt": "The team"},
        {"file": first, "alt": {"en": "Home", "zh-CN": "首页"}},
    ]
    version_id = versions(cast, page)[0].id
    with cast.writing():
        service.release_version(cast.actor("developer"), page.split("/")[3], version_id)
    for name in ("/catalogue/helper", "/admin/catalogue/helper"):
        seen = faces("owner").get(name, headers={"Accept-Language": "zh-CN"}).text
        assert f'src="/icons/screenshots/{second}/small" alt="The team"' in seen
        assert f'src="/icons/screenshots/{first}/small" alt="首页"' in seen
    developer.post(page, {**GOOD, **words_of, f"drop_{second}": 1, "number": 4})
    assert [row["file"] for row in shots(cast, page)] == [first]
    assert len(versions(cast, page)[1].manifest["app"]["screenshots"]) == 2


def test_a_screenshot_comes_from_our_own_origin_drawn_anew_and_for_ever(
    developer: Browser, faces: Faces, cast: Cast, page: str
) -> None:
    developer.follow(developer.post(page, {**GOOD, "alt_en": "Home", "screenshot": shot(kind="JPEG")}))
    [row] = shots(cast, page)
    client = faces.app.test_client()
    answer = client.get(f"/icons/screenshots/{row['file']}/large")
    assert answer.status_code == 200
    assert b"SecretCam" not in answer.data
    assert answer.mimetype == "image/jpeg"
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"/icons/screenshots/{row['file']}/small").mimetype == "image/webp"
    assert client.get("/icons/screenshots/att_01k8fvonncek68lp2bhfnivjri/large").status_code == 404


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"screenshot": (io.BytesIO(b"%PDF-1.7 nothing"), "home.pdf"), "alt_en": "Home"}, "PNG, JPEG or WebP"),
        ({"screenshot": (io.BytesIO(b"\x89PNG\r\n\x1a\nbroken"), "home.png"), "alt_en": "Home"}, "picture"),
        ({"screenshot": shot((900, 320)), "alt_en": "Home"}, "4:3 to 16:9"),
        ({"screenshot": shot((200, 150)), "alt_en": "Home"}, "320 pixels"),
        ({"screenshot": shot()}, "text"),
    ],
)
def test_what_is_no_screenshot_is_refused(
    developer: Browser, cast: Cast, page: str, given: dict[str, Any], told: str
) -> None:
    answer = developer.post(page, {**GOOD, **given})
    assert answer.status_code == 422
    assert told in words(answer)
    assert len(versions(cast, page)) == 1


def test_nobody_names_the_upload_of_somebody_else(cast: Cast) -> None:
    about = {**manifest()["app"], "screenshots": [{"file": "att_01k8fvonncek68lp2bhfnivjri", "alt": "Home"}]}
    with pytest.raises(Invalid) as refused:
        register(cast, manifest(app=about))
    assert [each.pointer for each in refused.value.errors] == ["/manifest/app/screenshots/0/file"]
