from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.models import (
    Notification,
    NotificationKind,
    NotificationMutes,
    NotificationPolicy,
    ReadCount,
    ToldCount,
    UnreadCount,
)
from portico_sdk.pages import Results
from portico_sdk.resources._base import ResourceAPI, given


class Notifications(ResourceAPI):
    """The inbox of whoever holds the token."""

    def list(self, *, limit: int | None = None, cursor: str | None = None, **filters: Any) -> Results[Notification]:
        """Filters: `unread`, `kind`, `installation_id`, `muted`."""
        return self._list("/notifications", Notification.parse, {"limit": limit, "cursor": cursor}, filters)

    def get(self, notification_id: str) -> Notification:
        return self._get(path("notifications", notification_id), Notification)

    def unread(self) -> UnreadCount:
        return self._get("/notifications/unread", UnreadCount)

    def read(self, notification_id: str) -> Notification:
        return self._post(path("notifications", notification_id, "read"), Notification)

    def read_all(self, *, until_id: str | None = None, kind: str | None = None) -> ReadCount:
        return self._post("/notifications/read", ReadCount, given(until_id=until_id, kind=kind))

    def send(
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
        return self._post("/notifications", ToldCount, {"to": [*to], "title": title, **about}, key=idempotency_key)

    def retract(self, key: str) -> None:
        """Take back what you told under this key."""
        self._transport.request("POST", "/notifications/retract", json={"key": key})

    def kinds(self) -> tuple[NotificationKind, ...]:
        reply = self._transport.request("GET", "/notification-kinds")
        return tuple(NotificationKind.parse(one) for one in reply.body["data"])

    def policy(self) -> NotificationPolicy:
        return self._get("/notification-policy/me", NotificationPolicy)

    def set_policy(self, *, if_match: str | None = None, **fields: Any) -> NotificationPolicy:
        """Whole: what is not given is as for who has said nothing."""
        return self._put("/notification-policy/me", NotificationPolicy, fields, if_match=if_match)

    def mutes(self) -> NotificationMutes:
        return self._get("/notification-mutes/me", NotificationMutes)

    def mute(self, *, kinds: Iterable[str] = (), installation_ids: Iterable[str] = ()) -> NotificationMutes:
        return self._change("mute", kinds, installation_ids)

    def unmute(self, *, kinds: Iterable[str] = (), installation_ids: Iterable[str] = ()) -> NotificationMutes:
        return self._change("unmute", kinds, installation_ids)

    def _change(self, verb: str, kinds: Iterable[str], installation_ids: Iterable[str]) -> NotificationMutes:
        body = {verb: {"kinds": [*kinds], "installation_ids": [*installation_ids]}}
        return self._patch("/notification-mutes/me", NotificationMutes, body, if_match=None)
