from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.models import Department, DepartmentNode, Employee, Group
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

    def tree(self) -> tuple[DepartmentNode, ...]:
        """The roots, each with what is below it."""
        body = self._transport.request("GET", "/departments/tree").body
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

    def delete(self, department_id: str, *, if_match: str | None = None) -> None:
        self._delete(path("departments", department_id), if_match=if_match)


class Employees(ResourceAPI):
    """The people of the company."""

    def list(
        self,
        *,
        q: str | None = None,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        fields: Iterable[str] | None = None,
        **filters: Any,
    ) -> Results[Employee]:
        params = {"q": q, "sort": sort, "limit": limit, "cursor": cursor, "fields": fields}
        return self._list("/employees", Employee.parse, params, filters)

    def lookup(self, *, ids: Iterable[str] = (), emails: Iterable[str] = ()) -> tuple[Employee, ...]:
        """Up to 100 of each at once. Who is not found is left out."""
        asked = {"ids": ids, "emails": emails}
        body: Mapping[str, Any] = self._transport.request("POST", "/employees/lookup", json=asked).body
        return tuple(Employee.parse(item) for item in body["data"])

    def get(self, employee_id: str) -> Employee:
        return self._get(path("employees", employee_id), Employee)

    def create(self, *, display_name: str, idempotency_key: str | None = None, **fields: Any) -> Employee:
        body = {"display_name": display_name, **fields}
        return self._post("/employees", Employee, body, key=idempotency_key)

    def update(self, employee_id: str, *, if_match: str | None = None, **fields: Any) -> Employee:
        return self._patch(path("employees", employee_id), Employee, fields, if_match=if_match)

    def suspend(self, employee_id: str, *, idempotency_key: str | None = None) -> Employee:
        return self._post(path("employees", employee_id, "suspend"), Employee, key=idempotency_key)

    def reactivate(self, employee_id: str, *, idempotency_key: str | None = None) -> Employee:
        return self._post(path("employees", employee_id, "reactivate"), Employee, key=idempotency_key)

    def depart(self, employee_id: str, *, idempotency_key: str | None = None) -> Employee:
        """The person left; the login ends in the same moment."""
        return self._post(path("employees", employee_id, "depart"), Employee, key=idempotency_key)


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
