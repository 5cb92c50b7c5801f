# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/approvals.py: change that instead.
from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI, given
from portico_sdk.models import Approval, ApprovalComment, ApprovalDelegation


class Approvals(ResourceAPI):
    """Asking people to decide, and deciding."""

    def list(
        self, *, sort: str | None = None, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> AsyncResults[Approval]:
        return self._list("/approvals", Approval.parse, {"sort": sort, "limit": limit, "cursor": cursor}, filters)

    def inbox(self, *, limit: int | None = None, cursor: str | None = None, **filters: Any) -> AsyncResults[Approval]:
        """What waits for your word."""
        return self._list("/approvals/inbox", Approval.parse, {"limit": limit, "cursor": cursor}, filters)

    async def get(self, approval_id: str) -> Approval:
        return await self._get(path("approvals", approval_id), Approval)

    async def create(
        self,
        *,
        employee_id: str,
        kind: str,
        title: str,
        subject: Mapping[str, Any],
        steps: Iterable[Mapping[str, Any]],
        details: Iterable[Mapping[str, Any]] | None = None,
        expires_at: datetime | str | None = None,
        idempotency_key: str | None = None,
    ) -> Approval:
        """`steps`: `[{"approvers": ["manager"]}, {"approvers": ["role:hr_admin", "emp_…"], "mode": "all"}]`;
        `ConflictError` with `approval_pending` while another request about the subject is open."""
        body = {"employee_id": employee_id, "kind": kind, "title": title, "subject": subject, "steps": list(steps)}
        more = given(details=details, expires_at=expires_at)
        return await self._post("/approvals", Approval, {**body, **more}, key=idempotency_key)

    async def approve(
        self, approval_id: str, *, note: str | None = None, idempotency_key: str | None = None
    ) -> Approval:
        """People only. A repeat answers what stands."""
        return await self._post(
            path("approvals", approval_id, "approve"), Approval, given(note=note), key=idempotency_key
        )

    async def reject(
        self, approval_id: str, *, note: str | None = None, idempotency_key: str | None = None
    ) -> Approval:
        """People only. A repeat answers what stands."""
        return await self._post(
            path("approvals", approval_id, "reject"), Approval, given(note=note), key=idempotency_key
        )

    async def withdraw(
        self, approval_id: str, *, note: str | None = None, idempotency_key: str | None = None
    ) -> Approval:
        return await self._post(
            path("approvals", approval_id, "withdraw"), Approval, given(note=note), key=idempotency_key
        )

    async def comment(self, approval_id: str, *, body: str, idempotency_key: str | None = None) -> ApprovalComment:
        fields = {"body": body}
        return await self._post(path("approvals", approval_id, "comment"), ApprovalComment, fields, key=idempotency_key)

    def comments(
        self, approval_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> AsyncResults[ApprovalComment]:
        query = {"limit": limit, "cursor": cursor}
        return self._list(path("approvals", approval_id, "comments"), ApprovalComment.parse, query)


class ApprovalDelegations(ResourceAPI):
    """Letting somebody else decide for some days; people only."""

    def list(self, *, limit: int | None = None, cursor: str | None = None) -> AsyncResults[ApprovalDelegation]:
        return self._list("/approval-delegations", ApprovalDelegation.parse, {"limit": limit, "cursor": cursor})

    async def create(
        self, *, delegate_id: str, from_on: date | str, until_on: date | str, idempotency_key: str | None = None
    ) -> ApprovalDelegation:
        body = {"delegate_id": delegate_id, "from_on": str(from_on), "until_on": str(until_on)}
        return await self._post("/approval-delegations", ApprovalDelegation, body, key=idempotency_key)

    async def delete(self, delegation_id: str) -> None:
        await self._delete(path("approval-delegations", delegation_id))
