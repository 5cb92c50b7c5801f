"""Approvals over the API."""

from __future__ import annotations

from typing import Any

from portico.domains.approvals import queries, schemas, service
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery, Page
from portico.web.api import ApiBlueprint, Created

blp = ApiBlueprint("approvals", "Approvals", "Who asks whom for approval, of what, and what was decided.")
_ONE = '/approvals/<id("apv"):approval_id>'
_DECIDING = ("approval_closed", "not_your_turn")


@blp.get(
    "/approvals", scope="approvals:read", listing=queries.APPROVALS, answer=schemas.Approval, summary="List approvals"
)
def list_approvals(actor: Actor, query: ListQuery) -> Page:
    """A person's: what they asked for and what they decide. An app's: what it asked for, and what the workplace itself
    was asked by the people in its range."""
    return queries.page_of_approvals(actor, query)


@blp.post(
    "/approvals",
    scope="approvals:write",
    body=schemas.ApprovalCreate,
    answer=schemas.Approval,
    status=201,
    summary="Ask for approval",
    refusals=("approval_pending",),
)
def create_approval(actor: Actor, body: dict[str, Any]) -> Created:
    """A person asks for themselves, an app for an employee in its range. Steps follow one another; in each, `any` of
    its approvers is enough or `all` must agree: ids of employees, `manager`, `department_lead` or `role:<name>`. The
    events `approval.*` of this
    request come to the app that asked, and to no other app."""
    made = service.ask_over_api(actor, body)
    return Created(made, f"/api/v1/approvals/{made['id']}")


@blp.get(
    "/approvals/inbox",
    scope="approvals:read",
    listing=queries.APPROVALS,
    answer=schemas.Approval,
    summary="List what waits for me",
)
def list_approvals_to_decide(actor: Actor, query: ListQuery) -> Page:
    """What waits for your word now, also in the place of who delegated to you."""
    return queries.inbox(actor, query)


@blp.get(_ONE, scope="approvals:read", answer=schemas.Approval, summary="Read an approval")
def get_approval(actor: Actor, approval_id: str) -> Any:
    return queries.approval(actor, approval_id)


@blp.post(
    f"{_ONE}/approve",
    scope="approvals:write",
    body=schemas.ApprovalNote,
    optional_body=True,
    answer=schemas.Approval,
    people_only=True,
    summary="Approve",
    refusals=_DECIDING,
)
def approve_approval(actor: Actor, approval_id: str, body: dict[str, Any]) -> Any:
    """Nobody decides about what they asked for. Repeating it changes nothing."""
    return service.decide(actor, approval_id, "approved", **body)


@blp.post(
    f"{_ONE}/reject",
    scope="approvals:write",
    body=schemas.ApprovalNote,
    optional_body=True,
    answer=schemas.Approval,
    people_only=True,
    summary="Reject",
    refusals=_DECIDING,
)
def reject_approval(actor: Actor, approval_id: str, body: dict[str, Any]) -> Any:
    """One no is enough, in every step. Repeating it changes nothing."""
    return service.decide(actor, approval_id, "rejected", **body)


@blp.post(
    f"{_ONE}/withdraw",
    scope="approvals:write",
    body=schemas.ApprovalNote,
    optional_body=True,
    answer=schemas.Approval,
    summary="Withdraw",
    refusals=("approval_closed",),
)
def withdraw_approval(actor: Actor, approval_id: str, body: dict[str, Any]) -> Any:
    """By whom it was asked. Repeating it changes nothing."""
    return service.withdraw(actor, approval_id, **body)


@blp.post(
    f"{_ONE}/comment",
    scope="approvals:write",
    body=schemas.ApprovalCommentCreate,
    answer=schemas.ApprovalComment,
    status=201,
    summary="Comment on an approval",
    refusals=("too_many_comments",),
)
def comment_on_approval(actor: Actor, approval_id: str, body: dict[str, Any]) -> Created:
    made = service.comment(actor, approval_id, body["body"])
    return Created(made, f"/api/v1/approvals/{approval_id}/comments")


@blp.get(
    f"{_ONE}/comments",
    scope="approvals:read",
    listing=queries.COMMENTS,
    answer=schemas.ApprovalComment,
    summary="List the comments on an approval",
)
def list_approval_comments(actor: Actor, approval_id: str, query: ListQuery) -> Page:
    return queries.page_of_comments(actor, approval_id, query)


@blp.get(
    "/approval-delegations",
    scope="approvals:read",
    listing=queries.DELEGATIONS,
    answer=schemas.ApprovalDelegation,
    people_only=True,
    summary="List my delegations",
)
def list_approval_delegations(actor: Actor, query: ListQuery) -> Page:
    return queries.page_of_delegations(actor, query)


@blp.post(
    "/approval-delegations",
    scope="approvals:write",
    body=schemas.ApprovalDelegationCreate,
    answer=schemas.ApprovalDelegation,
    status=201,
    people_only=True,
    summary="Let somebody else decide",
    refusals=("too_many_delegations",),
)
def create_approval_delegation(actor: Actor, body: dict[str, Any]) -> Created:
    """For whole days of your own zone. What the other one asked for stays yours to decide."""
    made = service.delegate(actor, body)
    return Created(made, f"/api/v1/approval-delegations/{made['id']}")


@blp.delete(
    '/approval-delegations/<id("adl"):delegation_id>',
    scope="approvals:write",
    status=204,
    people_only=True,
    summary="End a delegation",
)
def delete_approval_delegation(actor: Actor, delegation_id: str) -> None:
    service.end_delegation(actor, delegation_id)
