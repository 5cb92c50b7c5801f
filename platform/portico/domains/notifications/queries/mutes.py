"""Of what people do not want to hear."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, or_, select

from portico.domains.notifications.models import NotificationMute
from portico.kernel.actor import Actor
from portico.kernel.unit_of_work import session

_mute = NotificationMute.__table__.c


def mutes_of(actor: Actor) -> dict[str, list[str]]:
    """The actor's own: kinds by name, apps by the id of their installation."""
    rows = session().execute(
        select(_mute.what, _mute.name)
        .where(_mute.workspace_id == actor.workspace_id, _mute.employee_id == (actor.employee_id or ""))
        .order_by(_mute.name)
    )
    found: dict[str, list[str]] = {"kinds": [], "installation_ids": []}
    for row in rows:
        found["kinds" if row.what == "kind" else "installation_ids"].append(row.name)
    return found


def muting(workspace_id: str, employee_ids: Sequence[str], kind: str, installation_id: str | None) -> set[str]:
    """Those of these people who muted the kind or the app."""
    ways = [and_(_mute.what == "kind", _mute.name == kind)]
    if installation_id is not None:
        ways.append(and_(_mute.what == "app", _mute.name == installation_id))
    return set(
        session().scalars(
            select(_mute.employee_id).where(
                _mute.workspace_id == workspace_id, _mute.employee_id.in_(employee_ids), or_(*ways)
            )
        )
    )
