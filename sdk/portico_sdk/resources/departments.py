from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portico_sdk._encoding import path, query
from portico_sdk.models import Department, DepartmentNode, Employee
from portico_sdk.pages import Results
from portico_sdk.resources._base import ResourceAPI, given


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
    ) -> Results[Department]:
        params = {"q": q, "sort": sort, "limit": limit, "cursor": cursor, "fields": fields}
        return self._list("/departments", Department.parse, params, filters)

    def tree(self, *, depth: int | None = None) -> tuple[DepartmentNode, ...]:
        """The roots, each with what is below it, `depth` levels in all."""
        body = self._transport.request("GET", "/departments/tree", params=query({"depth": depth})).body
        return tuple(DepartmentNode.parse(node) for node in body["data"])

    def members(
        self,
        department_id: str,
        *,
        recursive: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Results[Employee]:
        params = {"recursive": recursive, "limit": limit, "cursor": cursor}
        return self._list(path("departments", department_id, "members"), Employee.parse, params)

    def get(self, department_id: str) -> Department:
        return self._get(path("departments", department_id), Department)

    def create(
        self, *, name: str, parent_id: str | None = None, idempotency_key: str | None = None, **fields: Any
    ) -> Department:
        body = {**given(name=name, parent_id=parent_id), **fields}
        return self._post("/departments", Department, body, key=idempotency_key)

    def update(self, department_id: str, *, if_match: str | None = None, **fields: Any) -> Department:
        """Rename, reorder, or move by another `parent_id`."""
        return self._patch(path("departments", department_id), Department, fields, if_match=if_match)

    def move(
        self,
        department_id: str,
        *,
        parent_id: str | None = None,
        sort_order: int | None = None,
        idempotency_key: str | None = None,
    ) -> Department:
        """Below another department, or to the top; everything below comes along."""
        body = {"parent_id": parent_id, **given(sort_order=sort_order)}
        return self._post(path("departments", department_id, "move"), Department, body, key=idempotency_key)

    def archive(
        self, department_id: str, *, move_members_to: str | None = None, idempotency_key: str | None = None
    ) -> Department:
        """Out of the tree, until `unarchive`."""
        body = given(move_members_to=move_members_to)
        return self._post(path("departments", department_id, "archive"), Department, body, key=idempotency_key)

    def unarchive(self, department_id: str, *, idempotency_key: str | None = None) -> Department:
        return self._post(path("departments", department_id, "unarchive"), Department, key=idempotency_key)

    def delete(self, department_id: str, *, move_members_to: str | None = None, if_match: str | None = None) -> None:
        """For good."""
        params = query({"move_members_to": move_members_to})
        self._transport.request("DELETE", path("departments", department_id), params=params, if_match=if_match)

    def put_member(self, department_id: str, employee_id: str, **place: Any) -> Employee:
        """Put somebody there, or change `primary`, `lead`, `title` or `sort_order` of who is."""
        where = path("departments", department_id, "members", employee_id)
        return self._put(where, Employee, place, if_match=None)

    def remove_member(self, department_id: str, employee_id: str) -> None:
        self._delete(path("departments", department_id, "members", employee_id))
