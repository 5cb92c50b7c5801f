"""Audiences over a hundred thousand people in a deep tree, on PostgreSQL with its policies: a page, a count, one."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import _support
from sqlalchemy import create_engine, make_url, text

from portico.app import start
from portico.domains.directory import audiences
from portico.kernel import migrations
from portico.kernel.unit_of_work import session, unit
from portico.settings import Settings
from tests.support.big_company import fill, id_of
from tests.support.databases import POSTGRES, owner_and_login

NAME = "portico_bench_audiences"
PAGE = 5_000
ACME = "wsp_01jd0000000000000000000000"
WORKSPACE = (
    "INSERT INTO workspace (id, name, slug, locale, timezone, unlisted_clients, two_factor, created_at) "
    "VALUES (:acme, 'Acme', 'acme', 'en', 'Asia/Shanghai', false, 'off', now())"
)


def _asked(departments: int) -> dict[str, dict[str, Any]]:
    def department(number: int, **more: Any) -> dict[str, Any]:
        return {"kind": "department", "id": id_of("dep", number), "recursive": True, **more}

    def predicate(**tree: Any) -> dict[str, Any]:
        return {"kind": "predicate", "predicate": tree}

    points = {"field": "properties.points", "op": "gte", "value": 50_000}
    title = {"field": "title", "op": "in", "value": ["t1", "t2", "t3"]}
    hired = {"field": "hired_on", "op": "within_last", "value": 700}
    leaf = department(departments - 1)
    group = {"kind": "group", "id": id_of("grp", 1)}
    several = [department(1), department(5), group, {"kind": "employee", "id": id_of("emp", 7)}]
    return {
        "everybody": {"include": [{"kind": "all"}], "exclude": []},
        "half of the tree": {"include": [department(1)], "exclude": []},
        "a lowest department": {"include": [leaf], "exclude": []},
        "a group of a third": {"include": [group], "exclude": []},
        "several without several": {
            "include": several,
            "exclude": [department(3), {"kind": "group", "id": id_of("grp", 2)}, predicate(**title)],
        },
        "everybody without half": {"include": [{"kind": "all"}], "exclude": [department(2)]},
        "a predicate of three": {"include": [predicate(all=[points, {"not": title}, hired])], "exclude": []},
        "an OR of big parts": {
            "include": [
                predicate(any=[points, title, {"field": "within_departments", "op": "any", "value": [id_of("dep", 1)]}])
            ],
            "exclude": [],
        },
        "two big predicates": {"include": [predicate(**points), predicate(**title), department(4)], "exclude": []},
    }


def _timed(work: Callable[[], Any], times: int) -> tuple[dict[str, float], Any]:
    seconds, answer = [], None
    for _ in range(times):
        with unit(ACME, write=False):
            began = time.perf_counter()
            answer = work()
            seconds.append(time.perf_counter() - began)
    return _support.summary(seconds), answer


def _measure(audience: dict[str, Any], times: int) -> dict[str, Any]:
    def page(after: str) -> list[str]:
        found = audiences.people(ACME, audience)
        return list(session().scalars(found.where(found.selected_columns.id > after).order_by("id").limit(PAGE)))

    first, ids = _timed(lambda: page(""), times)
    middle, _ = _timed(lambda: page(id_of("emp", 50_000)), times)
    counted, people = _timed(lambda: audiences.count(ACME, audience), times)
    by_rule, _ = _timed(lambda: audiences.count_by_rule(ACME, audience), times)
    one, _ = _timed(lambda: audiences.includes(ACME, audience, id_of("emp", 77)), times)
    return {
        "people": people,
        "first page": {"rows": len(ids), **first},
        "page from the middle": middle,
        "count": counted,
        "count by rule": by_rule,
        "one person": one,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--departments", type=int, default=4_000)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    about = _support.machine()
    server = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    owner_url, login_url = owner_and_login(NAME)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {NAME}"))
        connection.execute(text(f"CREATE DATABASE {NAME}"))
    try:
        _support.say("migrating and seeding")
        migrations.upgrade(owner_url)
        owner = create_engine(make_url(owner_url))
        with owner.begin() as connection:
            connection.execute(text(WORKSPACE), {"acme": ACME})
            fill(connection, ACME, options.people, options.departments)
        owner.dispose()
        with TemporaryDirectory() as home:
            database = start(Settings(home=Path(home), database_url=login_url, secret_keys=("bench",), mode="demo"))
            found = {}
            for name, audience in _asked(options.departments).items():
                _support.say(name)
                found[name] = _measure(audience, options.times)
            database.dispose()
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)"))
    _support.report(about, {"people": options.people, "audiences": found})


if __name__ == "__main__":
    main()
