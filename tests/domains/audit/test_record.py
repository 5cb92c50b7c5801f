"""The record says who did what from where, each event once; and whoever meddles with it is found."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from portico.domains.audit import chain, service
from portico.domains.audit.models import AuditCheckpoint, AuditEntry, AuditHead
from portico.domains.directory import service as directory
from portico.kernel import clock, origin
from portico.kernel.events import EventCounter
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import system_unit, unit
from portico.settings import Settings
from tests.support import databases
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases
ENTRY: Any = AuditEntry.__table__


def at(cast: Cast, seq: int) -> Any:
    return (ENTRY.c.workspace_id == cast.acme) & (ENTRY.c.seq == seq)


def happen(cast: Cast, times: int = 1) -> None:
    for _ in range(times):
        with cast.writing():
            directory.create_department(cast.actor("hr_admin"), name=new_id("dep"))


def entries(cast: Cast) -> list[Any]:
    with cast.reading() as work:
        return list(work.execute(select(ENTRY).where(ENTRY.c.workspace_id == cast.acme).order_by(ENTRY.c.seq)))


def meddle(settings: Settings, change: Callable[[Connection], Any]) -> None:
    """As whoever owns the database, past every right and policy."""
    owner = create_engine(settings.database_url if settings.sqlite else databases.postgres().owner_url)
    with owner.begin() as connection:
        change(connection)
    owner.dispose()


def findings(cast: Cast) -> list[tuple[str, int]]:
    with system_unit("tests: verify"):
        return [(found.kind, found.seq) for found in service.verify(cast.acme).findings]


def test_each_event_is_recorded_with_who_what_and_from_where(cast: Cast) -> None:
    origin.begin(origin.Origin("192.0.2.7", "Firefox", "req_1"))
    happen(cast)
    origin.end()
    service.derive()
    entry = entries(cast)[-1]
    assert entry.action == "department.created"
    assert entry.actor == {"kind": "employee", "id": cast.employee_id("hr_admin")}
    assert entry.object_type == "department"
    assert entry.origin == {"address": "192.0.2.7", "user_agent": "Firefox", "request_id": "req_1"}
    assert [row.seq for row in entries(cast)] == list(range(1, len(entries(cast)) + 1))
    assert service.derive() == 0, "a second run finds nothing to do"
    assert findings(cast) == []


def test_two_processes_at_once_record_each_event_once(cast: Cast) -> None:
    happen(cast, 40)
    with ThreadPoolExecutor(4) as pool:
        made = sum(pool.map(lambda _: service.derive(), range(4)))
    with system_unit("tests: count") as work:
        counted = work.scalar(select(func.sum(EventCounter.seq)))
        recorded = work.scalar(select(func.count()).select_from(AuditEntry))
    assert made == counted == recorded
    assert findings(cast) == []


def test_an_altered_entry_is_named(cast: Cast, settings: Settings) -> None:
    happen(cast, 6)
    service.derive()
    mine = ENTRY.c.workspace_id == cast.acme
    meddle(
        settings,
        lambda work: work.execute(update(ENTRY).where(mine, ENTRY.c.seq == 3).values(actor_id="x", action="y")),
    )
    assert findings(cast) == [("altered", 3)]


def test_an_entry_is_bound_to_the_one_before(cast: Cast, settings: Settings) -> None:
    """Whoever alters a line and works out its own hash anew has the next one against them."""
    happen(cast, 6)
    service.derive()

    def forge(work: Connection) -> None:
        rows = {
            row["seq"]: row for row in work.execute(select(ENTRY).where(ENTRY.c.workspace_id == cast.acme)).mappings()
        }
        forged = {**rows[3], "action": "department.renamed"}
        digest = chain.link(forged, rows[2]["hash"])
        work.execute(update(ENTRY).where(at(cast, 3)).values(action=forged["action"], hash=digest))

    meddle(settings, forge)
    assert findings(cast) == [("altered", 4)]


def test_a_deleted_entry_is_named(cast: Cast, settings: Settings) -> None:
    happen(cast, 6)
    service.derive()
    meddle(settings, lambda work: work.execute(delete(ENTRY).where(at(cast, 3))))
    assert findings(cast) == [("missing", 3)]


def test_entries_that_changed_places_are_named(cast: Cast, settings: Settings) -> None:
    happen(cast, 6)
    service.derive()

    def swap(work: Connection) -> None:
        for old, new in ((3, -1), (4, 3), (-1, 4)):
            work.execute(update(ENTRY).where(ENTRY.c.workspace_id == cast.acme, ENTRY.c.seq == old).values(seq=new))

    meddle(settings, swap)
    assert {("altered", 3), ("altered", 4)} <= set(findings(cast))


@pytest.mark.parametrize("table_too", [False, True], ids=["entries", "entries, head and checkpoints"])
def test_an_end_that_was_cut_off_is_found(cast: Cast, settings: Settings, table_too: bool) -> None:
    happen(cast, 6)
    service.derive()
    assert service.anchor() > 0
    last = entries(cast)[-1].seq

    def cut(work: Connection) -> None:
        work.execute(delete(ENTRY).where(ENTRY.c.workspace_id == cast.acme, ENTRY.c.seq >= last - 1))
        if table_too:
            work.execute(delete(AuditHead).where(AuditHead.workspace_id == cast.acme))
            work.execute(delete(AuditCheckpoint).where(AuditCheckpoint.workspace_id == cast.acme))

    meddle(settings, cut)
    assert ("truncated", last - 1) in findings(cast)


def test_a_chain_worked_out_anew_without_the_key_is_found(cast: Cast, settings: Settings) -> None:
    happen(cast, 3)
    service.derive()
    last = entries(cast)[-1].seq

    def forge(work: Connection) -> None:
        rows = (
            work.execute(select(ENTRY).where(ENTRY.c.workspace_id == cast.acme).order_by(ENTRY.c.seq)).mappings().all()
        )
        previous = rows[-2]["hash"]
        forged = {**rows[-1], "action": "department.renamed"}
        digest = chain.link(forged, previous)
        work.execute(update(ENTRY).where(at(cast, last)).values(action=forged["action"], hash=digest))
        work.execute(update(AuditHead).where(AuditHead.workspace_id == cast.acme).values(hash=digest))

    meddle(settings, forge)
    assert findings(cast) == [("head", last)]


def test_a_head_is_signed_once_an_hour(cast: Cast, held_clock: None) -> None:
    happen(cast)
    service.derive()
    assert service.anchor() >= 1
    happen(cast)
    service.derive()
    assert service.anchor() == 0
    clock.advance(timedelta(hours=1))
    assert service.anchor() == 1
    clock.advance(timedelta(hours=1))
    assert service.anchor() == 0, "nothing was recorded since"
    assert findings(cast) == []


@pytest.mark.postgres
def test_no_role_of_the_application_may_change_an_entry(cast: Cast) -> None:
    happen(cast)
    service.derive()
    mine = ENTRY.c.workspace_id == cast.acme
    for statement in (update(ENTRY).where(mine).values(action="x"), delete(ENTRY).where(mine)):
        with pytest.raises(DBAPIError), unit(cast.acme, write=True) as work:
            work.execute(statement)
        with pytest.raises(DBAPIError), system_unit("tests: meddle", write=True) as work:
            work.execute(statement)
    row = dict(entries(cast)[0]._mapping) | {"id": "aud_1", "seq": 10_000, "event_id": "evt_1"}
    with pytest.raises(DBAPIError), unit(cast.acme, write=True) as work:
        work.execute(insert(ENTRY).values(**row))
