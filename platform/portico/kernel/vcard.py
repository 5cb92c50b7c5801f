"""Writing vCards: version 3.0 (RFC 2426), folded and escaped as RFC 6350 refines it.

3.0, because phones, Outlook and address books of every age read it; 4.0 they do not. Lines end in CRLF and hold at
most 75 octets; longer ones go on behind a blank, and no character is cut in its middle.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

LONGEST = 75
"""Octets of a line, without its end."""
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
# Anything that a reader could take for the end of a line, and the controls that RFC 6350 allows in no value.
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Line:
    """A property; several values are the components of a structured one, such as N and ORG."""

    name: str
    value: str | Sequence[str]
    types: tuple[str, ...] = ()


def escaped(value: str) -> str:
    """A text as it stands in a card."""
    return _CONTROLS.sub("", _BREAKS.sub("\n", value)).translate(_ESCAPES)


def folded(line: str) -> Iterator[bytes]:
    """The pieces of a line; all but the first begin with a blank, which counts."""
    piece = b""
    for character in line:
        octets = character.encode()
        if len(piece) + len(octets) > LONGEST:
            yield piece
            piece = b" "
        piece += octets
    yield piece


def _content(line: Line) -> str:
    value = line.value if isinstance(line.value, str) else None
    text = escaped(value) if value is not None else ";".join(escaped(part) for part in line.value)
    types = f";TYPE={','.join(line.types)}" if line.types else ""
    return f"{line.name}{types}:{text}"


def write(lines: Iterable[Line]) -> bytes:
    """One card."""
    contents = ["BEGIN:VCARD", "VERSION:3.0", *map(_content, lines), "END:VCARD"]
    return b"".join(piece + b"\r\n" for content in contents for piece in folded(content))
