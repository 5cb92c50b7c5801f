# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/notifications.py: change that instead.
from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI, given
from portico_sdk.models import (
    Notification,
    NotificationKind,
    NotificationMutes,
    NotificationPolicy,
    ReadCount,
    ToldCount,
    UnreadCount,
)


class Notifications(ResourceAPI):
    """The inbox of whoever holds the token."""

    def list(
        self, *, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> AsyncResults[Notification]:
        """Filters: `unread`, `kind`, `installation_id`, `muted`."""
        return self._list("/notifications", Notification.parse, {"limit": limit, "cursor": cursor}, filters)

    async def get(self, notification_id: str) -> Notification:
        return await self._get(path("notifications", notification_id), Notification)

    async def unread(self) -> UnreadCount:
        return await self._get("/notifications/unread", UnreadCount)

    async def read(self, notification_id: str) -> Notification:
        return await self._post(path("notifications", notification_id, "read"), Notification)

    async def read_all(self, *, until_id: str | None = None, kind: str | None = None) -> ReadCount:
        return await self._post("/notifications/read", ReadCount, given(until_id=until_id, kind=kind))

    async def send(
        self,
        *,
        to: Iterable[str],
        title: str,
        body: str | None = None,
        page: str | None = None,
        resource: Mapping[str, str] | None = None,
        urgent: bool | None = None,
        key: str | None = None,
        idempotency_key: str | None = None,
    ) -> ToldCount:
        """For apps: tell up to 200 people something, each once per `key`. `page` is one of the app's own, `resource`
        is `{"type": "ticket", "id": "tkt_…"}`."""
        about = given(body=body, page=page, resource=resource, urgent=urgent, key=key)
        return await self._post(
            "/notifications", ToldCount, {"to": [*to], "title": title, **about}, key=idempotency_key
        )

    async def retract(self, key: str) -> None:
        """Take back what you told under this key."""
        await self._transport.request("POST", "/notifications/retract", json={"key": key})

    async def kinds(self) -> tuple[NotificationKind, ...]:
        reply = await self._transport.request("GET", "/notification-kinds")
        return tuple(NotificationKind.parse(one) for one in reply.body["data"])

    async def policy(self) -> NotificationPolicy:
        return await self._get("/notification-policy/me", NotificationPolicy)

    async def set_policy(self, *, if_match: str | None = None, **fields: Any) -> NotificationPolicy:
        """Whole: what is not given is as for who has said nothing."""
        return await self._put("/notification-policy/me", NotificationPolicy, fields, if_match=if_match)

    async def mutes(self) -> NotificationMutes:
        return await self._get("/notification-mutes/me", NotificationMutes)

    async def mute(self, *, kinds: Iterable[str] = (), installation_ids: Iterable[str] = ()) -> NotificationMutes:
        return await self._change("mute", kinds, installation_ids)

    async def unmute(self, *, kinds: Iterable[str] = (), installation_ids: Iterable[str] = ()) -> NotificationMutes:
        return await self._change("unmute", kinds, installation_ids)

    async def _change(self, verb: str, kinds: Iterable[str], installation_ids: Iterable[str]) -> NotificationMutes:
        body = {verb: {"kinds": [*kinds], "installation_ids": [*installation_ids]}}
        return await self._patch("/notification-mutes/me", NotificationMutes, body, if_match=None)
