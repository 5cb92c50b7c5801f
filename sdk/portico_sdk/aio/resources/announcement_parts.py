# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/announcement_parts.py: change that instead.
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI, given
from portico_sdk.models import Announcement, AnnouncementCategory, AnnouncementComment, AnnouncementJob


class AnnouncementComments(ResourceAPI):
    """What readers say to an announcement."""

    def list(
        self, announcement_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> AsyncResults[AnnouncementComment]:
        params = {"limit": limit, "cursor": cursor}
        return self._list(path("announcements", announcement_id, "comments"), AnnouncementComment.parse, params)

    async def create(
        self, announcement_id: str, *, body: str, idempotency_key: str | None = None
    ) -> AnnouncementComment:
        where = path("announcements", announcement_id, "comments")
        return await self._post(where, AnnouncementComment, {"body": body}, key=idempotency_key)

    async def delete(self, announcement_id: str, comment_id: str) -> None:
        await self._delete(path("announcements", announcement_id, "comments", comment_id))


class AnnouncementSteps(ResourceAPI):
    """The life of an announcement. Steps answer it as it is then; `publish` answers the job that it takes."""

    async def _step(self, announcement_id: str, step: str, key: str | None, **body: Any) -> Announcement:
        return await self._post(path("announcements", announcement_id, step), Announcement, given(**body), key=key)

    async def submit(self, announcement_id: str, *, idempotency_key: str | None = None) -> Announcement:
        return await self._step(announcement_id, "submit", idempotency_key)

    async def approve(
        self, announcement_id: str, *, note: str | None = None, idempotency_key: str | None = None
    ) -> Announcement:
        return await self._step(announcement_id, "approve", idempotency_key, note=note)

    async def reject(self, announcement_id: str, *, reason: str, idempotency_key: str | None = None) -> Announcement:
        return await self._step(announcement_id, "reject", idempotency_key, reason=reason)

    async def publish(self, announcement_id: str, *, idempotency_key: str | None = None) -> AnnouncementJob:
        where = path("announcements", announcement_id, "publish")
        return await self._post(where, AnnouncementJob, {}, key=idempotency_key)

    async def remind(
        self,
        announcement_id: str,
        *,
        employee_ids: Iterable[str] | None = None,
        idempotency_key: str | None = None,
    ) -> AnnouncementJob:
        """Who has something to do still, or those of them that are named."""
        body = given(employee_ids=None if employee_ids is None else [*employee_ids])
        where = path("announcements", announcement_id, "remind")
        return await self._post(where, AnnouncementJob, body, key=idempotency_key)

    async def schedule(
        self,
        announcement_id: str,
        *,
        publish_at: datetime | None = None,
        local: str | None = None,
        timezone: str | None = None,
        idempotency_key: str | None = None,
    ) -> Announcement:
        """At an instant, or at what clocks show: `local="2027-03-28T09:30", timezone="Europe/Berlin"`."""
        body = {"publish_at": publish_at, "local": local, "timezone": timezone}
        return await self._step(announcement_id, "schedule", idempotency_key, **body)

    async def unschedule(self, announcement_id: str, *, idempotency_key: str | None = None) -> Announcement:
        return await self._step(announcement_id, "unschedule", idempotency_key)

    async def withdraw(
        self, announcement_id: str, *, reason: str | None = None, idempotency_key: str | None = None
    ) -> Announcement:
        return await self._step(announcement_id, "withdraw", idempotency_key, reason=reason)

    async def archive(self, announcement_id: str, *, idempotency_key: str | None = None) -> Announcement:
        return await self._step(announcement_id, "archive", idempotency_key)

    async def pin(
        self, announcement_id: str, *, until: datetime, order: int | None = None, idempotency_key: str | None = None
    ) -> Announcement:
        return await self._step(announcement_id, "pin", idempotency_key, until=until, order=order)

    async def unpin(self, announcement_id: str, *, idempotency_key: str | None = None) -> Announcement:
        return await self._step(announcement_id, "unpin", idempotency_key)

    async def hand_over(
        self, announcement_id: str, *, employee_id: str, idempotency_key: str | None = None
    ) -> Announcement:
        return await self._step(announcement_id, "hand-over", idempotency_key, employee_id=employee_id)


class AnnouncementCategories(ResourceAPI):
    """What announcements are about, and who reviews them."""

    def list(
        self, *, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> AsyncResults[AnnouncementCategory]:
        params = {"limit": limit, "cursor": cursor}
        return self._list("/announcement-categories", AnnouncementCategory.parse, params, filters)

    async def get(self, category_id: str) -> AnnouncementCategory:
        return await self._get(path("announcement-categories", category_id), AnnouncementCategory)

    async def create(
        self,
        *,
        name: str,
        sort_order: int | None = None,
        requires_review: bool | None = None,
        approver_ids: Iterable[str] | None = None,
        idempotency_key: str | None = None,
    ) -> AnnouncementCategory:
        ids = None if approver_ids is None else [*approver_ids]
        body = given(name=name, sort_order=sort_order, requires_review=requires_review, approver_ids=ids)
        return await self._post("/announcement-categories", AnnouncementCategory, body, key=idempotency_key)

    async def update(self, category_id: str, *, if_match: str, **fields: Any) -> AnnouncementCategory:
        where = path("announcement-categories", category_id)
        return await self._patch(where, AnnouncementCategory, fields, if_match=if_match)

    async def delete(self, category_id: str, *, if_match: str | None = None) -> None:
        await self._delete(path("announcement-categories", category_id), if_match=if_match)
