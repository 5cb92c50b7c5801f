"""Searching: each kind is asked through its own list, which begins at what the actor may see."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portico.domains.search.kinds import KINDS, Hit, Kind
from portico.kernel import search as words
from portico.kernel import sightings, text
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery

_WATCHED = ("employee", "contact")
_WORD_BEFORE = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class Group:
    type: str
    hits: Sequence[Hit]
    has_more: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """`corrected`: nothing is as it was typed, and this is what differs from it by a letter."""

    groups: Sequence[Group]
    corrected: bool = False


def search(actor: Actor, q: str, types: Iterable[str], limit: int) -> Answer:
    """The best of each kind, without those of which nothing was found. Who looked is counted."""
    kinds = [KINDS[name] for name in types if KINDS[name].open_to(actor)]
    if not words.terms(q):
        return Answer(())
    groups = [group for kind in kinds if (group := _best(actor, kind, q, limit)).hits]
    corrected = False
    if not groups:
        groups = [group for kind in kinds if (group := _asked(actor, kind, q, limit, "near")).hits]
        corrected = bool(groups)
    for group in groups:
        if group.type in _WATCHED:
            sightings.note(actor, group.type, way="search")
    return Answer(groups, corrected)


def _asked(actor: Actor, kind: Kind, q: str, limit: int, match: words.Match) -> Group:
    hits, has_more = kind.find(actor, ListQuery(limit=limit, q=q, match=match))
    return Group(kind.name, hits, has_more)


def _best(actor: Actor, kind: Kind, q: str, limit: int) -> Group:
    """What is called so before what only begins so. Where more begin so than are shown, those with whole words are
    asked for besides, lest they are among what is not shown."""
    found = _asked(actor, kind, q, limit, "beginning")
    if not found.has_more:
        return Group(kind.name, _ranked(found.hits, q), has_more=False)
    whole = _asked(actor, kind, q, limit, "whole").hits
    there = {hit.id for hit in whole}
    hits = [*whole, *(hit for hit in found.hits if hit.id not in there)]
    return Group(kind.name, _ranked(hits, q)[:limit], has_more=True)


def _ranked(hits: Iterable[Hit], q: str) -> list[Hit]:
    wanted = text.search_key(q)

    def rank(hit: Hit) -> int:
        title = text.search_key(hit.title)
        return 0 if title == wanted else 1 if title.startswith(wanted) else 2

    return sorted(hits, key=rank)


def highlights(title: str, q: str) -> list[tuple[int, int]]:
    """Which characters of the title are the beginnings of words that were looked for: [from, to) in code points, in
    their order. Nothing of what was found by its reading or by another field."""
    folded, places = _folded(title)
    found: list[tuple[int, int]] = []
    for term in words.terms(q):
        at = folded.find(term)
        while at >= 0:
            if at == 0 or not (_WORD_BEFORE.match(folded[at - 1]) and folded[at].isascii()):
                found.append((places[at], places[at + len(term) - 1] + 1))
            at = folded.find(term, at + 1)
    return _merged(sorted(found))


def _folded(title: str) -> tuple[str, list[int]]:
    """The title as it is compared, and for each of its characters from which one of the title it comes."""
    folded, places = "", []
    for place, character in enumerate(title):
        key = text.search_key(character) or " "
        folded += key
        places += [place] * len(key)
    return folded, places


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in ranges:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
