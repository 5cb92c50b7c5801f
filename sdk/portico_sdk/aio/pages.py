"""Lists: `async for` walks every page; or take one page at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from portico_sdk.aio._transport import AsyncTransport
from portico_sdk.pages import Page, read_page

__all__ = ["AsyncResults"]

T = TypeVar("T")


@dataclass(frozen=True)
class AsyncResults(Generic[T]):
    """A list call that was not made yet. Each iteration asks again, from the beginning."""

    transport: AsyncTransport = field(repr=False)
    path: str
    params: Mapping[str, str]
    parse: Callable[[Any], T] = field(repr=False)
    cursor_name: str = "cursor"

    async def __aiter__(self) -> AsyncIterator[T]:
        """Every item of every page; pages are fetched as they are needed."""
        async for page in self.pages():
            for item in page.data:
                yield item

    async def page(self) -> Page[T]:
        """The first page, or the one at `cursor`."""
        return await self._fetch(self.params)

    async def pages(self) -> AsyncIterator[Page[T]]:
        """Page by page, until there is no more."""
        params = self.params
        while True:
            page = await self._fetch(params)
            yield page
            if not page.has_more or page.next_cursor is None:
                return
            params = {**self.params, self.cursor_name: page.next_cursor}

    async def first(self) -> T | None:
        """The first item, or None when the list is empty."""
        return next(iter(await self.page()), None)

    async def _fetch(self, params: Mapping[str, str]) -> Page[T]:
        reply = await self.transport.request("GET", self.path, params=params)
        return read_page(reply.body, self.parse)
