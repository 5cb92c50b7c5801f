"""A developer runs an installed app on their own machine: begun, kept alive by who began it, ended or run out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite

from portico.domains.catalogue import queries as catalogue
from portico.domains.installations import dev_sessions, queries
from portico.domains.installations.errors import AppNotInstalled
from portico.domains.installations.events import APP_DEV_ENDED, APP_DEV_STARTED
from portico.domains.installations.models import DevSession
from portico.domains.installations.permissions import require_may_develop
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound, invalid
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.text import N_
from portico.kernel.unit_of_work import session

LEASE = timedelta(seconds=30)
"""So long after the last sign of life of the machine, calls go where they went before."""
_LOOPBACK = ("http://localhost:", "http://127.0.0.1:")


def start_dev_session(actor: Actor, app_id: str, *, local_url: str, host: str = "") -> dict[str, Any]:
    """From now on the calls of the actor's own app in their workspace go to their machine. `local_url` is where their
    browser finds it. Begun again by the same person, it takes the place of the one before.

    Raises NotFound, Invalid, AppNotInstalled and DevNeedsAdmin.
    """
    catalogue.own_app(actor, app_id)
    if not local_url.startswith(_LOOPBACK) or not local_url.rpartition(":")[2].isdecimal():
        raise invalid(
            "/local_url", "local_url", N_("Write http://localhost and the port, as in http://localhost:5000.")
        )
    installation = queries.live_installation(actor, app_id)
    if installation is None or installation["status"] != "active":
        raise AppNotInstalled()
    require_may_develop(actor, installation)
    _put(actor, installation, local_url, host)
    emit(actor, APP_DEV_STARTED, installation, installation_id=installation["id"])
    return _shown(dev_sessions.of_installation(actor.workspace_id, installation["id"]))


def _put(actor: Actor, installation: dict[str, Any], local_url: str, host: str) -> None:
    """One row for an installation, since an app has one developer."""
    now = clock.now()
    values = {
        "id": new_id("dvs"),
        "app_id": installation["app_id"],
        "employee_id": actor.employee_id,
        "local_url": local_url,
        "host": host,
        "created_at": now,
        "expires_at": now + LEASE,
    }
    on_postgres = session().get_bind().dialect.name == "postgresql"
    build: Any = postgresql.insert if on_postgres else sqlite.insert
    row = {"workspace_id": actor.workspace_id, "installation_id": installation["id"], **values}
    same = ["workspace_id", "installation_id"]
    session().execute(build(DevSession).values(**row).on_conflict_do_update(index_elements=same, set_=values))


def renew_dev_session(actor: Actor, app_id: str, session_id: str) -> dict[str, Any]:
    """The machine is there: the lease begins anew. Raises NotFound when it ran out or ended."""
    row = dev_sessions.own(actor, app_id, session_id)
    _require_still(actor, app_id)
    session().execute(
        update(DevSession)
        .where(DevSession.workspace_id == actor.workspace_id, DevSession.id == session_id)
        .values(expires_at=clock.now() + LEASE)
    )
    return _shown(dev_sessions.of_installation(actor.workspace_id, row.installation_id))


def _require_still(actor: Actor, app_id: str) -> None:
    """What was allowed when it began may have been taken back. Raises as `start_dev_session`."""
    catalogue.own_app(actor, app_id)
    installation = queries.live_installation(actor, app_id)
    if installation is None or installation["status"] != "active":
        raise AppNotInstalled()
    require_may_develop(actor, installation)


def end_dev_session(actor: Actor, app_id: str, session_id: str) -> None:
    """At once everything goes where it went before. Raises NotFound."""
    row = dev_sessions.own(actor, app_id, session_id)
    mine = (DevSession.workspace_id == actor.workspace_id, DevSession.id == session_id)
    if session().scalar(delete(DevSession).where(*mine).returning(DevSession.id)) is None:
        raise NotFound()
    installation = queries.installation(actor, row.installation_id)
    emit(actor, APP_DEV_ENDED, installation, installation_id=row.installation_id)


def sweep_dev_sessions() -> None:
    """Forget those that ran out, in the open system unit."""
    session().execute(delete(DevSession).where(DevSession.expires_at < clock.now() - LEASE))


def _shown(row: Any) -> dict[str, Any]:
    return {**row._mapping, "tunnel_url": dev_sessions.tunnel_url(row.id), "lease_seconds": int(LEASE.total_seconds())}
