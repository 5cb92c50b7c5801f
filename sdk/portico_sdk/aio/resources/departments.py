# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/departments.py: change that instead.
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portico_sdk._encoding import path, query
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI, given
from portico_sdk.models import Department, DepartmentNode, Employee


class Departments(ResourceAPI):
    """The tree of the company."""

    def list(
        self,
        *,
        q: str | None = None,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        fields: Iterable[str] | None = None,
        **filters: Any,
    ) -> AsyncResults[Department]:
        params = {"q": q, "sort": sort, "limit": limit, "cursor": cursor, "fields": fields}
        return self._list("/departments", Department.parse, params, filters)

    async def tree(self, *, depth: int | None = None) -> tuple[DepartmentNode, ...]:
        """The roots, each with what is below it, `depth` levels in all."""
        body = (await self._transport.request("GET", "/departments/tree", params=query({"depth": depth}))).body
        return tuple(DepartmentNode.parse(node) for node in body["data"])

    def members(
        self,
        department_id: str,
        *,
        recursive: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> AsyncResults[Employee]:
        params = {"recursive": recursive, "limit": limit, "cursor": cursor}
        return self._list(path("departments", department_id, "members"), Employee.parse, params)

    async def get(self, department_id: str) -> Department:
        return await self._get(path("departments", department_id), Department)

    async def create(
        self, *, name: str, parent_id: str | None = None, idempotency_key: str | None = None, **fields: Any
    ) -> Department:
        body = {**given(name=name, parent_id=parent_id), **fields}
        return await self._post("/departments", Department, body, key=idempotency_key)

    async def update(self, department_id: str, *, if_match: str | None = None, **fields: Any) -> Department:
        """Rename, reorder, or move by another `parent_id`."""
        return await self._patch(path("departments", department_id), Department, fields, if_match=if_match)

    async def move(
        self,
        department_id: str,
        *,
        parent_id: str | None = None,
        sort_order: int | None = None,
        idempotency_key: str | None = None,
    ) -> Department:
        """Below another department, or to the top; everything below comes along."""
        body = {"parent_id": parent_id, **given(sort_order=sort_order)}
        return await self._post(path("departments", department_id, "move"), Department, body, key=idempotency_key)

    async def archive(
        self, department_id: str, *, move_members_to: str | None = None, idempotency_key: str | None = None
    ) -> Department:
        """Out of the tree, until `unarchive`."""
        body = given(move_members_to=move_members_to)
        return await self._post(path("departments", department_id, "archive"), Department, body, key=idempotency_key)

    async def unarchive(self, department_id: str, *, idempotency_key: str | None = None) -> Department:
        return await self._post(path("departments", department_id, "unarchive"), Department, key=idempotency_key)

    async def delete(
        self, department_id: str, *, move_members_to: str | None = None, if_match: str | None = None
    ) -> None:
        """For good."""
        params = query({"move_members_to": move_members_to})
        await self._transport.request("DELETE", path("departments", department_id), params=params, if_match=if_match)

    async def put_member(self, department_id: str, employee_id: str, **place: Any) -> Employee:
        """Put somebody there, or change `primary`, `lead`, `title` or `sort_order` of who is."""
        where = path("departments", department_id, "members", employee_id)
        return await self._put(where, Employee, place, if_match=None)

    async def remove_member(self, department_id: str, employee_id: str) -> None:
        await self._delete(path("departments", department_id, "members", employee_id))
