# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/publishers.py: change that instead.
from __future__ import annotations

from typing import Any

from portico_sdk._encoding import path
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI
from portico_sdk.models import Publisher, Rating


class Publishers(ResourceAPI):
    """Who publishes apps; what ends in `own` is about the publisher that the developer is."""

    def list(self, *, limit: int | None = None, cursor: str | None = None) -> AsyncResults[Publisher]:
        return self._list("/publishers", Publisher.parse, {"limit": limit, "cursor": cursor})

    async def get(self, publisher_id: str) -> Publisher:
        return await self._get(path("publishers", publisher_id), Publisher)

    async def get_own(self) -> Publisher:
        return await self._get("/publishers/me", Publisher)

    async def update_own(self, *, if_match: str | None = None, **fields: Any) -> Publisher:
        """`name=`, `website=`, `support_email=`, `description=`. Another name loses the operator's verification."""
        return await self._patch("/publishers/me", Publisher, fields, if_match=if_match)

    async def name_domain(self, *, domain: str) -> Publisher:
        """The answer's `domain` says which line to put where."""
        return await self._put("/publishers/me/domain", Publisher, {"domain": domain}, if_match=None)

    async def check_domain(self) -> Publisher:
        """Looked at within seconds; read the publisher again for what was found."""
        return await self._post("/publishers/me/domain/check", Publisher)

    async def forget_domain(self) -> None:
        await self._delete("/publishers/me/domain")


class Ratings(ResourceAPI):
    """What people say of an app; what ends in `own` is what the token's person says."""

    def list(
        self, app_key: str, *, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> AsyncResults[Rating]:
        params = {"limit": limit, "cursor": cursor}
        return self._list(path("catalogue", app_key, "ratings"), Rating.parse, params, filters)

    async def get_own(self, app_key: str) -> Rating:
        return await self._get(path("catalogue", app_key, "ratings", "mine"), Rating)

    async def put_own(self, app_key: str, *, stars: int, text: str | None = None) -> Rating:
        """One per person and app; a repeat replaces it."""
        where = path("catalogue", app_key, "ratings", "mine")
        return await self._put(where, Rating, {"stars": stars, "text": text}, if_match=None)

    async def delete_own(self, app_key: str) -> None:
        await self._delete(path("catalogue", app_key, "ratings", "mine"))

    async def answer(self, app_key: str, rating_id: str, *, text: str) -> Rating:
        """The publisher's one answer; a repeat replaces it."""
        return await self._put(
            path("catalogue", app_key, "ratings", rating_id, "answer"), Rating, {"text": text}, if_match=None
        )

    async def delete_answer(self, app_key: str, rating_id: str) -> None:
        await self._delete(path("catalogue", app_key, "ratings", rating_id, "answer"))

    async def report(self, app_key: str, rating_id: str, *, reason: str) -> None:
        """The operator decides about the text."""
        where = path("catalogue", app_key, "ratings", rating_id, "report")
        await self._transport.request("POST", where, json={"reason": reason})
