"""Categories of announcements over the API."""

from __future__ import annotations

from typing import Any

from portico.domains.announcements import queries, schemas, service
from portico.domains.announcements.api.blueprint import blp
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery, Page
from portico.web.api import Created

_ONE = '/announcement-categories/<id("acg"):category_id>'


@blp.get(
    "/announcement-categories",
    scope="announcements:read",
    listing=queries.CATEGORIES,
    answer=schemas.AnnouncementCategory,
    summary="List categories of announcements",
)
def list_announcement_categories(actor: Actor, query: ListQuery) -> Page:
    return queries.page_of_categories(actor, query)


@blp.post(
    "/announcement-categories",
    scope="announcements:admin",
    body=schemas.AnnouncementCategoryCreate,
    answer=schemas.AnnouncementCategory,
    status=201,
    summary="Add a category of announcements",
    refusals=("announcement_category_exists",),
)
def create_announcement_category(actor: Actor, body: dict[str, Any]) -> Created:
    """With `requires_review`, one of `approver_ids` says yes before an announcement of it is published."""
    made = service.create_category(actor, body)
    return Created(made, f"/api/v1/announcement-categories/{made['id']}")


@blp.get(
    _ONE, scope="announcements:read", answer=schemas.AnnouncementCategory, summary="Read a category of announcements"
)
def get_announcement_category(actor: Actor, category_id: str) -> Any:
    return queries.category(actor, category_id)


@blp.patch(
    _ONE,
    scope="announcements:admin",
    body=schemas.AnnouncementCategoryUpdate,
    answer=schemas.AnnouncementCategory,
    versioned=True,
    must_match=True,
    summary="Change a category of announcements",
    refusals=("announcement_category_exists",),
)
def update_announcement_category(
    actor: Actor, category_id: str, body: dict[str, Any], expected_version: int | None
) -> Any:
    return service.update_category(actor, category_id, body, expected_version=expected_version)


@blp.delete(
    _ONE,
    scope="announcements:admin",
    versioned=True,
    status=204,
    summary="Delete a category of announcements",
    refusals=("announcement_category_in_use",),
)
def delete_announcement_category(actor: Actor, category_id: str, expected_version: int | None) -> None:
    """One that no announcement has."""
    service.delete_category(actor, category_id, expected_version=expected_version)
