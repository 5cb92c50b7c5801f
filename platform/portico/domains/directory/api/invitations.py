"""Invitations by e-mail."""

from __future__ import annotations

from typing import Any

from portico.domains.directory import queries, schemas, service
from portico.domains.directory.api.blueprint import blp
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery
from portico.kernel.schemas import Nothing
from portico.web.api import Created

INVITATION = '/invitations/<id("inv"):invitation_id>'


@blp.get(
    "/invitations",
    scope="members:read",
    listing=queries.INVITATIONS,
    answer=schemas.Invitation,
    people_only=True,
    summary="List invitations",
)
def list_invitations(actor: Actor, query: ListQuery) -> Any:
    return queries.page_of_invitations(actor, query)


@blp.post(
    "/invitations",
    scope="members:write",
    body=schemas.InvitationCreate,
    answer=schemas.Invitation,
    status=201,
    people_only=True,
    summary="Invite a person by e-mail",
    refusals=("email_taken",),
)
def create_invitation(actor: Actor, body: dict[str, Any]) -> Created:
    row = service.invite(actor, **body)
    return Created(row, f"/api/v1/invitations/{row.id}")


@blp.get(
    INVITATION,
    scope="members:read",
    answer=schemas.Invitation,
    people_only=True,
    summary="Read an invitation",
)
def get_invitation(actor: Actor, invitation_id: str) -> Any:
    return queries.invitation(actor, invitation_id)


@blp.post(
    f"{INVITATION}/resend",
    scope="members:write",
    body=Nothing,
    optional_body=True,
    answer=schemas.Invitation,
    people_only=True,
    summary="Send a new link; the old one dies",
    refusals=("invitation_over",),
)
def resend_invitation(actor: Actor, invitation_id: str, body: dict[str, Any]) -> Any:
    return service.resend(actor, invitation_id)


@blp.delete(
    INVITATION,
    scope="members:write",
    status=204,
    people_only=True,
    summary="Withdraw an invitation",
    refusals=("invitation_over",),
)
def withdraw_invitation(actor: Actor, invitation_id: str) -> None:
    service.withdraw(actor, invitation_id)
