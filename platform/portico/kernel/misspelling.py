"""What somebody may have meant who mistyped one letter: a letter too many, too few, another, or two that changed places
(Damerau–Levenshtein distance 1). The first letter is taken to be right, unless it changed places with the second."""

from __future__ import annotations

from collections.abc import Iterator

SHORTEST, LONGEST = 4, 20
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def neighbours(term: str) -> list[str]:
    """The likeliest first. Empty for what is short, long, or no word in Latin letters."""
    if not SHORTEST <= len(term) <= LONGEST or not (term.isascii() and term.isalpha()):
        return []
    found = dict.fromkeys((*_changed_places(term), *_too_many(term), *_another(term), *_too_few(term)))
    found.pop(term, None)
    return list(found)


def _changed_places(term: str) -> Iterator[str]:
    for place in range(len(term) - 1):
        yield term[:place] + term[place + 1] + term[place] + term[place + 2 :]


def _too_many(term: str) -> Iterator[str]:
    """Without one letter. Not without the last: what begins so is no nearer."""
    for place in range(1, len(term) - 1):
        yield term[:place] + term[place + 1 :]


def _another(term: str) -> Iterator[str]:
    for place in range(1, len(term)):
        for letter in _LETTERS:
            yield term[:place] + letter + term[place + 1 :]


def _too_few(term: str) -> Iterator[str]:
    for place in range(1, len(term)):
        for letter in _LETTERS:
            yield term[:place] + letter + term[place:]
