"""Text as people write it: normal forms for storage, and keys for search and uniqueness."""

from __future__ import annotations

import re
import unicodedata

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# Bidirectional overrides and isolates can make a name look like another one (Unicode TR 36, section 2.5).
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_BLANKS = re.compile(r"\s+")
_WORD = re.compile(r"[^\W_]+")


def N_(message: str) -> str:
    """Mark a text for the translation catalogue where it is declared; it is translated where it is shown."""
    return message


def clean_name(value: str) -> str:
    """A name or title on one line: NFC, no control or bidi characters, single blanks."""
    value = _BIDI.sub("", _CONTROLS.sub("", unicodedata.normalize("NFC", value)))
    return _BLANKS.sub(" ", value).strip()


def clean_text(value: str) -> str:
    """Long text: NFC, no control characters but line breaks and tabs; `\\r\\n` becomes `\\n`."""
    value = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
    return _CONTROLS.sub("", value)


def search_key(value: str) -> str:
    """NFKC, case-folded, combining marks stripped, blanks collapsed; idempotent."""
    folded = unicodedata.normalize("NFKC", value).casefold()
    bare = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", bare).casefold()).strip()


def search_words(*texts: str | None) -> set[str]:
    """The words a record is found by: each blank-separated piece whole, and its parts of letters and digits."""
    words: set[str] = set()
    for text in texts:
        for piece in search_key(text or "").split():
            words.add(piece[:100])
            words.update(part[:100] for part in _WORD.findall(piece))
    return words


def slug(value: str) -> str:
    """A lower-case ASCII name for URLs; empty when nothing of `value` is ASCII."""
    return re.sub(r"[^a-z0-9]+", "-", search_key(value)).strip("-")[:40].strip("-")
