"""Operations on the API log."""

from __future__ import annotations

from typing import Any

from portico.domains.api_log import queries, schemas
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery
from portico.web.api import ApiBlueprint

blp = ApiBlueprint("api_log", "Apps")
_REQUESTS = '/apps/<id("app"):app_id>/requests'


@blp.get(
    _REQUESTS,
    scope="apps:read",
    listing=queries.REQUESTS,
    answer=schemas.ApiRequest,
    people_only=True,
    summary="List what an own app asked of the API",
)
def list_app_requests(actor: Actor, app_id: str, query: ListQuery) -> Any:
    """Newest first, in this workspace. A call stands here within a few seconds and is kept for 7 days, unless the
    instance says otherwise. `filter[request_id]` finds it by its `X-Request-Id`."""
    return queries.page_of_requests(actor, query, app_id)


@blp.get(
    f'{_REQUESTS}/<id("req"):logged_id>',
    scope="apps:read",
    answer=schemas.ApiRequest,
    people_only=True,
    summary="Read a call of an own app",
)
def get_app_request(actor: Actor, app_id: str, logged_id: str) -> Any:
    return queries.request_of_app(actor, app_id, logged_id)
