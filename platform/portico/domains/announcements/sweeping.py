"""What time does to announcements, and what the directory has done to their audiences: a unit for each, so that one
that fails holds no other back."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime

from portico.domains.announcements import queries, service
from portico.domains.announcements.queries import due
from portico.kernel import clock
from portico.kernel.actor import Actor, system
from portico.kernel.errors import Refusal
from portico.kernel.unit_of_work import system_unit, unit

BATCH = 200
MARKS = 500
log = logging.getLogger("portico.announcements")


def sweep() -> int:
    """Once a minute. Answers how many were due."""
    now = clock.now()
    with system_unit("sweep: announcements that are due"):
        work = [
            (due.scheduled(now, BATCH), service.publish_when_due),
            (due.over(now, BATCH), service.expire_when_due),
            (due.to_remind(now, BATCH), service.remind_when_due),
            (due.lost(BATCH), service.give_up),
            (due.live_of_the_day_before(now), service.reconcile),
        ]
        late = [
            (due.overdue(now, BATCH), service.tell_overdue),
            (due.own_overdue(now, BATCH), service.tell_own_overdue),
        ]
    done = sum(_each(found, act) for found, act in work)
    return done + sum(_until_done(found, act) for found, act in late) + follow()


def _each(found: Iterable[tuple[str, str]], act: Callable[[Actor, str], object]) -> int:
    done = 0
    for workspace_id, announcement_id in found:
        try:
            with unit(workspace_id, write=True):
                act(system(workspace_id), announcement_id)
        except Refusal as refusal:
            about = {"workspace_id": workspace_id, "announcement_id": announcement_id, "code": refusal.code}
            log.warning("an announcement waits for the next sweep", extra=about)
        done += 1
    return done


def _until_done(found: Iterable[tuple[str, str]], act: Callable[[Actor, str], bool]) -> int:
    """Some at a time, each in a unit."""
    done = 0
    for workspace_id, announcement_id in found:
        more = True
        while more:
            with unit(workspace_id, write=True):
                more = act(system(workspace_id), announcement_id)
        done += 1
    return done


def follow() -> int:
    """Take what the directory has marked. Answers how many marks there were."""
    with system_unit("sweep: people whose audiences may have changed"):
        marks = due.marks(MARKS)
    by_workspace: dict[str, dict[str, datetime]] = defaultdict(dict)
    for workspace_id, employee_id, since in marks:
        by_workspace[workspace_id][employee_id] = since
    for workspace_id, seen in by_workspace.items():
        _follow_in(system(workspace_id), seen)
    return len(marks)


def _follow_in(actor: Actor, seen: dict[str, datetime]) -> None:
    """The marks go last: cut off before, all is looked at again, which changes nothing twice."""
    people = sorted(one for one in seen if one)
    with unit(actor.workspace_id, write=False):
        live = due.live(actor.workspace_id)
    whole = "" in seen
    free = True
    for announcement_id in live:
        with unit(actor.workspace_id, write=True):
            if whole:
                free = service.reconcile(actor, announcement_id) and free
            else:
                service.follow_people(actor, announcement_id, people)
    with unit(actor.workspace_id, write=True):
        if people:
            service.let_go(actor, people)
        for employee_id, since in seen.items():
            if employee_id or free:
                service.take_mark(actor, employee_id, since)


def recount() -> int:
    """Once a night: set the counters of what is out by what stands. Answers how many there were."""
    done, after = 0, ("", "")
    while True:
        with system_unit("sweep: counters of announcements"):
            found = due.out(after, BATCH)
        for workspace_id, announcement_id in found:
            with unit(workspace_id, write=True):
                actor = system(workspace_id)
                announcement = queries.any_one(actor, announcement_id)
                if announcement is not None:
                    service.recount(actor, announcement)
                    service.forget_runs(actor, announcement_id)
        done += len(found)
        if len(found) < BATCH:
            return done
        after = found[-1]
