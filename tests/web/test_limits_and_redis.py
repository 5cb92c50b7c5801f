"""Limits are counted for all processes in Redis, and in the process when Redis is gone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from portico.kernel.actor import Actor, ActorKind
from portico.kernel.errors import RateLimited
from portico.kernel.ids import new_id
from portico.settings import Settings
from portico.web.limits import Limits
from tests.support.databases import redis_database
from tests.support.loopback_servers import LoopbackServer

GONE = "redis://127.0.0.1:1/0"
THERE = redis_database(13)


def somebody(installation_id: str | None = None) -> Actor:
    kind: ActorKind = "app" if installation_id else "employee"
    return Actor(kind=kind, workspace_id=new_id("wsp"), id="emp_1", caller_key="mem_1", installation_id=installation_id)


def limits(folder: Path, redis_url: str | None = None) -> Limits:
    """Six reads, three writes a minute."""
    return Limits(replace(Settings(home=folder), limits_factor=0.01, redis_url=redis_url))


def left(headers: dict[str, str]) -> int:
    return int(headers["RateLimit"].split(";r=")[1].split(";")[0])


@pytest.mark.parametrize("redis_url", [None, GONE, pytest.param(THERE, marks=pytest.mark.redis)])
def test_each_kind_of_call_and_each_caller_has_an_own_count(tmp_path: Path, redis_url: str | None) -> None:
    counted = limits(tmp_path, redis_url)
    me, other = somebody(), somebody()
    assert [left(counted.spend(me, "read")) for _ in range(6)] == [5, 4, 3, 2, 1, 0]
    with pytest.raises(RateLimited) as refused:
        counted.spend(me, "read")
    assert 1 <= int(refused.value.headers["Retry-After"]) <= 60
    assert left(refused.value.headers) == 0
    assert left(counted.spend(me, "write")) == 2
    assert left(counted.spend(other, "read")) == 5


@pytest.mark.redis
def test_two_processes_share_one_count(tmp_path: Path) -> None:
    one, two = limits(tmp_path, THERE), limits(tmp_path, THERE)
    me = somebody()
    assert [left(which.spend(me, "read")) for which in (one, two, one)] == [5, 4, 3]


def test_an_app_may_three_times_as_much_and_items_cost_a_tenth(tmp_path: Path) -> None:
    counted = limits(tmp_path)
    app = somebody(new_id("ins"))
    assert left(counted.spend(app, "write")) == 8
    assert left(counted.spend(app, "write", cost=2.5)) == 5
    assert left(counted.spend(app, "write", cost=0.5)) == 5


@pytest.mark.parametrize("redis_url", [None, GONE])
def test_who_fails_to_authenticate_too_often_waits(tmp_path: Path, redis_url: str | None) -> None:
    counted = Limits(replace(Settings(home=tmp_path), redis_url=redis_url))
    for _ in range(20):
        counted.refuse_guessing("app_1", "127.0.0.1")
        counted.note_failure("app_1", "127.0.0.1")
    with pytest.raises(RateLimited):
        counted.refuse_guessing("app_1", "127.0.0.1")
    counted.refuse_guessing("app_2", "127.0.0.1")


def test_a_redis_that_hangs_is_waited_for_once_in_a_while(tmp_path: Path) -> None:
    """It takes the connection and never answers; who comes meanwhile does not wait for it too."""
    with LoopbackServer() as silent:
        counted, me = limits(tmp_path, f"redis://127.0.0.1:{silent.port}/0"), somebody()
        assert [left(counted.spend(me, "read")) for _ in range(6)] == [5, 4, 3, 2, 1, 0]
        assert silent.connections == 1
