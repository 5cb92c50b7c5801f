from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.models import Employee, Group
from portico_sdk.pages import Results
from portico_sdk.resources._base import ResourceAPI, given


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
    ) -> Results[Group]:
        params = {"q": q, "sort": sort, "limit": limit, "cursor": cursor, "fields": fields}
        return self._list("/groups", Group.parse, params, filters)

    def get(self, group_id: str) -> Group:
        return self._get(path("groups", group_id), Group)

    def create(self, *, name: str, description: str | None = None, idempotency_key: str | None = None) -> Group:
        return self._post("/groups", Group, given(name=name, description=description), key=idempotency_key)

    def update(self, group_id: str, *, if_match: str | None = None, **fields: Any) -> Group:
        return self._patch(path("groups", group_id), Group, fields, if_match=if_match)

    def delete(self, group_id: str, *, if_match: str | None = None) -> None:
        self._delete(path("groups", group_id), if_match=if_match)

    def members(self, group_id: str, *, limit: int | None = None, cursor: str | None = None) -> Results[Employee]:
        return self._list(path("groups", group_id, "members"), Employee.parse, {"limit": limit, "cursor": cursor})

    def change_members(self, group_id: str, *, add: Iterable[str] = (), remove: Iterable[str] = ()) -> Group:
        body = {"add": [*add], "remove": [*remove]}
        return self._patch(path("groups", group_id, "members"), Group, body, if_match=None)
