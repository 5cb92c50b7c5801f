"""Lists: iterate over a result and every page is walked; or take one page at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from portico_sdk._transport import Transport

__all__ = ["Page", "Results"]

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page. `next_cursor` continues behind its last item."""

    data: tuple[T, ...]
    next_cursor: str | None
    has_more: bool
    raw: Mapping[str, Any] = field(repr=False, compare=False)

    def __iter__(self) -> Iterator[T]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)


@dataclass(frozen=True)
class Results(Generic[T]):
    """A list call that was not made yet. Each iteration asks again, from the beginning."""

    transport: Transport = field(repr=False)
    path: str
    params: Mapping[str, str]
    parse: Callable[[Any], T] = field(repr=False)
    cursor_name: str = "cursor"

    def __iter__(self) -> Iterator[T]:
        """Every item of every page; pages are fetched as they are needed."""
        for page in self.pages():
            yield from page.data

    def page(self) -> Page[T]:
        """The first page, or the one at `cursor`."""
        return self._fetch(self.params)

    def pages(self) -> Iterator[Page[T]]:
        """Page by page, until there is no more."""
        params = self.params
        while True:
            page = self._fetch(params)
            yield page
            if not page.has_more or page.next_cursor is None:
                return
            params = {**self.params, self.cursor_name: page.next_cursor}

    def first(self) -> T | None:
        """The first item, or None when the list is empty."""
        return next(iter(self.page()), None)

    def _fetch(self, params: Mapping[str, str]) -> Page[T]:
        return read_page(self.transport.request("GET", self.path, params=params).body, self.parse)


def read_page(raw: Mapping[str, Any], parse: Callable[[Any], T]) -> Page[T]:
    """The page in the answer of a list."""
    about = raw.get("page") or {}
    return Page(
        data=tuple(parse(item) for item in raw["data"]),
        next_cursor=about.get("next_cursor"),
        has_more=bool(about.get("has_more")),
        raw=raw,
    )
