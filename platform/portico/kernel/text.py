"""Text as people write it: normal forms for storage, and keys for search and uniqueness."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

from portico.kernel import unspaced

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# Bidirectional overrides and isolates can make a name look like another one (Unicode TR 36, section 2.5).
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_BLANKS = re.compile(r"\s+")
_WORD = re.compile(r"[^\W_]+")
_MOST_MARKS = 30
LONGEST_WORD = 100
"""What is kept of a word, and looked for of one."""


def N_(message: str) -> str:
    """Mark a text for the translation catalogue where it is declared; it is translated where it is shown."""
    return message


@lru_cache(maxsize=4096)
def _is_mark(character: str) -> bool:
    return unicodedata.combining(unicodedata.normalize("NFKD", character)[0]) != 0


def stream_safe(value: str) -> str:
    """At most 30 combining marks in a row (the stream-safe format of UAX 15, section 13).

    Normalising sorts each row of marks in time by the square of its length, and holds the interpreter meanwhile.
    """
    if len(value) <= _MOST_MARKS or value.isascii():
        return value
    kept, row = [], 0
    for character in value:
        row = row + 1 if _is_mark(character) else 0
        if row <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def _normal(form: Literal["NFC", "NFKC"], value: str) -> str:
    return unicodedata.normalize(form, stream_safe(value))


def clean_name(value: str) -> str:
    """A name or title on one line: NFC, no control or bidi characters, single blanks."""
    value = _BIDI.sub("", _CONTROLS.sub("", _normal("NFC", value)))
    return _BLANKS.sub(" ", value).strip()


def clean_text(value: str) -> str:
    """Long text: NFC, no control characters but line breaks and tabs; `\\r\\n` becomes `\\n`."""
    value = _normal("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
    return _CONTROLS.sub("", value)


def search_key(value: str) -> str:
    """NFKC, case-folded, combining marks stripped, blanks collapsed; idempotent."""
    folded = _normal("NFKC", value).casefold()
    bare = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", bare).casefold()).strip()


def email_key(address: str) -> str:
    """By what addresses are one: NFC and lower case, nothing more. `jose@` and `josé@`, `bucher.example` and
    `bücher.example` are different mailboxes of different people. Without control characters."""
    return _normal("NFC", _CONTROLS.sub("", address)).strip().lower()


def search_words(*texts: str | None) -> set[str]:
    """The words a record is found by: each blank-separated piece whole, its parts of letters and digits, and what
    begins within them or is typed for them where a script has no blanks."""
    words: set[str] = set()
    for text in texts:
        for piece in search_key(text or "").split():
            words.add(piece[:LONGEST_WORD])
            for part in _WORD.findall(piece):
                words.add(part[:LONGEST_WORD])
                words.update(unspaced.words(part))
    return words


def slug(value: str) -> str:
    """A lower-case ASCII name for URLs; empty when nothing of `value` is ASCII."""
    return re.sub(r"[^a-z0-9]+", "-", search_key(value)).strip("-")[:40].strip("-")


# Letters and digits that are drawn like a Latin letter, after folding: the frequent ones of Unicode TR 39.
_DRAWN_LIKE = {
    "a": "аɑα",
    "b": "ьβвʙ",
    "c": "сϲ",
    "d": "ԁđ",
    "e": "еєε",
    "g": "ɡց",
    "h": "һհн",
    "j": "јϳ",
    "k": "кκ",
    "l": "i1|!ıіӏιɩł",
    "m": "м",
    "n": "ոп",
    "o": "0оοօσøө",
    "p": "рρ",
    "q": "ԛզ",
    "r": "гᴦ",
    "s": "5$ѕ",
    "t": "тτ",
    "u": "υսцµμ",
    "v": "νѵ",
    "w": "ԝωш",
    "x": "хχ×",
    "y": "уγүყ",
    "z": "2ᴢ",
}
_LATIN = str.maketrans({other: latin for latin, others in _DRAWN_LIKE.items() for other in others})
_NOT_DRAWN = re.compile(r"[\W_]+")


def lookalike_key(name: str) -> str:
    """What names that look alike have in common: `Acme`, `ACME ` and `Асme` with Cyrillic letters are one. Empty when
    there is nothing to read. It errs on the side of calling two names alike."""
    drawn = search_key(name).translate(_LATIN)
    return _NOT_DRAWN.sub("", drawn).replace("rn", "m").replace("vv", "w")[:200]
