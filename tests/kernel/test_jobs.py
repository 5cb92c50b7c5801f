"""A job is a row first: whoever carries it, it is done once, tried again after a failure, and never lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import redis
from sqlalchemy import select

from portico.kernel import clock, db, jobs
from portico.kernel.actor import Actor
from portico.kernel.errors import Conflict
from portico.kernel.jobs import JOB_KINDS, Job, JobKind, carrier
from portico.kernel.jobs.running import LEASE
from portico.settings import Settings
from tests.support.cast import Cast
from tests.support.databases import redis_database

REDIS_URL = redis_database(13)
Declare = Callable[..., None]


class Killed(BaseException):
    """Ends a try as a kill does: nobody writes down how it went."""


@pytest.fixture
def declare(monkeypatch: pytest.MonkeyPatch) -> Declare:
    """Declare a kind of job for one test; the registry itself is sealed."""

    def add(run: Callable[..., Any], *, own_units: bool = False, tries: int = 3) -> None:
        monkeypatch.setitem(JOB_KINDS._items, "test.job", JobKind("test.job", "Test", run, own_units, tries))

    return add


def enqueue(cast: Cast, **args: str | int | None) -> str:
    with cast.writing():
        return jobs.enqueue(cast.actor("agent"), "test.job", **args)


def row(cast: Cast, job_id: str) -> Any:
    with cast.reading() as work:
        return work.execute(select(Job.__table__).where(Job.workspace_id == cast.acme, Job.id == job_id)).one()


@pytest.mark.both_databases
def test_it_runs_once_with_its_arguments_as_the_system_of_its_workspace(cast: Cast, declare: Declare) -> None:
    ran: list[tuple[str, str, dict[str, Any]]] = []
    declare(lambda actor, **args: ran.append((actor.kind, actor.workspace_id, args)) or {"done": 1})
    job_id = enqueue(cast, contact_id="con_1", number=5, nothing=None)
    assert jobs.drain() == 1
    assert jobs.drain() == 0
    assert ran == [("system", cast.acme, {"contact_id": "con_1", "number": 5, "nothing": None})]
    done = row(cast, job_id)
    assert (done.state, done.result, done.attempts, done.error) == ("succeeded", {"done": 1}, 1, None)
    assert done.finished_at is not None


def test_a_rolled_back_unit_leaves_no_job(cast: Cast, declare: Declare) -> None:
    declare(lambda actor: None)
    with pytest.raises(Conflict), cast.writing():
        jobs.enqueue(cast.actor("agent"), "test.job")
        raise Conflict
    assert jobs.drain() == 0


def test_an_unknown_kind_is_a_mistake(cast: Cast) -> None:
    with cast.writing(), pytest.raises(LookupError, match="portico list jobs"):
        jobs.enqueue(cast.actor("agent"), "test.nothing")


@pytest.mark.both_databases
@pytest.mark.parametrize("own_units", [False, True])
def test_a_failing_job_is_tried_again_ever_later_then_failed(
    cast: Cast, declare: Declare, held_clock: None, own_units: bool
) -> None:
    def fail(actor: Actor) -> None:
        raise ValueError("swordfish")

    declare(fail, own_units=own_units)
    job_id = enqueue(cast)
    pauses = []
    for attempt in (1, 2):
        assert jobs.drain() == 1
        tried = row(cast, job_id)
        assert (tried.state, tried.attempts, tried.finished_at) == ("queued", attempt, None)
        pauses.append(tried.due_at - clock.now())
        assert jobs.drain() == 0, "not before it is due"
        clock.advance(pauses[-1])
    assert pauses[0] < pauses[1]
    assert jobs.drain() == 1
    failed = row(cast, job_id)
    assert (failed.state, failed.attempts) == ("failed", 3)
    assert failed.error == "ValueError", "what an exception says may hold anything; its name does not"
    assert failed.finished_at is not None
    clock.advance(timedelta(days=1))
    assert jobs.drain() == 0


def test_a_refusal_says_why_on_the_row(cast: Cast, declare: Declare) -> None:
    def refuse(actor: Actor) -> None:
        raise Conflict("Somebody was faster.")

    declare(refuse)
    job_id = enqueue(cast)
    jobs.drain()
    assert row(cast, job_id).error == "Somebody was faster."


@pytest.mark.both_databases
def test_a_failed_try_leaves_nothing_of_what_it_wrote(cast: Cast, declare: Declare, held_clock: None) -> None:
    runs: list[int] = []

    def half(actor: Actor) -> None:
        jobs.enqueue(actor, "test.job", number=len(runs))
        runs.append(1)
        raise ValueError

    declare(half, tries=1)
    job_id = enqueue(cast)
    assert jobs.drain() == 1
    with cast.reading() as work:
        assert list(work.scalars(select(Job.id).where(Job.workspace_id == cast.acme))) == [job_id]


@pytest.mark.both_databases
def test_runners_at_once_run_a_job_once(cast: Cast, declare: Declare) -> None:
    ran: list[str] = []
    declare(lambda actor, name: ran.append(name))
    ids = {name: enqueue(cast, name=name) for name in ("a", "b", "c")}
    start = threading.Barrier(4)
    answers: list[bool] = []

    def run() -> None:
        start.wait()
        answers.extend(jobs.perform(cast.acme, job_id) for job_id in ids.values())

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ran) == ["a", "b", "c"]
    assert sum(answers) == 3


@pytest.mark.both_databases
@pytest.mark.parametrize("own_units", [False, True])
def test_a_job_killed_in_the_middle_is_taken_again_when_its_lease_is_over(
    cast: Cast, declare: Declare, held_clock: None, own_units: bool
) -> None:
    runs: list[int] = []

    def run(actor: Actor) -> None:
        runs.append(1)
        if len(runs) == 1:
            raise Killed

    declare(run, own_units=own_units)
    job_id = enqueue(cast)
    with pytest.raises(Killed):
        jobs.drain()
    assert row(cast, job_id).state == "running"
    clock.advance(LEASE - timedelta(seconds=1))
    assert jobs.drain() == 0
    clock.advance(timedelta(seconds=1))
    assert jobs.drain() == 1
    assert (row(cast, job_id).state, row(cast, job_id).attempts) == ("succeeded", 2)


def test_who_comes_too_late_does_not_write_over_the_later_try(cast: Cast, declare: Declare, held_clock: None) -> None:
    runs: list[int] = []

    def run(actor: Actor) -> dict[str, Any]:
        runs.append(1)
        mine = len(runs)
        if mine == 1:  # the lease runs out, another takes the job and ends it
            clock.advance(LEASE)
            assert jobs.perform(cast.acme, job_id)
        return {"try": mine}

    declare(run, own_units=True)
    job_id = enqueue(cast)
    assert jobs.drain() == 1
    assert row(cast, job_id).result == {"try": 2}


def test_a_job_is_run_within_its_workspace(cast: Cast, declare: Declare) -> None:
    declare(lambda actor: None)
    job_id = enqueue(cast)
    assert not jobs.perform(cast.other, job_id)
    assert jobs.perform(cast.acme, job_id)


# With Redis


@pytest.fixture
def by_redis(
    database: db.Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Settings, redis.Redis]]:
    """Jobs carried by RQ, on a queue and a Redis database of the tests' own."""
    client = redis.Redis.from_url(REDIS_URL)
    client.flushdb()
    with_redis = replace(settings, redis_url=REDIS_URL)
    monkeypatch.setattr(carrier, "QUEUE", "portico-tests")
    jobs.configure(with_redis)
    yield with_redis, client
    jobs.configure(settings)
    client.flushdb()
    client.close()


@pytest.mark.redis
@pytest.mark.both_databases
def test_rq_carries_ids_and_nothing_else(by_redis: tuple[Settings, redis.Redis], cast: Cast, declare: Declare) -> None:
    settings, client = by_redis
    ran: list[str] = []
    declare(lambda actor, secret: ran.append(secret))
    job_id = enqueue(cast, secret="swordfish")
    held = b"".join(
        part
        for key in client.keys("*")
        if client.type(key) == b"hash"
        for pair in client.hgetall(key).items()
        for part in pair
    )
    assert b"swordfish" not in held
    jobs.run_worker(settings, until_empty=True)
    assert ran == ["swordfish"]
    assert row(cast, job_id).state == "succeeded"


@pytest.mark.redis
def test_an_emptied_redis_loses_nothing(
    by_redis: tuple[Settings, redis.Redis], cast: Cast, declare: Declare, held_clock: None
) -> None:
    settings, client = by_redis
    ran: list[int] = []
    declare(lambda actor, number: ran.append(number))
    for number in range(3):
        enqueue(cast, number=number)
    client.flushdb()
    jobs.run_worker(settings, until_empty=True)
    assert ran == []
    assert jobs.sweep() == 0, "what is only just due may be on its way"
    clock.advance(timedelta(seconds=3))
    assert jobs.sweep() == 3
    assert jobs.sweep() == 3, "carried twice"
    jobs.run_worker(settings, until_empty=True)
    assert sorted(ran) == [0, 1, 2], "and run once"


@pytest.mark.redis
def test_a_failing_job_does_not_stop_the_worker(
    by_redis: tuple[Settings, redis.Redis], cast: Cast, declare: Declare
) -> None:
    settings, _ = by_redis
    ran: list[int] = []

    def run(actor: Actor, number: int) -> None:
        ran.append(number)
        if number == 0:
            raise ValueError

    declare(run)
    first, second = enqueue(cast, number=0), enqueue(cast, number=1)
    jobs.run_worker(settings, until_empty=True)
    assert ran == [0, 1]
    assert (row(cast, first).state, row(cast, second).state) == ("queued", "succeeded")


def test_redis_that_is_gone_costs_a_sweep(
    database: db.Database, settings: Settings, cast: Cast, declare: Declare
) -> None:
    ran: list[int] = []
    declare(lambda actor: ran.append(1))
    jobs.configure(replace(settings, redis_url="redis://127.0.0.1:1/0"))
    job_id = enqueue(cast)
    jobs.configure(settings)
    assert jobs.drain() == 1
    assert row(cast, job_id).state == "succeeded"


def test_a_worker_needs_redis(settings: Settings) -> None:
    with pytest.raises(RuntimeError, match="PORTICO_REDIS_URL"):
        jobs.run_worker(settings)
