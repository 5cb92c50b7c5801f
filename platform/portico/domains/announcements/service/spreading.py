"""Bringing recipients and audience together, batch by batch.

A *run* goes over the audience in the order of employee ids. Each batch is one INSERT … SELECT in a transaction of its
own that also moves the run's cursor, so a run that was killed goes on where it stood; who is there already is not added
twice, whoever adds. The rows of a run carry its id: by that those who are new are found and told.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Protocol, cast

from sqlalchemy import Table, delete, exists, func, insert, literal, select, update
from sqlalchemy.exc import IntegrityError

from portico.domains.announcements import events, kinds, queries
from portico.domains.announcements.errors import AudienceBusy
from portico.domains.announcements.models import AnnouncementMark, AnnouncementRecipient, AnnouncementRun
from portico.domains.announcements.service import holding, receiving, revising, telling
from portico.domains.announcements.upserting import insert_into
from portico.domains.directory import audiences
from portico.kernel import clock, jobs
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow
from portico.kernel.errors import Refusal
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.text import N_
from portico.kernel.unit_of_work import savepoint, session, unit

BATCH = 5_000
_FAILED = (
    N_("Your announcement could not be published: %(title)s"),
    N_("Your confidential announcement could not be published"),
)
KIND = "announcements.spread"
KEPT = timedelta(days=30)
_recipients = cast(Table, AnnouncementRecipient.__table__)
_marks = cast(Table, AnnouncementMark.__table__)
_runs = cast(Table, AnnouncementRun.__table__)


def begin(actor: Actor, announcement: dict[str, Any], kind: str) -> str:
    """Write the run down and enqueue it; answers the job's id. Raises AudienceBusy."""
    run_id = new_id("anr")
    job_id = jobs.enqueue(actor, KIND, asked_by=actor.caller_key or None, run_id=run_id)
    session().flush()
    row = {
        "workspace_id": actor.workspace_id,
        "id": run_id,
        "announcement_id": announcement["id"],
        "kind": kind,
        "job_id": job_id,
        "phase": "adding",
        "cursor": "",
        "total": None,
        **dict.fromkeys(("batches", "added", "removed"), 0),
        **dict.fromkeys(("outcome", "error", "finished_at")),
        "created_at": clock.now(),
    }
    try:
        with savepoint():
            session().execute(insert(_runs), [row])
    except IntegrityError:
        raise AudienceBusy() from None
    return job_id


def spread(actor: Actor, run_id: str) -> dict[str, int]:
    """The job: batches until there is none left. Raises JobLost when a later try has taken over."""
    while _batch(actor, run_id):
        pass
    with unit(actor.workspace_id, write=False):
        run = queries.run(actor.workspace_id, run_id)
    return {} if run is None else {"added": run.added, "removed": run.removed}


def _batch(actor: Actor, run_id: str) -> bool:
    """One batch in a unit of its own; answers whether there is more to do."""
    with unit(actor.workspace_id, write=True):
        run = queries.run(actor.workspace_id, run_id, lock=True)
        if run is None or run.finished_at is not None:
            return False
        announcement = queries.any_one(actor, run.announcement_id)
        if announcement is None or announcement["status"] not in _GOES_ON[run.kind]:
            _finish(run, "stopped")
            return False
        try:
            return _step(actor, run, announcement)
        except Refusal as refusal:
            _finish(run, "failed", error=refusal.detail)
            fail(actor, announcement, refusal.detail)
            return False


_GOES_ON = {"publish": ("publishing",), "audience": ("published",), "reconcile": ("published",)}


def _step(actor: Actor, run: AnyRow, announcement: dict[str, Any]) -> bool:
    if run.kind == "reconcile" and audiences.faults(actor.workspace_id, announcement["audience"]):
        # Nobody is let go because a group was deleted: it stays as it is until the audience is mended.
        _finish(run, "stopped")
        return False
    total = run.total
    if total is None:
        total = audiences.count(actor.workspace_id, announcement["audience"])
    jobs.running().report(run.added, total)
    if run.phase == "adding":
        added, last = add(actor, announcement, run)
        values: dict[str, Any] = {"total": total, "batches": run.batches + 1, "added": run.added + added}
        if last is None:
            values |= {"phase": "done" if run.kind == "publish" else "removing", "cursor": ""}
        else:
            values |= {"cursor": last}
        _move(run, values)
        return True
    if run.phase == "removing":
        removed = len(remove(actor, announcement))
        values = {"batches": run.batches + 1, "removed": run.removed + removed}
        _move(run, {**values, **({"phase": "done"} if removed < BATCH else {})})
        return True
    _complete(actor, run, announcement)
    return False


class Adds(Protocol):
    """A run, or what passes for one."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def cursor(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...


def add(actor: Actor, announcement: dict[str, Any], run: Adds, only: list[str] | None = None) -> tuple[int, str | None]:
    """Add the next of the audience; answers how many are new, and the last id that was looked at. None: there are no
    more."""
    people = audiences.rules_of(actor.workspace_id, announcement["audience"])
    person = people.selected_columns.id
    ahead = people.where(person > run.cursor)
    if only is not None:
        ahead = ahead.where(person.in_(only))
    span = ahead.with_only_columns(person).order_by(person).limit(BATCH).subquery()
    last = session().scalar(select(func.max(span.c[0])))
    if last is None:
        return 0, None
    return _insert(actor, announcement, run, ahead.where(person <= last)), last


def _insert(actor: Actor, announcement: dict[str, Any], run: Adds, people: Any) -> int:
    """Who is new gets a row; who was removed and is back gets theirs back, with all that they did."""
    now = clock.now()
    late = run.kind != "publish"
    person, rule = people.selected_columns
    fresh = {
        "state": literal("delivered"),
        "via_rule": rule,
        "run_id": literal(run.id),
        "late_joiner": literal(late),
        "added_at": literal(now),
        "listed_at": literal(now if late else run.created_at),
        "ack_due_at": literal(_own_deadline(announcement, now) if late else None, _recipients.c.ack_due_at.type),
    }
    constant = {"read_revision": literal(0), "acked_revision": literal(0), "acked_late": literal(False)}
    constant |= {"reminded_count": literal(0), "overdue_revision": literal(0)}
    columns = {**fresh, **constant}
    keys = (literal(actor.workspace_id), literal(announcement["id"]), person)
    source = people.with_only_columns(*keys, *columns.values())
    statement = insert_into(_recipients).from_select(
        ["workspace_id", "announcement_id", "employee_id", *columns], source, include_defaults=False
    )
    again = statement.excluded
    done = session().execute(
        statement.on_conflict_do_update(
            index_elements=["workspace_id", "announcement_id", "employee_id"],
            set_={
                "state": "delivered",
                "removed_at": None,
                **{name: again[name] for name in ("via_rule", "run_id", "listed_at", "ack_due_at")},
            },
            where=_recipients.c.state == "removed",
        ).execution_options(preserve_rowcount=True)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def _own_deadline(announcement: dict[str, Any], now: datetime) -> datetime | None:
    """Who comes later has as long as the first ones had, or as long as the author says."""
    hours: int | None = announcement["ack_due_after_join_hours"]
    due: datetime | None = announcement["ack_due_at"]
    since: datetime | None = announcement["published_at"]
    if not announcement["requires_ack"]:
        return None
    if hours is not None:
        return now + timedelta(hours=hours)
    if due is None or since is None or due <= since:
        return None
    return now + (due - since)


def remove(actor: Actor, announcement: dict[str, Any], only: list[str] | None = None) -> list[AnyRow]:
    """Take out who is not in the audience any more; what they did is kept. Answers them: at most a batch."""
    people = audiences.people(actor.workspace_id, announcement["audience"])
    person = people.selected_columns.id
    mine = [
        _recipients.c.workspace_id == actor.workspace_id,
        _recipients.c.announcement_id == announcement["id"],
        _recipients.c.state == "delivered",
    ]
    if only is not None:
        mine.append(_recipients.c.employee_id.in_(only))
    of_row = (_recipients.c.workspace_id == actor.workspace_id, person == _recipients.c.employee_id)
    still = people.where(*of_row).correlate(_recipients)
    ids = list(session().scalars(select(_recipients.c.employee_id).where(*mine, ~exists(still)).limit(BATCH)))
    if not ids:
        return []
    done = session().execute(
        update(_recipients)
        .where(*mine, _recipients.c.employee_id.in_(ids))
        .values(state="removed", removed_at=clock.now())
        .returning(_recipients.c.announcement_id, _recipients.c.first_read_at, _recipients.c.acked_revision)
    )
    return list(done)


def _move(run: AnyRow, values: dict[str, Any]) -> None:
    session().execute(
        update(_runs).where(_runs.c.workspace_id == run.workspace_id, _runs.c.id == run.id).values(values)
    )


def _finish(run: AnyRow, outcome: str, **more: Any) -> None:
    _move(run, {"phase": "done", "outcome": outcome, "finished_at": clock.now(), **more})


def _complete(actor: Actor, run: AnyRow, announcement: dict[str, Any]) -> None:
    """The last act: state, counters and news in one transaction."""
    now = clock.now()
    _finish(run, "done")
    if run.kind == "publish":
        plan = revising.reminders_from(now, announcement["reminder_offsets_hours"])
        announcement = holding.step(actor, announcement, "published", published_at=now, failure=None, **plan)
    counts = receiving.recount(actor, announcement)
    told = {**announcement, "counts": told_counts(announcement, counts)}
    if run.kind == "publish":
        emit(actor, events.PUBLISHED, told)
        telling.tell_later(actor, announcement)
        following_begins(actor, announcement)
        return
    if run.added or run.removed:
        emit(actor, events.AUDIENCE_CHANGED, {**told, "added": run.added, "removed": run.removed})
    if run.added:
        telling.tell_later(actor, announcement, run_id=run.id)


def following_begins(actor: Actor, announcement: dict[str, Any]) -> None:
    """Who came while it was published is looked at by the next sweep."""
    if announcement["audience_mode"] != "live":
        return
    row = {"workspace_id": actor.workspace_id, "employee_id": "", "marked_at": clock.now()}
    session().execute(insert_into(_marks).values(row).on_conflict_do_nothing())


def told_counts(announcement: dict[str, Any], counts: dict[str, int]) -> dict[str, int]:
    few = announcement["receipts_visibility"] == "counts_only" and counts["audience"] < queries.SMALL
    return {"audience": counts["audience"]} if few else counts


def fail(actor: Actor, announcement: dict[str, Any], why: str) -> None:
    """What could not be published says so, and can be published again: it goes on where it stood."""
    if announcement["status"] != "publishing":
        return
    after = holding.step(actor, announcement, "publish_failed", failure=why)
    emit(actor, events.PUBLISH_FAILED, after)
    if after["owner_employee_id"] is not None:
        occasion = f"failed:{after['version']}"
        telling.tell_people(actor, after, kinds.OWN, [after["owner_employee_id"]], _FAILED, occasion)


def give_up(actor: Actor, announcement_id: str) -> None:
    """End the run of a job that failed for good, so that somebody can publish again, or change the audience."""
    announcement = queries.held(actor, announcement_id)
    running = queries.last_run(actor.workspace_id, announcement_id)
    if announcement is None or running is None or running.finished_at is not None:
        return
    why = "It was tried several times without success; publish it again."
    _finish(running, "failed", error=why)
    fail(actor, announcement, why)


def forget_runs(actor: Actor, announcement_id: str) -> None:
    """All that are long over but the last: what they did stands in the rows."""
    last = queries.last_run(actor.workspace_id, announcement_id)
    if last is not None:
        session().execute(
            delete(_runs).where(
                _runs.c.workspace_id == actor.workspace_id,
                _runs.c.announcement_id == announcement_id,
                _runs.c.id != last.id,
                _runs.c.finished_at < clock.now() - KEPT,
            )
        )
