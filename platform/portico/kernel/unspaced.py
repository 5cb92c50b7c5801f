"""Words of scripts that put no blanks between them, and Chinese as it is typed with Latin letters (pinyin).

Where no blank says it, a word begins at each character. Names in Han characters are also found by their readings,
whole (`lilei`) and by initials (`ll`), from each character on.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

MOST_BEGINNINGS = 60
"""From how many characters of one piece words begin; what comes later in it is found by what stands before."""
LONGEST_INNER = 24
LONGEST_READ = 12
"""Longer rows of Han characters are sentences: nobody looks for them by readings."""
_LONGEST_IN_OTHER_READINGS = 6
_MOST_READINGS = 6

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_UNSPACED = re.compile(f"[\u3005\u3040-\u30ff{_HAN}]")
_HAN_ROW = re.compile(f"[{_HAN}]+")


def words(part: str) -> Iterator[str]:
    """Further words by which `part`, letters and digits of a search key, is found."""
    if part.isascii():
        return
    yield from _inner(part)
    for row in _HAN_ROW.findall(part):
        if len(row) <= LONGEST_READ:
            yield from _read(row)


def _inner(part: str) -> Iterator[str]:
    unspaced = [_UNSPACED.match(character) is not None for character in part[:MOST_BEGINNINGS]]
    for place in range(1, len(unspaced)):
        if unspaced[place] or unspaced[place - 1]:
            yield part[place : place + LONGEST_INNER]


def _read(row: str) -> Iterator[str]:
    for syllables in _readings(row):
        for place in range(len(syllables)):
            rest = syllables[place:]
            yield from _spelt("".join(rest))
            if len(rest) > 1:
                yield "".join(syllable[0] for syllable in rest)


def _spelt(reading: str) -> Iterator[str]:
    """`lv` and `lu` for what is written lü: keyboards have no ü."""
    yield reading
    if "v" in reading:
        yield reading.replace("v", "u")


def _readings(row: str) -> Iterator[list[str]]:
    """The usual reading of each character, then one character after the other read otherwise, where it can be."""
    known = _pinyin(row)
    if len(known) != len(row) or not all(syllable.isascii() for each in known for syllable in each):
        return
    usual = [each[0] for each in known]
    yield usual
    if len(row) > _LONGEST_IN_OTHER_READINGS:
        return
    # Family names stand first, and some are read as little else is (单 Shàn, 曾 Zēng).
    others = [(place, syllable) for place, each in enumerate(known) for syllable in each[1 : 2 if place else 3]]
    for place, syllable in others[: _MOST_READINGS - 1]:
        yield [*usual[:place], syllable, *usual[place + 1 :]]


def _pinyin(row: str) -> list[list[str]]:
    library = _library()
    found: list[list[str]] = library.pinyin(row, style=library.Style.NORMAL, heteronym=True)
    return found


@cache
def _library() -> Any:
    """Read when the first Chinese name is indexed, and without its table of phrases: that one takes 45 MB and half a
    second of each process, and what it would tell apart is indexed in each reading."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    return import_module("pypinyin")
