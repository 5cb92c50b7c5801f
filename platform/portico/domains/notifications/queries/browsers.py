"""In which browsers people are told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import select

from portico.domains.identity.models import Session
from portico.domains.notifications.channels import Subscribed
from portico.domains.notifications.models import PushKey, PushSubscription
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.secrets import keyring
from portico.kernel.unit_of_work import session
from portico.kernel.web_push import Browser

_key = PushKey.__table__.c
_one = PushSubscription.__table__.c
_session = Session.__table__.c


def sealed_key(key_id: str, workspace_id: str) -> str:
    return f"push_key|sealed|{key_id}|{workspace_id}"


def sealed_browser(subscription_id: str, workspace_id: str) -> str:
    return f"push_subscription|sealed|{subscription_id}|{workspace_id}"


def key_of(workspace_id: str) -> bytes | None:
    """The private key by which a workspace names itself to push services."""
    row = session().execute(select(_key.id, _key.sealed).where(_key.workspace_id == workspace_id)).one_or_none()
    return None if row is None else keyring().unseal(row.sealed, sealed_key(row.id, workspace_id))


def _living(workspace_id: str) -> Any:
    """Whose session goes on."""
    return (
        select(PushSubscription.__table__)
        .join(Session.__table__, _session.id == _one.session_id)
        .where(_one.workspace_id == workspace_id, _session.expires_at > clock.now())
    )


def browsers_of(workspace_id: str, employee_id: str) -> tuple[Subscribed, ...]:
    rows = session().execute(_living(workspace_id).where(_one.employee_id == employee_id).order_by(_one.id))
    return tuple(
        Subscribed(row.id, Browser(**orjson.loads(keyring().unseal(row.sealed, sealed_browser(row.id, workspace_id)))))
        for row in rows
    )


def with_browsers(workspace_id: str, employee_ids: Iterable[str]) -> set[str]:
    """Those of them who are told in some browser."""
    found = _living(workspace_id).with_only_columns(_one.employee_id).distinct()
    return set(session().scalars(found.where(_one.employee_id.in_(sorted(set(employee_ids))))))


def listed(actor: Actor) -> list[dict[str, Any]]:
    """The actor's own, the newest first, without where they are."""
    found = _living(actor.workspace_id).where(_one.employee_id == actor.employee_id).order_by(_one.id.desc())
    return [
        {"id": row.id, "session_id": row.session_id, "user_agent": row.user_agent, "created_at": row.created_at}
        for row in session().execute(found)
    ]
