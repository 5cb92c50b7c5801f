"""Errands: left by the door in its own transaction, done by the background when nobody waits for the answer.

At least once: taken by a conditional UPDATE that leases it, removed when done, taken again when whoever had it died.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update

from portico.domains.identity.models import Errand
from portico.kernel import bell, clock, origin, text
from portico.kernel.db import AnyRow
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import after_commit, session

LEASE = timedelta(minutes=5)
TRIES = 8
LONGEST_ADDRESS = 254


def leave_errand(kind: str, **about: Any) -> None:
    session().add(Errand(id=new_id("err"), kind=kind, about=about, origin=origin.current()))
    after_commit(bell.ring)


def leave_errand_about(kind: str, email: str) -> None:
    """For an address as somebody typed it: no longer than one can be, and without what no database keeps."""
    leave_errand(kind, email=text.email_key(email)[:LONGEST_ADDRESS])


def take_errand() -> AnyRow | None:
    """The oldest one that is due, ours until the lease ends; None when there is none."""
    work, now = session(), clock.now()
    due = select(Errand.id).where(Errand.due_at <= now).order_by(Errand.due_at, Errand.id).limit(1).scalar_subquery()
    return work.execute(
        update(Errand)
        .where(Errand.id == due, Errand.due_at <= now)
        .values(due_at=now + LEASE, attempts=Errand.attempts + 1)
        .returning(Errand.id, Errand.kind, Errand.about, Errand.origin, Errand.attempts)
    ).one_or_none()


def finish_errand(errand_id: str) -> None:
    session().execute(delete(Errand).where(Errand.id == errand_id))


def put_errand_back(errand_id: str, attempts: int) -> bool:
    """Try again later, twice as late each time; answers whether it was given up instead."""
    if attempts >= TRIES:
        finish_errand(errand_id)
        return True
    pause = timedelta(seconds=10 * 2**attempts)
    session().execute(update(Errand).where(Errand.id == errand_id).values(due_at=clock.now() + pause))
    return False
