# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/employees.py: change that instead.
from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI, given
from portico_sdk.models import Employee, PastDepartment, RuleField


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
    ) -> AsyncResults[Employee]:
        params = {"q": q, "sort": sort, "limit": limit, "cursor": cursor, "fields": fields}
        return self._list("/employees", Employee.parse, params, filters)

    async def lookup(
        self,
        *,
        ids: Iterable[str] = (),
        emails: Iterable[str] = (),
        employee_nos: Iterable[str] = (),
        external_ids: Iterable[str] = (),
    ) -> tuple[Employee, ...]:
        """Up to 100 at once, all together. Who is not found is left out."""
        asked = {"ids": ids, "emails": emails, "employee_nos": employee_nos, "external_ids": external_ids}
        asked = {name: values for name, given in asked.items() if (values := [*given])}
        body: Mapping[str, Any] = (await self._transport.request("POST", "/employees/lookup", json=asked)).body
        return tuple(Employee.parse(item) for item in body["data"])

    async def fields(self) -> tuple[RuleField, ...]:
        """What rules of groups and of audiences can ask."""
        body: Mapping[str, Any] = (await self._transport.request("GET", "/employees/fields")).body
        return tuple(RuleField.parse(item) for item in body["data"])

    async def get(self, employee_id: str) -> Employee:
        return await self._get(path("employees", employee_id), Employee)

    async def create(self, *, display_name: str, idempotency_key: str | None = None, **fields: Any) -> Employee:
        body = {"display_name": display_name, **fields}
        return await self._post("/employees", Employee, body, key=idempotency_key)

    async def update(self, employee_id: str, *, if_match: str | None = None, **fields: Any) -> Employee:
        return await self._patch(path("employees", employee_id), Employee, fields, if_match=if_match)

    async def suspend(self, employee_id: str, *, idempotency_key: str | None = None) -> Employee:
        return await self._post(path("employees", employee_id, "suspend"), Employee, key=idempotency_key)

    async def reactivate(self, employee_id: str, *, idempotency_key: str | None = None) -> Employee:
        return await self._post(path("employees", employee_id, "reactivate"), Employee, key=idempotency_key)

    async def depart(
        self,
        employee_id: str,
        *,
        leaves_on: date | None = None,
        reassign_reports_to: str | None = None,
        idempotency_key: str | None = None,
    ) -> Employee:
        """The person left; the login ends in the same moment."""
        body = given(leaves_on=leaves_on, reassign_reports_to=reassign_reports_to)
        return await self._post(path("employees", employee_id, "depart"), Employee, body, key=idempotency_key)

    async def rehire(self, employee_id: str, *, idempotency_key: str | None = None, **fields: Any) -> Employee:
        """The person came back: `departments`, `hired_on`, and an address or number where theirs is taken."""
        return await self._post(path("employees", employee_id, "rehire"), Employee, fields, key=idempotency_key)

    def reports(
        self, employee_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> AsyncResults[Employee]:
        """Who reports directly to this one."""
        return self._list(path("employees", employee_id, "reports"), Employee.parse, {"limit": limit, "cursor": cursor})

    async def past_departments(self, employee_id: str) -> tuple[PastDepartment, ...]:
        body = (await self._transport.request("GET", path("employees", employee_id, "past-departments"))).body
        return tuple(PastDepartment.parse(item) for item in body["data"])

    async def card(self, employee_id: str) -> bytes:
        """The vCard."""
        return await self._transport.download(path("employees", employee_id, "card.vcf"))
