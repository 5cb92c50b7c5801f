"""Operations of identity: who am I, and the members of the workspace."""

from __future__ import annotations

from typing import Any

from flask import current_app

from portico.domains.identity import queries, schemas, service
from portico.kernel import authn
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery
from portico.web.api import ApiBlueprint

blp = ApiBlueprint("identity", "Identity")


@blp.get("/me", answer=schemas.Me, summary="Who the token is")
def get_me(actor: Actor) -> dict[str, Any]:
    return {
        "actor": {name: value for name, value in actor.as_dict().items() if value is not None},
        "scopes": sorted(actor.scopes),
        "role": actor.role,
        "limits": current_app.extensions["portico_limits"].quotas(actor),
        "streams_url": current_app.extensions["portico_settings"].streams_url,
        **authn.about_me(actor),
    }


@blp.get("/workspace", scope="workspace:read", answer=schemas.Workspace, summary="Read the workspace")
def get_workspace(actor: Actor) -> Any:
    return queries.workspace(actor.workspace_id)


@blp.patch(
    "/workspace",
    scope="workspace:write",
    body=schemas.WorkspaceUpdate,
    answer=schemas.Workspace,
    people_only=True,
    versioned=True,
    summary="Change the settings of the workspace",
    refusals=("own_factor_first",),
)
def update_workspace(actor: Actor, body: dict[str, Any], expected_version: int | None) -> Any:
    """Absent fields stay. Whoever requires a second factor has one; what is kept of who looked is never kept longer
    than the operator of the instance decided."""
    return service.change_workspace(actor, body, expected_version=expected_version)


@blp.get(
    "/members",
    scope="members:read",
    listing=queries.MEMBERS,
    answer=schemas.Member,
    people_only=True,
    summary="List members",
)
def list_members(actor: Actor, query: ListQuery) -> Any:
    return queries.page_of_members(actor, query)


@blp.get(
    '/members/<id("mem"):member_id>',
    scope="members:read",
    answer=schemas.Member,
    people_only=True,
    summary="Read a member",
)
def get_member(actor: Actor, member_id: str) -> Any:
    return queries.member(actor, member_id)


@blp.patch(
    '/members/<id("mem"):member_id>',
    scope="members:write",
    body=schemas.MemberUpdate,
    answer=schemas.Member,
    people_only=True,
    versioned=True,
    summary="Change a member's role",
    refusals=("last_owner",),
)
def update_member(actor: Actor, member_id: str, body: dict[str, Any], expected_version: int | None) -> Any:
    service.change_role(actor, member_id, body["role"], expected_version)
    return queries.member(actor, member_id)


@blp.post(
    '/members/<id("mem"):member_id>/reset-two-factor',
    scope="members:write",
    answer=schemas.Member,
    people_only=True,
    summary="Take the second factors off a member who has lost them",
    refusals=("other_workspaces",),
)
def reset_two_factor(actor: Actor, member_id: str) -> Any:
    """Their sessions, tokens and the access of apps end, and they are told by mail. Only owners do it for owners."""
    service.reset_two_factor(actor, member_id)
    return queries.member(actor, member_id)
