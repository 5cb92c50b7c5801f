# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/announcements.py: change that instead.
from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import given
from portico_sdk.aio.resources.announcement_parts import AnnouncementComments, AnnouncementSteps
from portico_sdk.models import (
    Announcement,
    AnnouncementAudience,
    AnnouncementPreview,
    AnnouncementReceipt,
    AnnouncementRevision,
    AnnouncementStats,
    FeedItem,
)


class Announcements(AnnouncementSteps):
    """What a company tells its people, and who has read it."""

    @cached_property
    def comments(self) -> AnnouncementComments:
        return AnnouncementComments(self._transport)

    def list(
        self,
        *,
        q: str | None = None,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        fields: Iterable[str] | None = None,
        everyone: bool | None = None,
        **filters: Any,
    ) -> AsyncResults[Announcement]:
        """Those that you manage or review; with `everyone` an admin lists all, which stands in the record."""
        params = {"q": q, "sort": sort, "limit": limit, "cursor": cursor, "fields": fields, "everyone": everyone}
        return self._list("/announcements", Announcement.parse, params, filters)

    def feed(
        self, *, q: str | None = None, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> AsyncResults[FeedItem]:
        """What is announced to the person: `feed(pending=True)` is what they have to read or acknowledge."""
        return self._list("/announcements/feed", FeedItem.parse, {"q": q, "limit": limit, "cursor": cursor}, filters)

    async def get(self, announcement_id: str) -> Announcement:
        return await self._get(path("announcements", announcement_id), Announcement)

    async def create(
        self,
        *,
        title: str,
        body: str,
        audience: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
        **fields: Any,
    ) -> Announcement:
        """A draft; `fields` as the API names them, such as `requires_ack` or `expires_at`."""
        values = {"title": title, "body": body, **given(audience=audience), **fields}
        return await self._post("/announcements", Announcement, values, key=idempotency_key)

    async def update(self, announcement_id: str, *, if_match: str | None = None, **fields: Any) -> Announcement:
        """Of what is published, with `material=True` everybody is asked anew."""
        return await self._patch(path("announcements", announcement_id), Announcement, fields, if_match=if_match)

    async def delete(self, announcement_id: str, *, if_match: str | None = None) -> None:
        await self._delete(path("announcements", announcement_id), if_match=if_match)

    async def audience(self, announcement_id: str) -> AnnouncementAudience:
        return await self._get(path("announcements", announcement_id, "audience"), AnnouncementAudience)

    async def set_audience(
        self, announcement_id: str, *, audience: Mapping[str, Any], if_match: str
    ) -> AnnouncementAudience:
        where = path("announcements", announcement_id, "audience")
        return await self._put(where, AnnouncementAudience, {"audience": audience}, if_match=if_match)

    async def preview(self, announcement_id: str, *, audience: Mapping[str, Any] | None = None) -> AnnouncementPreview:
        """Whom its audience reaches, or another one."""
        where = path("announcements", announcement_id, "audience", "preview")
        return await self._post(where, AnnouncementPreview, given(audience=audience))

    def revisions(
        self, announcement_id: str, *, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> AsyncResults[AnnouncementRevision]:
        params = {"limit": limit, "cursor": cursor}
        where = path("announcements", announcement_id, "revisions")
        return self._list(where, AnnouncementRevision.parse, params, filters)

    def receipts(
        self,
        announcement_id: str,
        *,
        state: str | None = None,
        department: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> AsyncResults[AnnouncementReceipt]:
        """`state`: unread read acknowledged late."""
        params = {"state": state, "department": department, "limit": limit, "cursor": cursor}
        return self._list(path("announcements", announcement_id, "receipts"), AnnouncementReceipt.parse, params)

    async def stats(self, announcement_id: str) -> AnnouncementStats:
        return await self._get(path("announcements", announcement_id, "stats"), AnnouncementStats)

    async def mark_read(self, announcement_id: str) -> AnnouncementReceipt:
        """In the person's name whose token it is."""
        where = path("announcements", announcement_id, "receipt", "me")
        return await self._put(where, AnnouncementReceipt, {"read": True}, if_match=None)

    async def acknowledge(self, announcement_id: str, *, revision: int | None = None) -> AnnouncementReceipt:
        """Of the revision that they saw."""
        return await self._post(
            path("announcements", announcement_id, "ack"), AnnouncementReceipt, given(revision=revision)
        )
