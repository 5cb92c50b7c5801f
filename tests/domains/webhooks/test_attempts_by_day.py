"""The log of attempts on PostgreSQL: a partition a day, behind the same walls, and never in the pump's way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from alembic import command
from psycopg.errors import LockNotAvailable
from sqlalchemy import create_engine, insert, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from portico.domains.audit import service as audit
from portico.domains.webhooks import partitions, queries, sweeping
from portico.domains.webhooks.models import Attempt, Delivery, WebhookEndpoint
from portico.domains.webhooks.pump import Pump
from portico.kernel import clock, db, fence, migrations
from portico.kernel.events import Event
from portico.kernel.ids import least_id, new_id
from portico.kernel.listing import ListQuery
from portico.kernel.unit_of_work import WEB_ROLE, UnitSession, session, system_unit, unit
from tests.support import databases
from tests.support.cast import Cast
from tests.support.loopback_servers import LoopbackServer
from tests.support.pumping import attempts, column, deliveries, endpoint, happen, settle
from tests.support.statements import watched

pytestmark = pytest.mark.postgres
_WHERE = text("SELECT tableoid::regclass::text FROM attempt ORDER BY id")
_WORKSPACE = text("""
    INSERT INTO workspace (id, slug, name, locale, timezone, unlisted_clients, two_factor, created_at)
    VALUES ('wsp_1', 'one', 'One', 'en', 'UTC', false, 'off', now())""")
_DELIVERY = text("""
    INSERT INTO delivery (workspace_id, id, event_id, endpoint_id, replay_id, lane, type, state, attempts, next_at,
                          fencing, blocked_base, created_at)
    VALUES ('wsp_1', 'dlv_1', 'evt_1', 'whe_1', '', 0, 'contact.created', 'failed', 3, now(), 1, 0, now())""")
_NAMES = text("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' ORDER BY relname")


@pytest.fixture(autouse=True)
def _days(database: db.Database) -> Iterator[None]:
    """The days of the real clock, before and after."""
    partitions.keep_ahead()
    yield
    partitions.keep_ahead()


def _asked(statement: Any) -> list[Any]:
    with system_unit("tests: the catalogue of PostgreSQL") as work:
        return list(work.scalars(statement))


def _name(moment: datetime) -> str:
    return f"attempt_{moment:%Y%m%d}"


def _try_at(cast: Cast, moment: datetime) -> str:
    """An attempt of the newest delivery, made at that moment."""
    with clock.held(moment):
        made = new_id("at")
    row = deliveries(cast)[0]
    with cast.writing() as work:
        work.execute(insert(Attempt).values(**_values(cast.acme, row["id"], made, moment)))
    return made


def _values(workspace_id: str, delivery_id: str, attempt_id: str, moment: datetime) -> dict[str, Any]:
    nothing: dict[str, Any] = dict.fromkeys(("number", "duration_ms", "dns_ms", "connect_ms"), 1)
    about = {"url": "http://127.0.0.1:9/", "started_at": moment, "request_headers": {}, "response_headers": {}}
    return {"workspace_id": workspace_id, "id": attempt_id, "delivery_id": delivery_id, **nothing, **about}


@pytest.fixture
def delivered(cast: Cast, pump: Pump, receiver: LoopbackServer) -> str:
    """One delivery with one attempt."""
    endpoint(cast, receiver.url())
    happen(cast)
    settle(pump)
    return str(deliveries(cast)[0]["id"])


@pytest.mark.parametrize("moment", [datetime(1990, 1, 1, tzinfo=UTC), datetime(2026, 11, 26, tzinfo=UTC)])
def test_both_sides_agree_where_a_day_begins(database: db.Database, moment: datetime) -> None:
    bound = text("SELECT portico_attempt_bound(CAST(:day AS date))").bindparams(day=moment.date())
    assert _asked(bound) == [least_id("at", moment)]


def test_an_attempt_lies_in_its_day_and_days_are_made_ahead(cast: Cast, delivered: str) -> None:
    now = clock.now()
    assert _asked(_WHERE) == [_name(now)]
    expected = {_name(now + timedelta(days=ahead)) for ahead in range(partitions.DAYS_AHEAD + 1)}
    assert expected <= set(_asked(_NAMES))
    assert partitions.keep_ahead() == 0


@pytest.mark.parametrize("away", [timedelta(days=-40), timedelta(days=400)], ids=["back", "ahead"])
def test_a_clock_that_jumps_finds_a_place_for_its_attempts(cast: Cast, delivered: str, away: timedelta) -> None:
    made = _try_at(cast, clock.now() + away)
    assert "attempt_default" in _asked(_WHERE)
    assert made in {row["id"] for row in attempts(cast, delivered)}


def test_what_came_before_its_day_was_made_moves_into_it(cast: Cast, delivered: str) -> None:
    moment = clock.now() + timedelta(days=500)
    made = _try_at(cast, moment)
    with clock.held(moment):
        assert partitions.keep_ahead()
        try:
            assert _name(moment) in _asked(_WHERE)
            assert made in {row["id"] for row in attempts(cast, delivered)}
        finally:
            with databases.postgres()._owner.begin() as owner:
                for ahead in range(partitions.DAYS_AHEAD + 1):
                    owner.execute(text(f"DROP TABLE {_name(moment + timedelta(days=ahead))}"))


def test_days_that_have_had_their_time_are_dropped_whole(cast: Cast, delivered: str, held_clock: None) -> None:
    today = _name(clock.now())
    clock.advance(timedelta(days=30))
    sweeping.sweep()
    assert today in _asked(_NAMES), "thirty days are kept"
    assert len(column(cast, Attempt, "id")) == 1
    clock.advance(timedelta(days=1))
    with watched() as statements:
        sweeping.sweep()
    assert today not in _asked(_NAMES)
    assert column(cast, Attempt, "id") == []
    assert len(column(cast, Delivery, "id")) == 1, "the record has not read its event"
    deleted = [found for found in statements if found.sql.startswith("DELETE FROM attempt")]
    assert deleted == []


def test_what_lies_in_no_day_is_swept_in_batches(cast: Cast, delivered: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "BATCH", 2)
    for days in (31, 32, 33, 34, 35):
        _try_at(cast, clock.now() - timedelta(days=days))
    assert sweeping.sweep() == 5
    assert _asked(_WHERE) == [_name(clock.now())]


GONE: dict[str, Callable[[Cast], Any]] = {
    "event": lambda cast: Event.__table__.delete().where(Event.workspace_id == cast.acme),
    "delivery": lambda cast: Delivery.__table__.delete().where(Delivery.workspace_id == cast.acme),
    "endpoint": lambda cast: WebhookEndpoint.__table__.delete().where(WebhookEndpoint.workspace_id == cast.acme),
    "workspace": lambda cast: text("DELETE FROM workspace WHERE id = :id").bindparams(id=cast.acme),
}


@pytest.mark.parametrize("what", GONE)
def test_attempts_go_with_what_they_hang_on(cast: Cast, delivered: str, what: str) -> None:
    _try_at(cast, clock.now() + timedelta(days=1))
    _try_at(cast, clock.now() + timedelta(days=400))
    with system_unit("tests: delete what attempts hang on", write=True) as work:
        work.execute(GONE[what](cast))
    assert _asked(_WHERE) == []


def _as_web(database: db.Database, workspace_id: str, statement: Any) -> list[Any]:
    about = {"role": WEB_ROLE, "workspace": workspace_id}
    with fence.opened(), UnitSession(bind=database.writing, info=about) as work:
        result = work.connection().execute(statement)
        return list(result.scalars()) if result.returns_rows else []


def test_the_third_wall_alone_stands_around_the_table(cast: Cast, delivered: str, database: db.Database) -> None:
    _try_at(cast, clock.now() + timedelta(days=400))
    assert len(_as_web(database, cast.acme, select(Attempt.id))) == 2
    assert _as_web(database, cast.other, select(Attempt.id)) == []
    stolen = insert(Attempt).values(**_values(cast.acme, delivered, new_id("at"), clock.now()))
    with pytest.raises(DBAPIError, match="row-level security"):
        _as_web(database, cast.other, stolen)


def test_no_partition_is_a_way_around_the_wall(cast: Cast, delivered: str, database: db.Database) -> None:
    """They may not be read at all; and where somebody grants that by mistake, they show nothing."""
    _try_at(cast, clock.now() + timedelta(days=400))
    owner = databases.postgres()._owner
    for name in _asked(_NAMES):
        with pytest.raises(DBAPIError, match="permission denied"):
            _as_web(database, cast.acme, text(f"SELECT id FROM {name}"))
    for name in (_name(clock.now()), "attempt_default"):
        with owner.begin() as work:
            work.execute(text(f"GRANT SELECT, INSERT ON {name} TO {WEB_ROLE}"))
        try:
            assert _as_web(database, cast.acme, text(f"SELECT id FROM {name}")) == []
        finally:
            with owner.begin() as work:
                work.execute(text(f"REVOKE ALL ON {name} FROM {WEB_ROLE}"))


def test_only_the_system_keeps_the_log(cast: Cast, database: db.Database) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        _as_web(database, cast.acme, text("SELECT portico_keep_attempts(now(), 7, 0)"))


def test_the_attempts_of_a_delivery_are_found_by_indexes(cast: Cast, delivered: str) -> None:
    with unit(cast.acme, write=False):
        with watched() as statements:
            queries.page_of_attempts(cast.actor("admin"), delivered, ListQuery())
        asked = next(found for found in statements if "FROM attempt" in found.sql)
        with fence.opened():
            connection = session().connection()
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # nobody scans what is all but empty otherwise
            found = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {asked.sql}", asked.parameters).scalar_one()
    plan = found if isinstance(found, list) else orjson.loads(found)
    waiting, nodes = [plan[0]["Plan"]], []
    while waiting:
        nodes.append(waiting.pop())
        waiting += nodes[-1].get("Plans", [])
    read = [node for node in nodes if node.get("Relation Name", "").startswith("attempt")]
    assert len(read) > partitions.DAYS_AHEAD
    assert all("Index" in node["Node Type"] and "delivery_id" in node["Index Cond"] for node in read)


def test_who_holds_the_log_is_waited_for_but_shortly(cast: Cast, delivered: str, held_clock: None) -> None:
    """Somebody reads an old day for long: the sweep lets go, the pump does not notice, and the next sweep does it."""
    today = _name(clock.now())
    clock.advance(timedelta(days=31))
    with databases.postgres()._owner.begin() as reader:
        reader.execute(text("SELECT count(*) FROM attempt"))
        assert partitions.keep_ahead() == 0
        assert today in _asked(_NAMES)
    assert partitions.keep_ahead() > 0
    assert today not in _asked(_NAMES)


@pytest.mark.fault
def test_days_come_and_go_while_the_pump_writes(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    endpoint(cast, receiver.url())
    stop = threading.Event()
    failures: list[Exception] = []
    dropped = 0

    def work() -> None:
        try:
            while not stop.is_set():
                happen(cast)
                pump.step()
        except Exception as error:  # noqa: BLE001 - handed to the test
            failures.append(error)

    def days(moment: datetime) -> int:
        """A step, as the sweep takes it: whoever does not get a lock in time tries again."""
        step = text("SELECT portico_keep_attempts(:moment, 2, 1)").bindparams(moment=moment)
        for _ in range(20):
            try:
                with system_unit("tests: keep the log at another time", write=True) as asked:
                    return int(asked.scalar(step) is not None)
            except OperationalError as error:
                if not isinstance(error.orig, LockNotAvailable):
                    raise
        raise AssertionError("the pump never let the sweep through")

    writer = threading.Thread(target=work)
    writer.start()
    try:
        for day in range(2, 22):  # each makes days far back and drops those of the one before
            moment = clock.now() - timedelta(days=60 - day)
            while days(moment):
                dropped += 1
    finally:
        stop.set()
        writer.join(30)
    assert not failures
    assert dropped > 20
    settle(pump)
    assert {row["state"] for row in deliveries(cast)} == {"succeeded"}
    assert len(column(cast, Attempt, "id")) == len(column(cast, Delivery, "id"))


@pytest.mark.slow
def test_a_log_that_is_there_stays_where_it_lies() -> None:
    """The migration on a database with attempts: nothing is copied but what claims to come from later days."""
    database = databases.PostgresDatabase.__new__(databases.PostgresDatabase)
    database.name = f"portico_days_{databases._worker()}"
    database.owner_url, database.url = databases.owner_and_login(database.name)
    database._admin("CREATE DATABASE {name}")
    database._owner = create_engine(database.owner_url)
    try:
        with fence.opened(), database._owner.begin() as work:
            migrations._make_roles(work)
            command.upgrade(migrations._config(work), "attempts_by_day-1")
            migrations._grant(work)
            work.execute(text("SET LOCAL session_replication_role = replica"))
            work.execute(_WORKSPACE)
            work.execute(_DELIVERY)
            for moment in (datetime(2020, 1, 1, tzinfo=UTC), clock.now(), datetime(2090, 1, 1, tzinfo=UTC)):
                with clock.held(moment):
                    row = _values("wsp_1", "dlv_1", new_id("at"), moment)
                work.execute(insert(Attempt).values(**row, detail="", response_body=""))
        migrations.upgrade(database.owner_url)
        with database._owner.connect() as work:
            places = list(work.scalars(_WHERE))
            assert places == [f"attempt_until_{clock.now():%Y%m%d}"] * 2 + ["attempt_default"]
            names = list(work.scalars(_NAMES))
            assert _name(clock.now() + timedelta(days=1)) in names
            assert _name(clock.now()) not in names
            later = text("SELECT portico_keep_attempts(now() + interval '31 days', 0, 30)")
            assert work.scalar(later) == f"attempt_until_{clock.now():%Y%m%d}"
    finally:
        database.drop()


def test_the_sweep_reads_the_record_before_events_go(cast: Cast, delivered: str, held_clock: None) -> None:
    """Attempts of young days go with an old event too."""
    clock.advance(timedelta(days=29))
    _try_at(cast, clock.now())
    clock.advance(timedelta(days=2))
    audit.derive()
    sweeping.sweep()
    assert _asked(_WHERE) == []
