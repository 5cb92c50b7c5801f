"""What the editor says while a manifest is written: findings with their lines, the consent, the difference."""

from __future__ import annotations

import json
import re

import pytest

from portico.domains.catalogue.manifests import line_of
from tests.support import apps
from tests.support.faces import words


@pytest.fixture
def app_id(cast):
    return apps.register(cast)["id"]


def reading(browser, source, app_id=None, **options):
    """The element beside the editor, as the script asks for it."""
    path = f"/console/apps/{app_id}/manifest" if app_id else "/console/manifest"
    browser.get("/console/")
    return browser.post(
        path, {"source": source if isinstance(source, str) else json.dumps(source, indent=2)}, **options
    )


def test_findings_of_json_stand_at_their_lines(faces):
    wrong = apps.asking("directory:read", "directory:reed")
    answer = reading(faces("developer"), wrong)
    assert answer.text.lstrip().startswith('<div id="reading"')
    at = json.dumps(wrong, indent=2).split("\n")
    line = next(number for number, text in enumerate(at, 1) if "directory:reed" in text)
    assert f'data-line="{line}"' in answer.text
    assert "Did you mean directory:read?" in words(answer)
    assert "What admins will read" not in words(answer)


CHINESE = {"Accept-Language": "zh-CN"}


def test_findings_are_read_in_chinese_with_names_as_they_are_written(faces):
    wrong = apps.asking("directory:read", "directory:reed")
    wrong["app"] |= {"name": 5, "summary": "x" * 500, "zzz": "a"}
    wrong["events"] = {"url": "/events", "types": ["ticket.created"], "filter": {"status": ["open"]}}
    said = words(reading(faces("developer"), wrong, headers=CHINESE))
    assert "没有这个名称的权限。 您是想写 directory:read 吗？" in said
    assert "请在这里写文本，或按语言分列的表。" in said
    assert "个字符以内。" in said
    assert "这里可用的有：" in said
    assert "例如 data.status。" in said


@pytest.mark.parametrize(("source", "told"), [("[]", "TOML"), ('{"a":' * 5_000, "嵌套太深。"), ("schema = ", "TOML")])
def test_what_cannot_be_read_is_told_in_chinese(faces, source, told):
    said = words(reading(faces("developer"), source, headers=CHINESE))
    assert told in said
    assert "neither TOML" not in said


def test_the_lines_of_nested_places():
    source = '{\n "a": [1,\n  {"x/y": "},{",\n   "b":\n true}],\n "c": {}\n}'
    assert line_of(source, "/a/1/b") == 5
    assert line_of(source, "/a/1/x~1y") == 3
    assert line_of(source, "/a/7") == 2
    assert line_of(source, "/c/d/e") == 6
    assert line_of(source, "") == 1


def sentences(answer):
    """What the consent list says, in its order; the marks beside a sentence left out."""
    found = re.findall(r'<p class="consent-(?:sentence|reason)"[^>]*>\s*(.*?)\s*(?:<|$)', answer.text, re.DOTALL)
    return [" ".join(each.split()) for each in found]


def test_the_sentences_are_those_of_the_consent_page(faces, cast):
    content = apps.manifest(key="fresh")
    said = sentences(reading(faces("developer"), content))
    apps.register(cast, content)
    assert said == sentences(faces("owner").get("/admin/catalogue/fresh/install"))
    assert "Send personal data to mail.example" in said


def test_a_file_that_is_named_is_no_finding_while_one_writes(faces):
    content = apps.manifest()
    content["app"] |= {"description": "README.md", "icon": "icon.png"}
    said = words(reading(faces("developer"), content))
    assert "The manifest is good" in said
    assert "There is no description" not in said
    assert "There is no privacy" in said or "before it can be public" in said


def test_the_difference_names_fields_and_what_admins_are_asked_anew(faces, cast, app_id):
    apps.install(cast)
    content = apps.asking("directory:read", "contacts:read")
    content["app"]["summary"] = "Helps more"
    content["runtime"]["base_url"] = "http://localhost:9002"
    answer = reading(faces("developer"), content, app_id)
    said = words(answer)
    assert "Admins will be asked anew" in said
    assert "1 would have to consent" in said
    assert "runtime.base_url" in said
    assert "<del" in answer.text
    assert "Helps more" in said
    same = words(reading(faces("developer"), apps.manifest(), app_id))
    assert "Nothing that people or workspaces would notice." in same
    assert "Admins will be asked anew" not in same


def test_a_draft_is_saved_from_what_stands_in_the_editor(faces, app_id):
    developer = faces("developer")
    values = {"source": json.dumps(apps.asking("contacts:read")), "step": "draft"}
    kept = developer.post(f"/console/apps/{app_id}/versions/new", values, content_type="multipart/form-data")
    assert "Version 2 is a draft" in words(developer.follow(kept))


def test_checking_registers_nothing(faces):
    developer = faces("developer")
    values = {"source": json.dumps(apps.manifest("unborn")), "step": "check"}
    checked = developer.post("/console/apps/new", values, content_type="multipart/form-data")
    assert checked.status_code == 200
    assert "The manifest is good" in words(checked)
    assert "unborn" not in words(developer.get("/console/"))


def test_an_app_of_somebody_else_is_compared_with_nothing(faces, app_id):
    assert reading(faces("admin"), apps.manifest(), app_id).status_code == 404
    assert reading(faces("employee"), apps.manifest()).status_code == 403
