"""Every text for people can be read in Chinese; nothing is translated into something that cannot be filled in."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from babel.messages.pofile import read_po

from portico.domains.catalogue.manifests import words_of_findings
from portico.web.catalogues import sources, translations
from tests.support.messages import declared, in_sources, untranslated

LOCALE = "zh_Hans_CN"
_PLACE = re.compile(r"%\((\w+)\)s")
HELP = "run: python -m tests.support.messages"


def test_every_text_of_the_sources_is_translated():
    assert untranslated(in_sources()) == {}, HELP


def test_every_refusal_scope_and_place_is_translated():
    assert untranslated(declared()) == {}, HELP


@pytest.mark.parametrize("path", sources(LOCALE), ids=lambda path: path.name)
def test_a_translation_has_the_places_of_its_text(path):
    wrong = []
    for message in read_po(BytesIO(path.read_bytes()), locale=LOCALE):
        if not message.id:
            continue
        texts = [message.id] if isinstance(message.id, str) else list(message.id)
        found = [message.string] if isinstance(message.string, str) else list(message.string)
        allowed = {name for text in texts for name in _PLACE.findall(text)}
        wrong += [message.id for text in found if not text or set(_PLACE.findall(text)) - allowed]
        wrong += [message.id for text in found if allowed - set(_PLACE.findall(text))]
    assert wrong == []


def test_a_translated_finding_has_the_place_of_its_case():
    chinese = translations(LOCALE)
    wrong = [text for text in words_of_findings() if text.count("{}") != chinese.gettext(text).count("{}")]
    assert wrong == []


def test_no_text_has_two_translations():
    known: dict[str, str] = {}
    differ = []
    for path in sources(LOCALE):
        for message in read_po(BytesIO(path.read_bytes()), locale=LOCALE):
            key, text = str(message.id), str(message.string)
            if key and known.setdefault(key, text) != text:
                differ.append((path.name, key, known[key], text))
    assert differ == []


def test_the_catalogues_are_one():
    chinese = translations(LOCALE)
    assert chinese.gettext("Tickets") == "工单"
    assert chinese.ngettext("%(num)s day", "%(num)s days", 1) == "%(num)s 天"
    assert translations("en").gettext("Tickets") == "Tickets"
