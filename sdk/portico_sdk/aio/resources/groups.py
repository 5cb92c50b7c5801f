# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/groups.py: change that instead.
from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI, given
from portico_sdk.models import Employee, Group, RulePreview


class Groups(ResourceAPI):
    """People who belong together across departments."""

    def list(
        self,
        *,
        q: str | None = None,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        fields: Iterable[str] | None = None,
        **filters: Any,
    ) -> AsyncResults[Group]:
        params = {"q": q, "sort": sort, "limit": limit, "cursor": cursor, "fields": fields}
        return self._list("/groups", Group.parse, params, filters)

    async def get(self, group_id: str) -> Group:
        return await self._get(path("groups", group_id), Group)

    async def create(
        self,
        *,
        name: str,
        description: str | None = None,
        kind: str | None = None,
        rule: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> Group:
        body = given(name=name, description=description, kind=kind, rule=rule)
        return await self._post("/groups", Group, body, key=idempotency_key)

    async def set_rule(self, group_id: str, rule: Mapping[str, Any], *, if_match: str) -> Group:
        """Another rule for a dynamic group. Nobody overwrites one that they have not read: `if_match` is needed."""
        return await self._put(path("groups", group_id, "rule"), Group, {"rule": rule}, if_match=if_match)

    async def preview(self, rule: Mapping[str, Any]) -> RulePreview:
        """Whom a rule would match."""
        return await self._post("/groups/preview", RulePreview, {"rule": rule})

    async def update(self, group_id: str, *, if_match: str | None = None, **fields: Any) -> Group:
        return await self._patch(path("groups", group_id), Group, fields, if_match=if_match)

    async def delete(self, group_id: str, *, if_match: str | None = None) -> None:
        await self._delete(path("groups", group_id), if_match=if_match)

    def members(self, group_id: str, *, limit: int | None = None, cursor: str | None = None) -> AsyncResults[Employee]:
        return self._list(path("groups", group_id, "members"), Employee.parse, {"limit": limit, "cursor": cursor})

    async def change_members(self, group_id: str, *, add: Iterable[str] = (), remove: Iterable[str] = ()) -> Group:
        body = {"add": [*add], "remove": [*remove]}
        return await self._patch(path("groups", group_id, "members"), Group, body, if_match=None)
