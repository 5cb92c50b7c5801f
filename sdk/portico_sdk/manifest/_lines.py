"""Where a place of the manifest stands in portico.toml. The standard library's parser does not tell.

This reads TOML that `tomllib` has accepted, and only far enough to know on which line each key begins.
"""

from __future__ import annotations

import re
from collections import defaultdict

_SPACE = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_KEY_PART = re.compile(r"""[ \t]*(?:"((?:\\.|[^"\\\n])*)"|'([^'\n]*)'|([A-Za-z0-9_-]+))[ \t]*""")
_STRING = re.compile(r'"""(?:\\.|[^\\])*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'", re.DOTALL)
_BARE = re.compile(r"[^,\]}#\n]+")


def line_of(toml_text: str, path: str) -> int:
    """The line, from 1, of the place at the JSON Pointer `path`, or of the nearest place above it."""
    places = _Scanner(toml_text).scan()
    parts = [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]
    for length in range(len(parts), 0, -1):
        line = places.get(tuple(parts[:length]))
        if line is not None:
            return line
    return 1


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[tuple[str, ...], int] = {}
        self.rows: defaultdict[tuple[str, ...], int] = defaultdict(int)

    def scan(self) -> dict[tuple[str, ...], int]:
        table: tuple[str, ...] = ()
        self._skip(_SPACE)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip(_SPACE)
        return self.lines

    def _header(self) -> tuple[str, ...]:
        start = self.at
        is_row = self.text.startswith("[[", self.at)
        self.at += 2 if is_row else 1
        names = self._names()
        self.at += 2 if is_row else 1
        place = self._resolved(names, is_row)
        self._note(place, start)
        return place

    def _resolved(self, names: tuple[str, ...], is_row: bool) -> tuple[str, ...]:
        """`[[surfaces]]` is its next row; `[surfaces.x]` below it belongs to the row that is open."""
        place: tuple[str, ...] = ()
        for index, name in enumerate(names):
            place = (*place, name)
            if is_row and index == len(names) - 1:
                self._note(place, self.at)
                self.rows[place] += 1
            if self.rows[place]:
                place = (*place, str(self.rows[place] - 1))
        return place

    def _pair(self, table: tuple[str, ...]) -> None:
        start = self.at
        place = (*table, *self._names())
        for length in range(len(table) + 1, len(place) + 1):
            self._note(place[:length], start)
        self.at += 1  # the equals sign
        self._value(place)

    def _value(self, place: tuple[str, ...]) -> None:
        self._skip(_SPACE)
        character = self.text[self.at]
        if character == "[":
            self._list(place)
        elif character == "{":
            self._inline_table(place)
        elif character in "\"'":
            self._skip(_STRING)
        else:
            self._skip(_BARE)

    def _list(self, place: tuple[str, ...]) -> None:
        index = 0
        while self._next_item("]"):
            self._note((*place, str(index)), self.at)
            self._value((*place, str(index)))
            index += 1

    def _inline_table(self, place: tuple[str, ...]) -> None:
        while self._next_item("}"):
            self._pair(place)

    def _next_item(self, end: str) -> bool:
        """Step over the bracket or comma at hand; False, and past it, when `end` stands there."""
        self._skip(_SPACE)
        if self.text[self.at] in "[{,":
            self.at += 1
            self._skip(_SPACE)
        if self.text[self.at] == end:
            self.at += 1
            return False
        return True

    def _names(self) -> tuple[str, ...]:
        names = []
        while found := _KEY_PART.match(self.text, self.at):
            names.append(next(group for group in found.groups() if group is not None))
            self.at = found.end()
            if not self.text.startswith(".", self.at):
                break
            self.at += 1
        return tuple(names)

    def _note(self, place: tuple[str, ...], position: int) -> None:
        self.lines.setdefault(place, self.text.count("\n", 0, position) + 1)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        if found := pattern.match(self.text, self.at):
            self.at = found.end()
