"""Operations of identity: who am I, and the members of the workspace."""

from __future__ import annotations

from typing import Any

from flask import current_app

from portico.domains.identity import queries, roles, schemas, service
from portico.kernel import authn
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery
from portico.web.api import ApiBlueprint, Created

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


_ROLE = '/roles/<id("rol"):role_id>'


@blp.get(
    "/roles",
    scope="members:read",
    listing=roles.ROLES_LISTING,
    answer=schemas.Role,
    people_only=True,
    summary="List the roles that the workspace made",
)
def list_roles(actor: Actor, query: ListQuery) -> Any:
    """The built-in ones are not among them."""
    return roles.page_of_roles(actor, query)


@blp.get(_ROLE, scope="members:read", answer=schemas.Role, people_only=True, summary="Read a role")
def get_role(actor: Actor, role_id: str) -> Any:
    return roles.role(actor, role_id)


@blp.post(
    "/roles",
    scope="members:write",
    body=schemas.RoleCreate,
    answer=schemas.Role,
    status=201,
    people_only=True,
    summary="Make a role",
    refusals=("role_name_taken",),
)
def create_role(actor: Actor, body: dict[str, Any]) -> Created:
    """Within what the caller's own role includes. Give it by `PATCH /members/{id} {role: "rol_…"}`."""
    made = service.create_role(actor, **body)
    return Created(made, f"/api/v1/roles/{made['id']}")


@blp.patch(
    _ROLE,
    scope="members:write",
    body=schemas.RoleUpdate,
    answer=schemas.Role,
    people_only=True,
    versioned=True,
    summary="Change a role",
    refusals=("role_name_taken",),
)
def update_role(actor: Actor, role_id: str, body: dict[str, Any], expected_version: int | None) -> Any:
    """`scopes` replaces all of them. It counts from the next request of whoever has the role."""
    return service.update_role(actor, role_id, body, expected_version=expected_version)


@blp.delete(
    _ROLE,
    scope="members:write",
    status=204,
    parameters={"move_to": False},
    people_only=True,
    summary="Delete a role",
    refusals=("role_in_use",),
)
def delete_role(actor: Actor, role_id: str, move_to: str | None = None) -> None:
    """Whoever has it, and whoever is invited into it, has `move_to` then."""
    service.delete_role(actor, role_id, move_to=move_to)
