"""What must hold for every template, whoever wrote it."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import portico
from tests.support.design_portal import WEB, make_portal

PACKAGE = Path(portico.__file__).parent
TEMPLATES = sorted(PACKAGE.glob("**/templates/**/*.html"))
WORDS = PACKAGE / "translations/zh_Hans_CN/LC_MESSAGES/ui.po"
INLINE = re.compile(
    r"""\sstyle\s*=|<style|\son[a-z]+\s*=\s*["']|<script(?![^>]*\ssrc=)[^>]*>|javascript:""", re.IGNORECASE
)
FOREIGN = re.compile(r"""(?:src|href)\s*=\s*["'](?:https?:)?//""")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_template_needs_an_inline_script_or_style_or_a_foreign_host(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", path.read_text(), flags=re.DOTALL)
    assert not INLINE.search(text)
    assert not FOREIGN.search(text)


def test_every_word_of_layouts_and_macros_is_translated() -> None:
    shown = re.findall(r"macros/\w+\.html", (WEB / "templates/design.html").read_text())
    parts = ["base.html", "shell.html", "door.html", "design.html", "errors/error.html", "macros/shell.html", *shown]
    found = extract_from_dir(WEB / "templates", method_map=[(part, "jinja2") for part in parts], options_map={})
    with WORDS.open("rb") as file:
        known = {message.id: message.string for message in read_po(file) if message.id}
    wanted = {message for _, _, message, _, _ in found}
    assert {message for message in wanted if not known.get(message)} == set()
    assert set(known) - wanted == set()


def test_the_living_page_draws_every_component_in_both_languages() -> None:
    portal = make_portal().test_client()
    english = portal.get("/design", headers={"Accept-Language": "en"})
    chinese = portal.get("/design", headers={"Accept-Language": "zh-CN"})
    assert english.status_code == chinese.status_code == 200
    assert '<html lang="en"' in english.text
    assert '<html lang="zh-Hans-CN"' in chinese.text
    assert "设计语言" in chinese.text


def test_no_page_names_a_foreign_host() -> None:
    page = make_portal().test_client().get("/design").text
    hosts = set(re.findall(r"""(?<![-\w])(?:src|href|action)=["']((?:https?:)?//[^/"']+)""", page))
    assert hosts == set()
