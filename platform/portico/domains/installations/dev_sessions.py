"""Which installations run on a developer's machine at this moment, and where they are called then.

What goes to such an app goes to the streams, which pass it on over the connection that `portico-app dev` opened: no
address of the machine is dialled, and none is needed.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, Select, select

from portico import settings
from portico.domains.installations.models import DevSession
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.secrets import keyring
from portico.kernel.unit_of_work import session

_dev = DevSession.__table__.c


def _living(*workspace_ids: str) -> Select[Any]:
    return select(DevSession.__table__).where(_dev.workspace_id.in_(workspace_ids), _dev.expires_at > clock.now())


def of_installation(workspace_id: str, installation_id: str) -> Row[Any] | None:
    """The living session of an installation."""
    return session().execute(_living(workspace_id).where(_dev.installation_id == installation_id)).one_or_none()


def call_urls(workspace_ids: Collection[str], installation_ids: Collection[str]) -> dict[str, str]:
    """Where those of these installations are called that run on a developer's machine, in one statement."""
    if not installation_ids:
        return {}
    rows = session().execute(_living(*workspace_ids).where(_dev.installation_id.in_(installation_ids)))
    return {row.installation_id: call_url(row.id) for row in rows}


def own(actor: Actor, app_id: str, session_id: str) -> Row[Any]:
    """A living session that the acting person began. Raises NotFound."""
    mine = (_dev.app_id == app_id, _dev.id == session_id, _dev.employee_id == actor.employee_id)
    row = session().execute(_living(actor.workspace_id).where(*mine)).one_or_none()
    if row is None:
        raise NotFound()
    return row


def is_open(actor: Actor, session_id: str) -> bool:
    """Whether the acting person has a living session of this id: they may take its calls."""
    mine = (_dev.id == session_id, _dev.employee_id == actor.employee_id)
    return session().execute(_living(actor.workspace_id).where(*mine)).one_or_none() is not None


def tunnel_url(session_id: str) -> str:
    """Where the developer's machine listens for calls."""
    return f"{settings.current().streams_url}/dev/{session_id}"


def call_url(session_id: str) -> str:
    """Where the platform calls the app: only the platform can make it up."""
    return f"{tunnel_url(session_id)}/calls/{call_key(session_id)}"


def call_key(session_id: str) -> str:
    return hmac.digest(keyring().derive("dev session"), session_id.encode(), "sha256").hex()
