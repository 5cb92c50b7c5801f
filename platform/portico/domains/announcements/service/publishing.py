"""From a draft to people: now, at a time, never, and out of sight again.

Publishing itself is a run (`spreading`): a request only moves the state, by a conditional change that one of two at
once wins, and answers the job.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from portico.domains.announcements import audience, events, permissions, queries
from portico.domains.announcements.service import holding, reviewing, revising, spreading, telling, urgency
from portico.domains.directory import audiences
from portico.domains.identity import queries as identity
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import Invalid, Refusal, invalid
from portico.kernel.events import emit


def publish(actor: Actor, announcement_id: str) -> dict[str, Any]:
    """Begin, or go on with, telling the audience; answers the job. While that is under way it is the same job,
    whoever asks. Raises NotFound, ReviewRequired, InsufficientScope, InvalidTransition, UrgentLimitReached and
    Invalid."""
    before = holding.hold(actor, announcement_id, "publish")
    if before["status"] == "publishing":
        running = queries.last_run(actor.workspace_id, announcement_id)
        if running is not None:
            return queries.job_of(actor.workspace_id, running.job_id)
    require_publishable(actor, before)
    return _begin(actor, before)


def require_publishable(actor: Actor, announcement: dict[str, Any]) -> None:
    """Raises ReviewRequired, InsufficientScope and Invalid."""
    reviewing.require_passed(actor, announcement)
    if announcement["expires_at"] is not None and announcement["expires_at"] <= clock.now():
        raise invalid("/expires_at", "invalid", "It would be over already; give it another end, or none.")
    if announcement["importance"] == "urgent":
        permissions.require_scope(actor, "announcements:urgent", "An urgent announcement")
    require_reach(actor, announcement["audience"])


def require_reach(actor: Actor, wanted: dict[str, Any]) -> None:
    """That somebody is there to be told, and no more people than the actor may tell. Counted no further than that.
    Raises InsufficientScope and Invalid."""
    wrong = audiences.faults(actor.workspace_id, wanted, "/audience")
    if wrong:
        raise Invalid("Rules of the audience name what is not there any more.", errors=wrong)
    most = permissions.WITHOUT_PUBLISH_ALL
    people = audience.count_up_to(actor.workspace_id, wanted, most + 1)
    if people == 0:
        raise invalid("/audience", "empty", "Nobody is in this audience.")
    if people > most or audience.names_everybody(wanted):
        permissions.require_scope(
            actor, "announcements:publish_all", f"Publishing to everybody, or over {most} people,"
        )


def _begin(actor: Actor, before: dict[str, Any]) -> dict[str, Any]:
    again = before["status"] == "publish_failed"
    claimed = {} if again else urgency.claim(actor, before, clock.now())
    after = holding.step(actor, before, "publishing", **claimed)
    if not again:
        revising.first_revision(actor, after)
    job_id = spreading.begin(actor, after, "publish")
    return queries.job_of(actor.workspace_id, job_id)


def schedule(actor: Actor, announcement_id: str, values: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """Give it a time; a time that has passed is now. Answers the announcement, and whether it is under way. Raises as
    `publish`, and Stale."""
    before = holding.hold(actor, announcement_id, "schedule")
    require_publishable(actor, before)
    at, zone = _when(actor, values)
    if at <= clock.now():
        _begin(actor, before)
        return holding.shown(actor, queries.managed(actor, announcement_id)), True
    if before["expires_at"] is not None and before["expires_at"] <= at:
        raise invalid("/publish_at", "invalid", "It would be over already when it is published.")
    if before["status"] == "scheduled":
        urgency.give_back(actor, before)
        moved = holding.write(actor, before, {"publish_at": at, "publish_timezone": zone, "urgent_on": None})
    else:
        moved = holding.step(actor, before, "scheduled", publish_at=at, publish_timezone=zone)
    claimed = urgency.claim(actor, moved, at)
    after = holding.write(actor, moved, claimed) if claimed else moved
    emit(actor, events.SCHEDULED, after)
    return holding.shown(actor, after), False


def _when(actor: Actor, values: dict[str, Any]) -> tuple[datetime, str | None]:
    if "publish_at" in values:
        return values["publish_at"], None
    zone = values.get("timezone") or identity.workspace(actor.workspace_id).timezone
    # Python takes what clocks skip by the offset before, which is as much later; and of two the first.
    local: datetime = values["local"]
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC")), zone


def unschedule(actor: Actor, announcement_id: str) -> dict[str, Any]:
    """Raises NotFound and InvalidTransition."""
    before = holding.hold(actor, announcement_id, "unschedule")
    return holding.shown(actor, _unschedule(actor, before))


def _unschedule(actor: Actor, before: dict[str, Any]) -> dict[str, Any]:
    to = "draft" if before["reviewed_by"] is None else "approved"
    after = holding.step(actor, before, to, publish_at=None, publish_timezone=None, urgent_on=None)
    urgency.give_back(actor, before)
    holding.record(actor, events.UNSCHEDULED, after)
    return after


def hold_back_all(actor: Actor, employee_id: str) -> None:
    """What somebody scheduled who has left waits until another takes it over."""
    for announcement_id in queries.scheduled_by(actor, employee_id):
        before = queries.held(actor, announcement_id)
        if before is not None and before["status"] == "scheduled":
            _unschedule(actor, before)


def publish_when_due(actor: Actor, announcement_id: str) -> None:
    """Publish what is scheduled and due, once, however many sweeps look at it. What cannot be published says so."""
    before = queries.held(actor, announcement_id)
    if before is None or before["status"] != "scheduled" or before["publish_at"] > clock.now():
        return
    under_way = holding.step(actor, before, "publishing")
    revising.first_revision(actor, under_way)
    try:
        require_publishable(actor, before)
    except Refusal as refusal:
        spreading.fail(actor, under_way, refusal.detail)
        return
    spreading.begin(actor, under_way, "publish")


def withdraw(actor: Actor, announcement_id: str, reason: str | None = None) -> dict[str, Any]:
    """Out of everybody's sight; who read it stays known. A run that is under way stops at its next batch. Raises
    NotFound and InvalidTransition."""
    before = holding.hold(actor, announcement_id, "withdraw")
    values = {"withdrawn_at": clock.now(), "withdraw_reason": reason, "pinned_until": None, "remind_at": None}
    after = holding.step(actor, before, "withdrawn", **values)
    holding.index(actor, {**after, "confidentiality": "confidential"})
    telling.take_back(actor, after)
    emit(actor, events.WITHDRAWN, after)
    return holding.shown(actor, after)


def expire_when_due(actor: Actor, announcement_id: str) -> None:
    """Once, and only if nobody gave it more time meanwhile."""
    before = queries.held(actor, announcement_id)
    if before is None or before["status"] != "published":
        return
    if before["expires_at"] is None or before["expires_at"] > clock.now():
        return
    after = holding.step(actor, before, "expired", pinned_until=None, remind_at=None)
    emit(actor, events.EXPIRED, after)


def archive(actor: Actor, announcement_id: str) -> dict[str, Any]:
    """Out of the lists of its readers. Raises NotFound and InvalidTransition."""
    before = holding.hold(actor, announcement_id, "archive")
    after = holding.step(actor, before, "archived", pinned_until=None, remind_at=None)
    holding.record(actor, events.ARCHIVED, after)
    return holding.shown(actor, after)


def pin(actor: Actor, announcement_id: str, until: datetime, order: int) -> dict[str, Any]:
    """Raises NotFound, InvalidTransition and Invalid."""
    before = holding.hold(actor, announcement_id, "pin")
    holding.require_published(before)
    if until <= clock.now():
        raise invalid("/until", "invalid", "Give a time to come.")
    after = holding.write(actor, before, {"pinned_until": until, "pin_order": order})
    holding.record(actor, events.PINNED, after)
    return holding.shown(actor, after)


def unpin(actor: Actor, announcement_id: str) -> dict[str, Any]:
    """Raises NotFound."""
    before = holding.hold(actor, announcement_id, "unpin")
    if before["pinned_until"] is None:
        return holding.shown(actor, before)
    after = holding.write(actor, before, {"pinned_until": None, "pin_order": 0})
    holding.record(actor, events.UNPINNED, after)
    return holding.shown(actor, after)
