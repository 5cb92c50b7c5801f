"""Normal forms are fixed points, and keys find what people mean."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.kernel import text

TEXT = st.text(max_size=60)


@given(TEXT)
def test_a_clean_name_is_a_fixed_point(value: str) -> None:
    once = text.clean_name(value)
    assert text.clean_name(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert "\n" not in once
    assert once == once.strip()


@given(TEXT)
def test_clean_text_is_a_fixed_point(value: str) -> None:
    once = text.clean_text(value)
    assert text.clean_text(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert "\r" not in once
    assert "\x00" not in once


@given(TEXT)
def test_a_search_key_is_a_fixed_point_and_blind_to_case_and_form(value: str) -> None:
    once = text.search_key(value)
    assert text.search_key(once) == once
    assert text.search_key(unicodedata.normalize("NFD", value)) == once
    assert text.search_key(unicodedata.normalize("NFC", value)) == once


@given(TEXT)
def test_each_word_of_a_text_is_found_by_itself(value: str) -> None:
    for word in text.search_words(value):
        assert word == text.search_key(word)
        assert 1 <= len(word) <= 100


@pytest.mark.parametrize(
    ("written", "sought"),
    [
        ("Straße", "STRASSE"),
        ("İstanbul", "istanbul"),
        ("ISPARTA", "isparta"),
        ("Zoë", "zoe"),
        ("Zoe\u0308", "Zoë"),
        ("Ångström", "ANGSTROM"),
        ("ﬁnance", "finance"),
        ("Ⅳ", "iv"),
        ("ＡＢＣ", "abc"),
        ("ς", "Σ"),
        ("  two   words ", "two words"),
    ],
)
def test_what_people_mean_is_the_same_key(written: str, sought: str) -> None:
    """E-G-12 (two forms of one letter) and E-G-13 (İ and ß)."""
    assert text.search_key(written) == text.search_key(sought)


def test_characters_that_disguise_a_name_are_taken_out() -> None:
    """E-G-14."""
    assert text.clean_name("user\u202egnp.exe") == "usergnp.exe"
    assert text.clean_name("\u2066admin\u2069\u200f") == "admin"
    assert text.clean_name("a\x00b\x1b[31m") == "ab[31m"
    assert text.clean_name("Zoe\u0308\t\n Q") == "Zoë Q"


def test_long_text_keeps_its_lines() -> None:
    assert text.clean_text("a\r\nb\rc\n\td\x07") == "a\nb\nc\n\td"


@pytest.mark.parametrize(
    ("value", "expected"),
    [("Acme & Söhne GmbH", "acme-sohne-gmbh"), ("请假", ""), ("  --x--  ", "x"), ("a" * 99, "a" * 40)],
)
def test_a_slug_is_plain(value: str, expected: str) -> None:
    assert text.slug(value) == expected


def test_words_hold_addresses_whole_and_in_parts() -> None:
    assert text.search_words("Zoë Quill", "z.quill@example.com", None) == {
        "zoe",
        "quill",
        "z.quill@example.com",
        "z",
        "example",
        "com",
    }
