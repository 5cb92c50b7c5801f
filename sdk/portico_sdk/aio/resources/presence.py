# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/presence.py: change that instead.
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from portico_sdk._encoding import path
from portico_sdk.aio.resources._base import ResourceAPI, given
from portico_sdk.models import Presence


class PresenceAPI(ResourceAPI):
    """Whether people are there."""

    async def list(self, ids: Iterable[str]) -> tuple[Presence, ...]:
        """At most 200; whom there is not, or who left, is left out."""
        reply = await self._transport.request("GET", "/presence", params={"ids": ",".join(ids)})
        return tuple(Presence.parse(one) for one in reply.body["data"])

    async def get(self, employee_id: str) -> Presence:
        return await self._get(path("presence", employee_id), Presence)

    async def me(self) -> Presence:
        """Your own."""
        return await self._get("/presence/me", Presence)

    async def set(
        self,
        *,
        availability: str | None = None,
        text: str | None = None,
        emoji: str | None = None,
        clears_at: datetime | None = None,
        dnd_until: datetime | None = None,
    ) -> Presence:
        """Your own, whole: what is not given is taken back."""
        body = given(
            availability=availability,
            text=text,
            emoji=emoji,
            clears_at=None if clears_at is None else clears_at.isoformat(),
            dnd_until=None if dnd_until is None else dnd_until.isoformat(),
        )
        return await self._put("/presence/me", Presence, body, if_match=None)

    async def take_break(self, minutes: int) -> Presence:
        return await self._post("/presence/me/break", Presence, {"minutes": minutes})

    async def end_break(self) -> None:
        await self._delete("/presence/me/break")
