"""Operations of dev sessions: an app that runs on its developer's machine."""

from __future__ import annotations

from typing import Any

from portico.domains.installations import dev_session_schemas as schemas
from portico.domains.installations import service
from portico.domains.installations.api.installations import blp
from portico.kernel.actor import Actor
from portico.kernel.schemas import Nothing
from portico.web.api import Created

_ALL = '/apps/<id("app"):app_id>/dev-sessions'
_ONE = f'{_ALL}/<id("dvs"):session_id>'


@blp.post(
    _ALL,
    scope="apps:write",
    body=schemas.DevSessionCreate,
    answer=schemas.DevSession,
    status=201,
    people_only=True,
    refusals=("app_not_installed", "dev_needs_admin"),
    summary="Run an own app on your machine",
)
def create_dev_session(actor: Actor, app_id: str, body: dict[str, Any]) -> Any:
    """Events, actions, cards and lifecycle calls of the app in this workspace go to `tunnel_url`, which you read as
    server-sent events; in your own browser its pages come from `local_url`. Renew it before `expires_at`."""
    row = service.start_dev_session(actor, app_id, **body)
    return Created(row, f"/api/v1/apps/{app_id}/dev-sessions/{row['id']}")


@blp.post(
    f"{_ONE}/renew",
    scope="apps:write",
    body=Nothing,
    optional_body=True,
    answer=schemas.DevSession,
    people_only=True,
    refusals=("app_not_installed", "dev_needs_admin"),
    summary="Keep a dev session alive",
)
def renew_dev_session(actor: Actor, app_id: str, session_id: str, body: dict[str, Any]) -> Any:
    return service.renew_dev_session(actor, app_id, session_id)


@blp.delete(_ONE, scope="apps:write", status=204, people_only=True, summary="End a dev session")
def delete_dev_session(actor: Actor, app_id: str, session_id: str) -> None:
    """At once everything goes where it went before."""
    service.end_dev_session(actor, app_id, session_id)
