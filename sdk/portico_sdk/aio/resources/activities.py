# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/activities.py: change that instead.
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI
from portico_sdk.models import Activity, Consent


class ContactActivities(ResourceAPI):
    """What happens with contacts: `client.contacts.activities`."""

    def list(
        self,
        contact_id: str,
        *,
        kinds: Iterable[str] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        **filters: Any,
    ) -> AsyncResults[Activity]:
        """The timeline, the newest first."""
        params = {"kinds": kinds, "limit": limit, "cursor": cursor}
        return self._list(path("contacts", contact_id, "timeline"), Activity.parse, params, filters)

    async def get(self, contact_id: str, activity_id: str) -> Activity:
        return await self._get(path("contacts", contact_id, "activities", activity_id), Activity)

    async def create(
        self, contact_id: str, *, kind: str, body: str | None = None, idempotency_key: str | None = None, **fields: Any
    ) -> Activity:
        """With a `source_ref` of your own, the same call again answers the same activity."""
        return await self._post(
            path("contacts", contact_id, "activities"),
            Activity,
            {"kind": kind, **({} if body is None else {"body": body}), **fields},
            key=idempotency_key,
        )


class ContactConsents(ResourceAPI):
    """What contacts agreed to: `client.contacts.consents`."""

    def list(self, contact_id: str, *, limit: int | None = None, **filters: Any) -> AsyncResults[Consent]:
        """`is_current=True` shows what holds now."""
        return self._list(path("contacts", contact_id, "consents"), Consent.parse, {"limit": limit}, filters)

    async def create(
        self,
        contact_id: str,
        *,
        channel: str,
        purpose: str,
        status: str,
        idempotency_key: str | None = None,
        **fields: Any,
    ) -> Consent:
        """`status` is granted, denied or withdrawn; perhaps `basis`, `source` and `at`."""
        body = {"channel": channel, "purpose": purpose, "status": status, **fields}
        return await self._post(path("contacts", contact_id, "consents"), Consent, body, key=idempotency_key)
