"""Audiences over a hundred thousand people in a deep tree, on PostgreSQL with its policies: a page, a count, one."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import _support
from sqlalchemy import Connection, create_engine, make_url, text

from portico.app import start
from portico.domains.directory import audiences
from portico.kernel import migrations
from portico.kernel.unit_of_work import session, unit
from portico.settings import Settings
from tests.support.databases import POSTGRES, owner_and_login

NAME = "portico_bench_audiences"
PAGE = 5_000
GOAL = "the first page of 5,000 and the count within 500 ms each, whatever the rules"
ACME = "wsp_01jd0000000000000000000000"
_ID = "'{prefix}_0' || lpad({n}::text, 25, '0')"
# The tree has two below each: with 4,000 departments, paths of up to twelve ids.
SEED = (
    "INSERT INTO workspace (id, name, slug, locale, timezone, unlisted_clients, two_factor, created_at) "
    "SELECT :acme, 'Acme', 'acme', 'en', 'Asia/Shanghai', false, 'off', now()",
    """INSERT INTO department (workspace_id, id, name, name_key, parent_id, parent_key, path, sort_order, created_at,
                               updated_at, version)
       SELECT :acme, {dep}, 'D' || n, 'd' || n, NULL, '', '/' || {dep} || '/', 0, now(), now(), 1
         FROM generate_series(0, :departments - 1) n""",
    """WITH RECURSIVE tree AS (
         SELECT 0 AS n, '/' || {dep0} || '/' AS path
         UNION ALL SELECT c.n, tree.path || {depc} || '/' FROM tree
           JOIN generate_series(1, :departments - 1) AS c (n) ON tree.n = (c.n - 1) / 2)
       UPDATE department d SET path = tree.path FROM tree
        WHERE d.workspace_id = :acme AND d.id = {dept}""",
    """INSERT INTO employee (workspace_id, id, display_name, name_key, status, title, title_key, hired_on, hide_mobile,
                             properties, created_at, updated_at, version)
       SELECT :acme, {emp}, 'Person ' || n, 'person ' || n, CASE WHEN n % 50 = 0 THEN 'suspended' ELSE 'active' END,
              'T' || n % 40, 't' || n % 40, date '2020-01-01' + n % 2000, false, '{{}}', now(), now(), 1
         FROM generate_series(1, :people) n""",
    """INSERT INTO department_member (workspace_id, department_id, employee_id, is_primary, lead, sort_order)
       SELECT :acme, '{dep_}_0' || lpad((n % :departments)::text, 25, '0'), {emp}, true, n < :departments, 0
         FROM generate_series(1, :people) n""",
    """INSERT INTO directory_group (workspace_id, id, name, name_key, created_at, updated_at, version)
       SELECT :acme, {grp}, 'G' || n, 'g' || n, now(), now(), 1 FROM generate_series(1, 20) n""",
    """INSERT INTO directory_group_member (workspace_id, group_id, employee_id)
       SELECT :acme, '{grp_}_0' || lpad((1 + n % 3)::text, 25, '0'), {emp} FROM generate_series(1, :people) n""",
    """INSERT INTO property (workspace_id, id, object, key, place, label, type, options, sensitive, state, created_at,
                             updated_at, version)
       SELECT :acme, 'prp_points', 'employee', 'points', 1, 'Points', 'integer', '[]', false, 'active', now(),
              now(), 1""",
    """INSERT INTO property_index (workspace_id, property_id, object_id, position, number)
       SELECT :acme, 'prp_points', {emp}, 0, n FROM generate_series(1, :people, 2) n""",
    "ANALYZE",
)


def _seed(connection: Connection, people: int, departments: int) -> None:
    for statement in SEED:
        names = {
            "dep": _ID.format(prefix="dep", n="n"),
            "dep0": _ID.format(prefix="dep", n="0"),
            "depc": _ID.format(prefix="dep", n="c.n"),
            "dept": _ID.format(prefix="dep", n="tree.n"),
            "emp": _ID.format(prefix="emp", n="n"),
            "grp": _ID.format(prefix="grp", n="n"),
            "dep_": "dep",
            "grp_": "grp",
        }
        wanted = {"acme": ACME, "people": people, "departments": departments}
        sql = statement.format(**names)
        connection.execute(text(sql), {name: value for name, value in wanted.items() if f":{name}" in sql})


def _id(prefix: str, number: int) -> str:
    return f"{prefix}_0{number:025d}"


def _asked(departments: int) -> dict[str, dict[str, Any]]:
    def department(number: int, **more: Any) -> dict[str, Any]:
        return {"kind": "department", "id": _id("dep", number), "recursive": True, **more}

    def predicate(**tree: Any) -> dict[str, Any]:
        return {"kind": "predicate", "predicate": tree}

    points = {"field": "properties.points", "op": "gte", "value": 50_000}
    title = {"field": "title", "op": "in", "value": ["t1", "t2", "t3"]}
    hired = {"field": "hired_on", "op": "within_last", "value": 700}
    leaf = department(departments - 1)
    group = {"kind": "group", "id": _id("grp", 1)}
    several = [department(1), department(5), group, {"kind": "employee", "id": _id("emp", 7)}]
    return {
        "everybody": {"include": [{"kind": "all"}], "exclude": []},
        "half of the tree": {"include": [department(1)], "exclude": []},
        "a lowest department": {"include": [leaf], "exclude": []},
        "a group of a third": {"include": [group], "exclude": []},
        "several without several": {
            "include": several,
            "exclude": [department(3), {"kind": "group", "id": _id("grp", 2)}, predicate(**title)],
        },
        "everybody without half": {"include": [{"kind": "all"}], "exclude": [department(2)]},
        "a predicate of three": {"include": [predicate(all=[points, {"not": title}, hired])], "exclude": []},
        "an OR of big parts": {
            "include": [
                predicate(any=[points, title, {"field": "within_departments", "op": "any", "value": [_id("dep", 1)]}])
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
    middle, _ = _timed(lambda: page(_id("emp", 50_000)), times)
    counted, people = _timed(lambda: audiences.count(ACME, audience), times)
    by_rule, _ = _timed(lambda: audiences.count_by_rule(ACME, audience), times)
    one, _ = _timed(lambda: audiences.includes(ACME, audience, _id("emp", 77)), times)
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
            _seed(connection, options.people, options.departments)
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
    _support.report(about, {"goal": GOAL, "people": options.people, "audiences": found})


if __name__ == "__main__":
    main()
