from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.models import Announcement, AnnouncementCategory, AnnouncementComment, AnnouncementJob
from portico_sdk.pages import Results
from portico_sdk.resources._base import ResourceAPI, given


class AnnouncementComments(ResourceAPI):
    """What readers say to an announcement."""

    def list(
        self, announcement_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Results[AnnouncementComment]:
        params = {"limit": limit, "cursor": cursor}
        return self._list(path("announcements", announcement_id, "comments"), AnnouncementComment.parse, params)

    def create(self, announcement_id: str, *, body: str, idempotency_key: str | None = None) -> AnnouncementComment:
        where = path("announcements", announcement_id, "comments")
        return self._post(where, AnnouncementComment, {"body": body}, key=idempotency_key)

    def delete(self, announcement_id: str, comment_id: str) -> None:
        self._delete(path("announcements", announcement_id, "comments", comment_id))


class AnnouncementSteps(ResourceAPI):
    """The life of an announcement. Steps answer it as it is then; `publish` answers the job that it takes."""

    def _step(self, announcement_id: str, step: str, key: str | None, **body: Any) -> Announcement:
        return self._post(path("announcements", announcement_id, step), Announcement, given(**body), key=key)

    def submit(self, announcement_id: str, *, idempotency_key: str | None = None) -> Announcement:
        return self._step(announcement_id, "submit", idempotency_key)

    def approve(
        self, announcement_id: str, *, note: str | None = None, idempotency_key: str | None = None
    ) -> Announcement:
        return self._step(announcement_id, "approve", idempotency_key, note=note)

    def reject(self, announcement_id: str, *, reason: str, idempotency_key: str | None = None) -> Announcement:
        return self._step(announcement_id, "reject", idempotency_key, reason=reason)

    def publish(self, announcement_id: str, *, idempotency_key: str | None = None) -> AnnouncementJob:
        where = path("announcements", announcement_id, "publish")
        return self._post(where, AnnouncementJob, {}, key=idempotency_key)

    def remind(
        self,
        announcement_id: str,
        *,
        employee_ids: Iterable[str] | None = None,
        idempotency_key: str | None = None,
    ) -> AnnouncementJob:
        """Who has something to do still, or those of them that are named."""
        body = given(employee_ids=None if employee_ids is None else [*employee_ids])
        where = path("announcements", announcement_id, "remind")
        return self._post(where, AnnouncementJob, body, key=idempotency_key)

    def schedule(
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
        return self._step(announcement_id, "schedule", idempotency_key, **body)

    def unschedule(self, announcement_id: str, *, idempotency_key: str | None = None) -> Announcement:
        return self._step(announcement_id, "unschedule", idempotency_key)

    def withdraw(
        self, announcement_id: str, *, reason: str | None = None, idempotency_key: str | None = None
    ) -> Announcement:
        return self._step(announcement_id, "withdraw", idempotency_key, reason=reason)

    def archive(self, announcement_id: str, *, idempotency_key: str | None = None) -> Announcement:
        return self._step(announcement_id, "archive", idempotency_key)

    def pin(
        self, announcement_id: str, *, until: datetime, order: int | None = None, idempotency_key: str | None = None
    ) -> Announcement:
        return self._step(announcement_id, "pin", idempotency_key, until=until, order=order)

    def unpin(self, announcement_id: str, *, idempotency_key: str | None = None) -> Announcement:
        return self._step(announcement_id, "unpin", idempotency_key)

    def hand_over(self, announcement_id: str, *, employee_id: str, idempotency_key: str | None = None) -> Announcement:
        return self._step(announcement_id, "hand-over", idempotency_key, employee_id=employee_id)


class AnnouncementCategories(ResourceAPI):
    """What announcements are about, and who reviews them."""

    def list(
        self, *, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> Results[AnnouncementCategory]:
        params = {"limit": limit, "cursor": cursor}
        return self._list("/announcement-categories", AnnouncementCategory.parse, params, filters)

    def get(self, category_id: str) -> AnnouncementCategory:
        return self._get(path("announcement-categories", category_id), AnnouncementCategory)

    def create(
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
        return self._post("/announcement-categories", AnnouncementCategory, body, key=idempotency_key)

    def update(self, category_id: str, *, if_match: str, **fields: Any) -> AnnouncementCategory:
        where = path("announcement-categories", category_id)
        return self._patch(where, AnnouncementCategory, fields, if_match=if_match)

    def delete(self, category_id: str, *, if_match: str | None = None) -> None:
        self._delete(path("announcement-categories", category_id), if_match=if_match)
