"""Events are frozen, with one exception: what a person took out of the thing itself is not kept in the news of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from portico.kernel.events.models import Event
from portico.kernel.unit_of_work import session

_event = Event.__table__.c
Change = Callable[[dict[str, Any]], dict[str, Any] | None]


def rewrite(workspace_id: str, kind: str, resource_id: str, told: tuple[datetime, datetime], change: Change) -> None:
    """Give the events of a kind about a resource, told between two instants, the data that `change` answers; None
    leaves one as it is. Nothing else of them changes: neither their place nor who may read them."""
    work = session()
    rows = work.execute(
        select(_event.id, _event.data)
        .where(_event.workspace_id == workspace_id, _event.resource_id == resource_id, _event.type == kind)
        .where(_event.occurred_at.between(*told))
    ).all()
    for row in rows:
        data = change(row.data)
        if data is not None:
            one = update(Event).where(Event.workspace_id == workspace_id, Event.id == row.id)
            work.execute(one.values(data=data))
