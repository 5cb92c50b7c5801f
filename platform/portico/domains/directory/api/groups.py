"""Groups: people who belong together across departments."""

from __future__ import annotations

from typing import Any

from portico.domains.directory import groups, queries, schemas, service
from portico.domains.directory.api.blueprint import READ, WRITE, blp
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery
from portico.web.api import Created

GROUP = '/groups/<id("grp"):group_id>'


@blp.get("/groups", scope=READ, listing=groups.GROUPS, answer=schemas.Group, summary="List groups")
def list_groups(actor: Actor, query: ListQuery) -> Any:
    return groups.page_of_groups(actor, query)


@blp.post(
    "/groups",
    scope=WRITE,
    body=schemas.GroupCreate,
    answer=schemas.Group,
    status=201,
    summary="Make a group",
    refusals=("group_exists", "too_many_dynamic_groups", "out_of_range"),
)
def create_group(actor: Actor, body: dict[str, Any]) -> Created:
    """A `static` one begins without people; the people of a `dynamic` one are those whom its `rule` matches, at each
    time. A rule that asks for what the caller may not see is 422 with the code `scope`."""
    row = service.create_group(actor, **body)
    return Created(row, f"/api/v1/groups/{row['id']}")


@blp.get(GROUP, scope=READ, answer=schemas.Group, summary="Read a group")
def get_group(actor: Actor, group_id: str) -> Any:
    return groups.shown_group(actor, group_id)


@blp.put(
    f"{GROUP}/rule",
    scope=WRITE,
    body=schemas.GroupRule,
    answer=schemas.Group,
    versioned=True,
    must_match=True,
    summary="Change whom a dynamic group is of",
    refusals=("group_is_static", "out_of_range"),
)
def set_group_rule(actor: Actor, group_id: str, body: dict[str, Any], expected_version: int | None) -> Any:
    """Needs `If-Match`."""
    return service.set_rule(actor, group_id, body["rule"], expected_version)


@blp.post(
    "/groups/preview",
    scope=READ,
    body=schemas.GroupRule,
    answer=schemas.Preview,
    reads="employee",
    summary="See whom a rule would match",
)
def preview_group(actor: Actor, body: dict[str, Any]) -> Any:
    """Of those whom the caller may see; nothing is kept."""
    return groups.preview(actor, body["rule"])


@blp.patch(
    GROUP,
    scope=WRITE,
    body=schemas.GroupUpdate,
    answer=schemas.Group,
    versioned=True,
    summary="Rename or describe a group",
    refusals=("group_exists", "stale"),
)
def update_group(actor: Actor, group_id: str, body: dict[str, Any], expected_version: int | None) -> Any:
    return service.update_group(actor, group_id, body, expected_version)


@blp.delete(GROUP, scope=WRITE, status=204, versioned=True, summary="Delete a group", refusals=("stale",))
def delete_group(actor: Actor, group_id: str, expected_version: int | None) -> None:
    service.delete_group(actor, group_id, expected_version)


@blp.get(
    f"{GROUP}/members",
    scope=READ,
    listing=queries.EMPLOYEES,
    answer=schemas.Employee,
    reads="employee",
    summary="List the people of a group",
)
def list_group_members(actor: Actor, group_id: str, query: ListQuery) -> Any:
    return groups.members_of(actor, group_id, query)


@blp.patch(
    f"{GROUP}/members",
    scope=WRITE,
    body=schemas.GroupMembersChange,
    answer=schemas.Group,
    summary="Put people into a group and take people out",
    refusals=("group_is_dynamic", "out_of_range"),
)
def change_group_members(actor: Actor, group_id: str, body: dict[str, Any]) -> Any:
    service.change_members(actor, group_id, **body)
    return groups.shown_group(actor, group_id)
