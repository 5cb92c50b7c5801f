"""What every page asks: how much rings, and whether the person is on a break. One statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from portico.domains.directory.models import Presence
from portico.domains.notifications.queries.inbox import COUNTED, ringing
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.unit_of_work import session

_presence = Presence.__table__.c


@dataclass(frozen=True, slots=True)
class Bell:
    """`count` goes no further than one over what is counted."""

    count: int
    break_until: datetime | None

    @property
    def label(self) -> str:
        """The number on the bell; nothing without one."""
        if not self.count:
            return ""
        return str(self.count) if self.count <= COUNTED else f"{COUNTED}+"


def bell(actor: Actor) -> Bell:
    """The actor's own."""
    count = select(func.count()).select_from(ringing(actor).subquery()).scalar_subquery()
    until = (
        select(_presence.break_until)
        .where(_presence.workspace_id == actor.workspace_id, _presence.employee_id == (actor.employee_id or ""))
        .scalar_subquery()
    )
    row = session().execute(select(count.label("rings"), until.label("until"))).one()
    return Bell(row.rings, row.until if row.until is not None and row.until > clock.now() else None)
