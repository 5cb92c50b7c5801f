"""Search finds exactly what a slow reference finds: every visible record, looked at one after the other."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import pytest

from portico.domains.contacts import queries as contacts
from portico.domains.contacts import service
from portico.domains.search import queries
from portico.kernel.listing import ListQuery
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases
SYLLABLES = ("an", "ann", "na", "Ño", "-", " ", "'", "ß", "9", "o", "王", "小", "明", "カ", "%", "_")


def _folded(text: str) -> str:
    bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(one for one in bare if not unicodedata.combining(one)).casefold()


def _has(name: str, term: str) -> bool:
    """Whether a word begins at some place where the term stands: in front, behind a blank, at the beginning of letters
    and digits, or within what has no blanks."""
    folded = _folded(name)
    for at in range(len(folded)):
        if not folded.startswith(term, at) or any(one.isspace() for one in folded[at : at + len(term)]):
            continue
        before, here = folded[at - 1 : at], folded[at]
        if not before or before.isspace():
            return True
        # Behind the first word of a piece, words are of letters and digits alone.
        if not re.fullmatch(r"[^\W_]+", term):
            continue
        if not re.match(r"[^\W_]", before) or here >= "\u3040" or before >= "\u3040":
            return True
    return False


def _reference(rows: Sequence[dict[str, Any]], q: str) -> set[str]:
    return {row["id"] for row in rows if all(_has(row["display_name"], term) for term in _folded(q).split())}


def test_search_finds_what_a_look_at_each_record_finds(cast: Cast) -> None:
    chance = random.Random(7)
    made = ["".join(chance.choice(SYLLABLES) for _ in range(chance.randint(1, 6))) for _ in range(60)]
    names = [name for name in made if name.strip()]
    for workspace, who in ((cast.acme, "agent"), (cast.other, "outsider")):
        with cast.writing(workspace):
            for name in names:
                service.create_contact(cast.actor(who), {"display_name": f"x{name}" if name == "-" else name})
    with cast.reading():
        rows = contacts.page_of_contacts(cast.actor("agent"), ListQuery(limit=200)).rows
        asked = {"".join(chance.choice(SYLLABLES) for _ in range(chance.randint(1, 3))).strip() for _ in range(120)}
        for q in sorted(one for one in asked if one):
            answer = queries.search(cast.actor("agent"), q, ["contact"], 200)
            seen = {hit.id for group in answer.groups for hit in group.hits} if not answer.corrected else set()
            assert seen == _reference(rows, q), q
