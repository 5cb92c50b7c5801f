# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/interactions.py: change that instead.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI, given
from portico_sdk.models import Action, Interaction


class Actions(ResourceAPI):
    """What apps offer to do."""

    async def list(self, *, place: str | None = None, object_id: str | None = None) -> tuple[Action, ...]:
        """All that you may run, in one place, or on one record."""
        reply = await self._transport.request("GET", "/actions", params=given(place=place, object_id=object_id))
        return tuple(Action.parse(row) for row in reply.body["data"])

    async def run(
        self,
        app_key: str,
        action_key: str,
        *,
        object: Mapping[str, str] | None = None,
        input: Mapping[str, Any] | None = None,
        confirmed: bool | None = None,
        idempotency_key: str | None = None,
    ) -> Interaction:
        """`object` is `{"type": "ticket", "id": "tkt_…"}`. Answers after three seconds at the latest: look at `state`,
        and read it again while it is `running` or `waiting`."""
        body = given(object=object, input=input, confirmed=confirmed)
        return await self._post(path("actions", app_key, action_key, "runs"), Interaction, body, key=idempotency_key)


class Interactions(ResourceAPI):
    """What became of runs."""

    def list(
        self, *, object_id: str | None = None, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> AsyncResults[Interaction]:
        """Your own, or with `object_id` all on a record that you see."""
        asked = {"object_id": object_id, "limit": limit, "cursor": cursor}
        return self._list("/interactions", Interaction.parse, asked, filters)

    async def get(self, interaction_id: str) -> Interaction:
        return await self._get(path("interactions", interaction_id), Interaction)

    async def answer(
        self,
        interaction_id: str,
        *,
        toast: str | None = None,
        card: Mapping[str, Any] | None = None,
        open: str | None = None,
        errors: Mapping[str, str] | None = None,
    ) -> Interaction:
        """For the app that was called: within 24 hours, once."""
        body = given(toast=toast, card=card, open=open, errors=errors)
        return await self._patch(path("interactions", interaction_id), Interaction, body, if_match=None)

    async def retry(self, interaction_id: str, *, idempotency_key: str | None = None) -> Interaction:
        """Call the app again for a run without an answer; it sees the same id."""
        return await self._post(path("interactions", interaction_id, "retry"), Interaction, {}, key=idempotency_key)
