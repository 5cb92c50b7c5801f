# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/attendance_groups.py: change that instead.
"""Attendance groups."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI, given
from portico_sdk.aio.resources.attendance_shifts import day
from portico_sdk.models import AttendanceAssignment, AttendanceGroup, AttendanceGroupVersion

_GROUPS = "/attendance/groups"


def _on(on: date | str | None) -> str | None:
    return None if on is None else day(on)


class AttendanceGroups(ResourceAPI):
    """People who work by the same rules, which stand in versions, each from a date on."""

    def list(
        self, *, sort: str | None = None, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> AsyncResults[AttendanceGroup]:
        return self._list(_GROUPS, AttendanceGroup.parse, {"sort": sort, "limit": limit, "cursor": cursor}, filters)

    async def get(self, group_id: str) -> AttendanceGroup:
        return await self._get(path("attendance", "groups", group_id), AttendanceGroup)

    async def create(
        self,
        *,
        name: str,
        rules: Mapping[str, Any],
        priority: int | None = None,
        effective_from: date | str | None = None,
        idempotency_key: str | None = None,
    ) -> AttendanceGroup:
        body = given(name=name, rules=rules, priority=priority, effective_from=_on(effective_from))
        return await self._post(_GROUPS, AttendanceGroup, body, key=idempotency_key)

    async def update(self, group_id: str, *, if_match: str, **fields: Any) -> AttendanceGroup:
        return await self._patch(path("attendance", "groups", group_id), AttendanceGroup, fields, if_match=if_match)

    async def delete(self, group_id: str, *, if_match: str) -> None:
        await self._delete(path("attendance", "groups", group_id), if_match=if_match)

    def versions(
        self, group_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> AsyncResults[AttendanceGroupVersion]:
        where = path("attendance", "groups", group_id, "versions")
        return self._list(where, AttendanceGroupVersion.parse, {"limit": limit, "cursor": cursor})

    async def add_version(
        self,
        group_id: str,
        *,
        effective_from: date | str,
        rules: Mapping[str, Any],
        idempotency_key: str | None = None,
    ) -> AttendanceGroupVersion:
        body = {"effective_from": day(effective_from), "rules": rules}
        where = path("attendance", "groups", group_id, "versions")
        return await self._post(where, AttendanceGroupVersion, body, key=idempotency_key)

    async def delete_version(self, group_id: str, version_id: str, *, if_match: str) -> None:
        await self._delete(path("attendance", "groups", group_id, "versions", version_id), if_match=if_match)

    def members(
        self, group_id: str, *, on: date | str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> AsyncResults[AttendanceAssignment]:
        where = path("attendance", "groups", group_id, "members")
        return self._list(where, AttendanceAssignment.parse, {"on": _on(on), "limit": limit, "cursor": cursor})

    def overlaps(
        self, *, on: date | str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> AsyncResults[AttendanceAssignment]:
        """Whom several groups claim, so that none has them."""
        asked = {"on": _on(on), "limit": limit, "cursor": cursor}
        return self._list("/attendance/overlaps", AttendanceAssignment.parse, asked)
