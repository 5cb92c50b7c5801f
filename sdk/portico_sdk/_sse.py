"""Server-sent events (HTML, 9.2.6), as far as the platform speaks them: UTF-8, lines that end in LF or CRLF."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass
class Frame:
    """What stands between two empty lines. `id` without data moves the position and is nothing to show."""

    id: str = ""
    event: str = ""
    data: str = ""
    retry: int | None = None


def frames(chunks: Iterable[bytes]) -> Iterator[Frame]:
    """The frames of a stream; one that breaks off before its empty line is dropped, as the standard says."""
    frame = Frame()
    for line in _lines(chunks):
        if not line:
            yield frame
            frame = Frame()
            continue
        name, _, value = line.partition(":")
        _take(frame, name, value.removeprefix(" "))


def _take(frame: Frame, name: str, value: str) -> None:
    if name == "id" and "\0" not in value:
        frame.id = value
    elif name == "event":
        frame.event = value
    elif name == "data":
        frame.data = f"{frame.data}\n{value}" if frame.data else value
    elif name == "retry" and value.isascii() and value.isdigit():
        frame.retry = int(value)


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    """Only LF ends a line: JSON may hold what other readers of lines take for an end (U+2028)."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n") if b"\n" in chunk else [rest + chunk]
        for line in whole:
            yield line.removesuffix(b"\r").decode()
