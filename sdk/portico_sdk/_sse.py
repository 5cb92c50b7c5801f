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
    decoder = Decoder()
    for chunk in chunks:
        yield from decoder.feed(chunk)


class Decoder:
    """Frames out of bytes, however these are cut."""

    def __init__(self) -> None:
        self._rest = b""
        self._frame = Frame()

    def feed(self, chunk: bytes) -> Iterator[Frame]:
        """The frames that end in this piece."""
        for line in self._lines(chunk):
            if not line:
                frame, self._frame = self._frame, Frame()
                yield frame
                continue
            name, _, value = line.partition(":")
            _take(self._frame, name, value.removeprefix(" "))

    def _lines(self, chunk: bytes) -> Iterator[str]:
        """Only LF ends a line: JSON may hold what other readers of lines take for an end (U+2028)."""
        *whole, self._rest = (self._rest + chunk).split(b"\n") if b"\n" in chunk else [self._rest + chunk]
        for line in whole:
            yield line.removesuffix(b"\r").decode()


def _take(frame: Frame, name: str, value: str) -> None:
    if name == "id" and "\0" not in value:
        frame.id = value
    elif name == "event":
        frame.event = value
    elif name == "data":
        frame.data = f"{frame.data}\n{value}" if frame.data else value
    elif name == "retry" and value.isascii() and value.isdigit():
        frame.retry = int(value)
