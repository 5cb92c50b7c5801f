"""Who is told of an announcement, and reminded of it: through their inbox, which holds it while they want quiet.

Nothing is told within a request, nor within the run: each is a job, whose key makes a repeat harmless. What is
confidential is told of without its title, which may leave by e-mail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, and_, or_, select, update

from portico.domains.announcements import kinds, queries
from portico.domains.announcements.models import AnnouncementRecipient
from portico.domains.notifications import service as notifications
from portico.domains.notifications.kinds import NotificationKind
from portico.kernel import jobs
from portico.kernel.actor import Actor, system
from portico.kernel.text import N_
from portico.kernel.unit_of_work import session, unit

BATCH = 5_000
TELL, REMIND = "announcements.tell", "announcements.remind"
_recipients = cast(Table, AnnouncementRecipient.__table__)
_recipient = _recipients.c

_NEW = N_("New announcement: %(title)s")
_NEW_KEPT = N_("A confidential announcement is for you")
_ANEW = N_("Please read again, this has changed: %(title)s")
_ANEW_KEPT = N_("A confidential announcement has changed; please read it again")
_READ = N_("You have not read this yet: %(title)s")
_READ_KEPT = N_("You have not read a confidential announcement yet")
_ACK = N_("You have not acknowledged this yet: %(title)s")
_ACK_KEPT = N_("You have not acknowledged a confidential announcement yet")


def told_key(announcement_id: str) -> str:
    return f"announcement:{announcement_id}:published"


def anew_key(announcement_id: str, revision: int) -> str:
    return f"announcement:{announcement_id}:revision:{revision}"


def tell_later(actor: Actor, announcement: Mapping[str, Any], *, run_id: str | None = None) -> None:
    """Of a new announcement: everybody, or whom a run has added."""
    jobs.enqueue(actor, TELL, announcement_id=announcement["id"], run_id=run_id, revision=None)


def tell_anew_later(actor: Actor, announcement: Mapping[str, Any], revision: int) -> None:
    jobs.enqueue(actor, TELL, announcement_id=announcement["id"], run_id=None, revision=revision)


def tell(actor: Actor, announcement_id: str, run_id: str | None, revision: int | None) -> None:
    """The job. What is withdrawn meanwhile is told to nobody; what changed again is told once, as it is now."""
    found = queries.any_one(actor, announcement_id)
    if found is None or found["status"] != "published":
        return
    if revision is not None and revision < found["material_revision"]:
        return
    people = _of(actor, announcement_id, *([] if run_id is None else [_recipient.run_id == run_id]))
    kind = kinds.URGENT if found["importance"] == "urgent" else kinds.PUBLISHED if revision is None else kinds.CHANGED
    texts, key = ((_NEW, _NEW_KEPT), told_key(announcement_id))
    if revision is not None:
        texts, key = (_ANEW, _ANEW_KEPT), anew_key(announcement_id, revision)
    _notify(actor, found, kind, people, texts, key)


def _of(actor: Actor, announcement_id: str, *more: Any) -> Select[Any]:
    return select(_recipient.employee_id).where(
        _recipient.workspace_id == actor.workspace_id,
        _recipient.announcement_id == announcement_id,
        _recipient.state == "delivered",
        *more,
    )


def _notify(
    actor: Actor,
    found: Mapping[str, Any],
    kind: NotificationKind,
    to: Sequence[str] | Select[Any],
    texts: tuple[str, str],
    key: str,
    *,
    urgent: bool | None = None,
) -> None:
    kept = found["confidentiality"] == "confidential"
    notifications.notify(
        actor,
        kind.name,
        to,
        title=texts[1] if kept else texts[0],
        params={} if kept else {"title": found["title"]},
        url=f"/announcements/{found['id']}",
        resource=("announcement", found["id"]),
        urgent=found["importance"] == "urgent" if urgent is None else urgent,
        key=key,
    )


def take_back(actor: Actor, announcement: Mapping[str, Any]) -> None:
    """All that was told of it, and what is still being told."""
    announcement_id = announcement["id"]
    keys = [told_key(announcement_id)]
    keys += [anew_key(announcement_id, number) for number in range(2, announcement["revision"] + 1)]
    keys += [reminder_key(announcement_id, number) for number in range(1, announcement["reminder_count"] + 1)]
    for key in keys:
        notifications.retract(actor.workspace_id, key)


def reminder_key(announcement_id: str, number: int) -> str:
    return f"announcement:{announcement_id}:reminder:{number}"


def pending(announcement: Mapping[str, Any]) -> ColumnElement[bool]:
    """Who has something to do still."""
    if not announcement["requires_ack"]:
        return _recipient.first_read_at.is_(None)
    material: int = announcement["material_revision"]
    return _recipient.acked_revision < material


def remind(actor: Actor, announcement_id: str, number: int, at: datetime, only: list[str], most: int | None) -> int:
    """The job: note whom it reminds, batch by batch, then tell them. A repeat finds them noted, and tells nobody twice.
    Who has read or acknowledged meanwhile, or has left, is not reminded; nor anybody of what is over."""
    reminded = 0
    while True:
        with unit(actor.workspace_id, write=True):
            found = queries.any_one(actor, announcement_id)
            if found is None or found["status"] != "published":
                return reminded
            batch = _note_batch(actor, found, at, only, most)
            reminded += batch
            jobs.running().report(reminded, None)
            if batch < BATCH:
                _remind_noted(actor, found, number, at)
                return reminded


def _note_batch(actor: Actor, found: dict[str, Any], at: datetime, only: list[str], most: int | None) -> int:
    fresh = or_(_recipient.last_reminded_at.is_(None), _recipient.last_reminded_at < at)
    few = [] if most is None else [_recipient.reminded_count < most]
    named = [_recipient.employee_id.in_(only)] if only else []
    people = _of(actor, found["id"], pending(found), fresh, *few, *named).order_by(_recipient.employee_id).limit(BATCH)
    done = session().execute(
        update(_recipients)
        .where(_recipient.workspace_id == actor.workspace_id, _recipient.announcement_id == found["id"])
        .where(and_(_recipient.employee_id.in_(people), fresh))
        .values(reminded_count=_recipient.reminded_count + 1, last_reminded_at=at)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def _remind_noted(actor: Actor, found: dict[str, Any], number: int, at: datetime) -> None:
    texts = (_ACK, _ACK_KEPT) if found["requires_ack"] else (_READ, _READ_KEPT)
    people = _of(actor, found["id"], _recipient.last_reminded_at == at, pending(found))
    _notify(actor, found, kinds.REMINDER, people, texts, reminder_key(found["id"], number), urgent=False)


def tell_people(
    actor: Actor,
    announcement: Mapping[str, Any],
    kind: NotificationKind,
    to: Sequence[str],
    texts: tuple[str, str],
    occasion: str,
) -> None:
    """A few who work on it, at once."""
    others = [one for one in to if one != actor.employee_id]
    if others:
        key = f"announcement:{announcement['id']}:{occasion}"
        platform = system(actor.workspace_id)
        _notify(platform, announcement, kind, others, texts, key, urgent=False)
