"""vCards: escapes, and lines that are folded between characters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.kernel import vcard


def unfolded(card: bytes) -> list[str]:
    """The lines as a reader puts them together again."""
    return card.replace(b"\r\n ", b"").decode().split("\r\n")


@pytest.mark.parametrize("character", ["é", "张", "😀"])
@pytest.mark.parametrize("before", range(70, 76))
def test_e_i_02_no_character_of_several_octets_is_cut(character: str, before: int) -> None:
    value = "x" * (before - len("FN:")) + character * 40
    card = vcard.write([vcard.Line("FN", value)])
    pieces = card.split(b"\r\n")
    assert max(map(len, pieces)) <= 75
    assert all(piece.decode() for piece in pieces if piece), "each piece is whole UTF-8"
    assert unfolded(card)[2] == f"FN:{value}"


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=200))
def test_e_i_03_whatever_a_name_holds_the_card_is_one(value: str) -> None:
    card = vcard.write([vcard.Line("FN", value), vcard.Line("ORG", (value, "B;C"))])
    begin, version, name, org, end, rest = unfolded(card)
    assert (begin, version, end, rest) == ("BEGIN:VCARD", "VERSION:3.0", "END:VCARD", "")
    assert name.startswith("FN:")
    assert org.endswith(";B\\;C")


def test_what_means_something_in_a_card_is_escaped() -> None:
    line = vcard.Line("TEL", "a;b,c\\d\r\nEND:VCARD\x00\u2028e", ("CELL", "PREF"))
    assert unfolded(vcard.write([line]))[2] == "TEL;TYPE=CELL,PREF:a\\;b\\,c\\\\d\\nEND:VCARD\\ne"
