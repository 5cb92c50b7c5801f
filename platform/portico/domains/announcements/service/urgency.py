"""Urgent announcements reach people who want quiet, so a day has few of them. A conditional change keeps the limit,
whoever publishes at the same moment."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Table, update

from portico.domains.announcements import events
from portico.domains.announcements.errors import UrgentLimitReached
from portico.domains.announcements.models import AnnouncementUrgency
from portico.domains.announcements.service import holding
from portico.domains.announcements.upserting import insert_into
from portico.domains.identity import queries as identity
from portico.kernel.actor import Actor
from portico.kernel.unit_of_work import session

MOST_A_DAY = 3
_days = cast(Table, AnnouncementUrgency.__table__)


def claim(actor: Actor, announcement: dict[str, Any], at: datetime) -> dict[str, Any]:
    """Take one of the day's; answers what to write down with the announcement. Raises UrgentLimitReached."""
    if announcement["importance"] != "urgent" or announcement["urgent_on"] is not None:
        return {}
    day = _day(actor, at)
    take(actor, announcement, day)
    return {"urgent_on": day}


def take(actor: Actor, announcement: dict[str, Any], day: date) -> None:
    """Raises UrgentLimitReached."""
    row = {"workspace_id": actor.workspace_id, "used_on": day, "used": 1}
    done = session().execute(
        insert_into(_days)
        .values(row)
        .on_conflict_do_update(
            index_elements=["workspace_id", "used_on"],
            set_={"used": _days.c.used + 1},
            where=_days.c.used < MOST_A_DAY,
        )
        .returning(_days.c.used)
    )
    if done.one_or_none() is None:
        raise UrgentLimitReached()
    holding.record(actor, events.URGENT_USED, announcement)


def take_today(actor: Actor, announcement: dict[str, Any], now: datetime) -> None:
    """For a material change, which reaches people once more. Raises UrgentLimitReached."""
    if announcement["importance"] == "urgent":
        take(actor, announcement, _day(actor, now))


def give_back(actor: Actor, announcement: dict[str, Any]) -> None:
    """What is not published on the day that it took from."""
    if announcement["urgent_on"] is None:
        return
    session().execute(
        update(_days)
        .where(_days.c.workspace_id == actor.workspace_id, _days.c.used_on == announcement["urgent_on"])
        .where(_days.c.used > 0)
        .values(used=_days.c.used - 1)
    )


def _day(actor: Actor, at: datetime) -> date:
    return at.astimezone(ZoneInfo(identity.workspace(actor.workspace_id).timezone)).date()
