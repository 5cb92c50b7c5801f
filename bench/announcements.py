"""Publishing to a hundred thousand people, who has read it, and one person's feed of two thousand: on PostgreSQL.

Beside each figure stands its floor: what plain SQL takes for the same rows, as the owner of the tables, without
row-level security, HTTP, tokens or jobs.
"""

from __future__ import annotations

import argparse
import http.client
import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import _support
from sqlalchemy import Connection, Engine, create_engine, text

from portico.domains.announcements.models import Announcement, AnnouncementRecipient, AnnouncementTally
from portico.domains.directory.models import Employee
from portico.domains.identity import service as identity
from portico.kernel.unit_of_work import unit
from tests.support.cast import Cast, make_cast
from tests.support.running import Portico
from tests.support.waiting import until

GOAL = (
    "publish answers at once; every row within 20 s; a page of receipts and the counts p95 under 100 ms; "
    "a page of the feed of one person with 2,000 p95 under 50 ms"
)
_MANY = "'{prefix}_0' || lpad(n::text, 25, '0')"
ALL = {"include": [{"kind": "all"}], "exclude": []}


class Client:
    """One kept-alive connection to the API."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def call(self, method: str, path: str, body: Any = None) -> Any:
        self._connection.request(method, f"/api/v1{path}", None if body is None else json.dumps(body), self._headers)
        response = self._connection.getresponse()
        answer = response.read()
        if response.status // 100 != 2:
            raise SystemExit(f"{method} {path}: {response.status} {answer.decode()}")
        return json.loads(answer)

    def anew(self) -> None:
        """Connect again with the next call: after a long wait the server has closed the connection."""
        self._connection.close()

    def timed(self, method: str, path: str, body: Any = None) -> tuple[float, Any]:
        began = time.perf_counter()
        found = self.call(method, path, body)
        return time.perf_counter() - began, found


def copies(connection: Connection, model: Any, where: str, count: int, **changed: str) -> None:
    """Rows like the one that `where` names, with these columns computed from `n`."""
    table = model.__table__
    names = [f'"{column.name}"' for column in table.c]
    values = [changed.get(column.name, f't."{column.name}"') for column in table.c]
    connection.execute(
        text(
            f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {', '.join(values)} "
            f"FROM generate_series(1, {count}) n, {table.name} t WHERE {where}"
        )
    )


class Bench:
    def __init__(self, options: argparse.Namespace, portico: Portico, cast: Cast, tokens: dict[str, str]) -> None:
        self.options, self.cast = options, cast
        self.author = Client(portico.web_port, tokens["announcer"])
        self.reader = Client(portico.web_port, tokens["employee"])
        self.owner: Engine = create_engine(portico.settings.migrate_url)
        self.here = {"workspace": cast.acme, "employee": cast.employee_id("employee")}

    def sql(self, statement: str, **about: Any) -> Any:
        with self.owner.begin() as connection:
            return connection.execute(text(statement), {**self.here, **about})

    def scalar(self, statement: str, **about: Any) -> Any:
        with self.owner.begin() as connection:
            return connection.execute(text(statement), {**self.here, **about}).scalar()

    def analyze(self) -> None:
        with self.owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))

    def people(self) -> None:
        _support.say(f"  {self.options.people:,} people")
        with self.owner.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            which = f"t.workspace_id = '{self.cast.acme}' AND t.id = '{self.cast.employee_id('agent')}'"
            new = {"id": _MANY.format(prefix="emp"), "display_name": "'Person ' || n", "name_key": "'person ' || n"}
            empty = {"email_key": "NULL", "primary_email": "NULL", "employee_no_key": "NULL", "external_id": "NULL"}
            copies(connection, Employee, which, self.options.people, **new, **empty)
        self.analyze()

    def draft(self, **more: Any) -> str:
        body = {"title": "The canteen moves", "body": "Second floor. " * 100, "audience": ALL, **more}
        return str(self.author.call("POST", "/announcements", body)["id"])

    def published(self, announcement_id: str) -> float:
        """Seconds until it is; the database is asked, not the API, so as not to be in the way."""
        began = time.perf_counter()
        state = "SELECT status FROM announcement WHERE workspace_id = :workspace AND id = :id"
        until(lambda: self.scalar(state, id=announcement_id) == "published", within=300, what="the end of publishing")
        return time.perf_counter() - began

    def publishing(self) -> dict[str, Any]:
        """The request, the rows, and the inboxes; then the same rows by one plain statement."""
        made = self.draft(requires_ack=True)
        request, _ = self.author.timed("POST", f"/announcements/{made}/publish")
        rows = request + self.published(made)
        count = "SELECT count(*) FROM {} WHERE workspace_id = :workspace AND {} = :id"
        there = self.scalar(count.format("announcement_recipient", "announcement_id"), id=made)
        told = "SELECT count(*) FROM notification WHERE workspace_id = :workspace AND resource_id = :id"
        began = time.perf_counter()
        until(lambda: self.scalar(told, id=made) == there, within=600, what="the last inbox")
        inboxes = time.perf_counter() - began
        self.author.anew()
        found = {
            "request_ms": round(request * 1000, 1),
            "rows": there,
            "all_rows_s": round(rows, 2),
            "all_inboxes_after_that_s": round(inboxes, 2),
            "floor_all_rows_s": round(self._plain_insert(), 2),
        }
        _support.say(f"  publishing: {found}")
        self.made = made
        return found

    def _plain_insert(self) -> float:
        """One INSERT … SELECT into the same table with its indexes and foreign keys."""
        other = self.draft()
        columns = "announcement_id, state, via_rule, run_id, late_joiner, added_at, listed_at, read_revision, "
        columns += "acked_revision, acked_late, reminded_count, overdue_revision"
        began = time.perf_counter()
        self.sql(
            f"INSERT INTO announcement_recipient (workspace_id, employee_id, {columns}) "
            "SELECT workspace_id, id, CAST(:id AS text), 'delivered', 0, 'anr_floor', false, now(), now(), 0, 0, "
            "false, 0, 0 FROM employee WHERE workspace_id = :workspace AND status = 'active'",
            id=other,
        )
        took = time.perf_counter() - began
        self.sql(
            "DELETE FROM announcement_recipient WHERE workspace_id = :workspace AND announcement_id = :id", id=other
        )
        return took

    def some_have_read(self) -> None:
        """Half have read, a fifth of all has acknowledged."""
        self.sql(
            "UPDATE announcement_recipient SET first_read_at = now(), last_read_at = now(), read_revision = 1, "
            "acked_revision = CASE WHEN substr(employee_id, 30) < '4' THEN 1 ELSE 0 END "
            "WHERE workspace_id = :workspace AND announcement_id = :id AND substr(employee_id, 30) < '5'",
            id=self.made,
        )
        self.analyze()
        self.author.anew()

    def asked(self, client: Client, path: Callable[[], str]) -> dict[str, Any]:
        client.call("GET", path())
        return _support.summary([client.timed("GET", path())[0] for _ in range(self.options.requests)])

    def plain(self, statement: str, **about: Any) -> dict[str, Any]:
        """The floor: the same rows by one statement on one connection."""
        with self.owner.connect() as connection:
            times = []
            for _ in range(self.options.requests):
                began = time.perf_counter()
                connection.execute(text(statement), {**self.here, **about}).all()
                times.append(time.perf_counter() - began)
        return _support.summary(times)

    def receipts(self) -> dict[str, Any]:
        path, found = f"/announcements/{self.made}/receipts?limit=50", {}
        deep = path
        for _ in range(20):
            deep = f"{path}&cursor={quote(self.author.call('GET', deep)['page']['next_cursor'])}"
        for name, asked in {
            "receipts, the first page": path,
            "receipts, page 21": deep,
            "receipts, unread": f"{path}&state=unread",
            "receipts, read": f"{path}&state=read",
            "receipts, acknowledged": f"{path}&state=acknowledged",
            "receipts, late": f"{path}&state=late",
            "the announcement with its counts": f"/announcements/{self.made}",
            "stats, counted anew": f"/announcements/{self.made}/stats",
        }.items():
            found[name] = self.asked(self.author, lambda asked=asked: asked)
            _support.say(f"  {name:40} {found[name]}")
        mine = "workspace_id = :workspace AND announcement_id = :id AND state = 'delivered'"
        page = f"SELECT * FROM announcement_recipient WHERE {mine} {{}} ORDER BY employee_id LIMIT 51"
        somebody = f"emp_0{str(self.options.people // 2).rjust(25, '0')}"
        found["floor: a page by its key"] = self.plain(
            page.format("AND employee_id > :last"), id=self.made, last=somebody
        )
        found["floor: a page of unread"] = self.plain(page.format("AND first_read_at IS NULL"), id=self.made)
        counted = "SELECT count(*), count(first_read_at), sum((acked_revision >= 1)::int)"
        counted += f" FROM announcement_recipient WHERE {mine}"
        found["floor: the counts"] = self.plain(counted, id=self.made)
        return found

    def feed(self) -> dict[str, Any]:
        """Two thousand announcements of one person."""
        self.author.anew()
        one = self.draft(audience={"include": [{"kind": "employee", "id": self.here["employee"]}], "exclude": []})
        self.author.call("POST", f"/announcements/{one}/publish")
        self.published(one)
        with self.owner.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            many, which = self.options.feed, f"t.workspace_id = '{self.cast.acme}'"
            new = _MANY.format(prefix="ann")
            ago = "now() - n * interval '1 hour'"
            copies(connection, Announcement, f"{which} AND t.id = '{one}'", many, id=new, published_at=ago)
            of_it = f"{which} AND t.announcement_id = '{one}'"
            read = {"first_read_at": "CASE WHEN n > 40 THEN now() END"}
            copies(connection, AnnouncementRecipient, of_it, many, announcement_id=new, listed_at=ago, **read)
            copies(connection, AnnouncementTally, of_it, many, announcement_id=new)
        self.analyze()
        self.reader.anew()
        path, found = "/announcements/feed?limit=50", {}
        deep = path
        for _ in range(20):
            deep = f"{path}&cursor={quote(self.reader.call('GET', deep)['page']['next_cursor'])}"
        for name, asked in {
            "feed, the first page": path,
            "feed, page 21": deep,
            "feed, pending": f"{path}&filter[pending]=true",
            "feed, pinned": f"{path}&filter[pinned]=true",
        }.items():
            found[name] = self.asked(self.reader, lambda asked=asked: asked)
            _support.say(f"  {name:40} {found[name]}")
        found["floor: the first page"] = self.plain(
            "SELECT r.*, a.title, a.summary, a.author FROM announcement_recipient r JOIN announcement a "
            "ON a.workspace_id = r.workspace_id AND a.id = r.announcement_id WHERE r.workspace_id = :workspace "
            "AND r.employee_id = :employee AND r.state = 'delivered' AND a.status = 'published' "
            "ORDER BY r.listed_at DESC, r.announcement_id DESC LIMIT 51"
        )
        return found

    def reading(self) -> dict[str, Any]:
        """To say that one has read: the first time, which counts and tells, and again."""
        ids = [f"ann_0{str(n).rjust(25, '0')}" for n in range(1, 41)]
        first = [self.reader.timed("PUT", f"/announcements/{one}/receipt/me", {"read": True})[0] for one in ids]
        again = [self.reader.timed("PUT", f"/announcements/{one}/receipt/me", {"read": True})[0] for one in ids]
        return {"reading for the first time": _support.summary(first), "reading again": _support.summary(again)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--feed", type=int, default=2_000)
    parser.add_argument("--requests", type=int, default=100, help="of each kind")
    options = parser.parse_args()
    about = _support.machine()
    with Portico("postgres", PORTICO_LIMITS_FACTOR="1000") as portico:
        cast = make_cast("postgres")
        tokens = {}
        for name in ("announcer", "employee"):
            actor = cast.actor(name)
            with unit(actor.workspace_id, write=True):
                tokens[name] = identity.create_token(actor, name="bench", scopes=actor.scopes, life=timedelta(days=1))
        portico.start_web()
        portico.start_background()
        bench = Bench(options, portico, cast, tokens)
        bench.people()
        figures = {"publishing": bench.publishing()}
        bench.some_have_read()
        figures |= {"receipts": bench.receipts(), "feed": bench.feed(), "reading": bench.reading()}
        bench.owner.dispose()
    _support.report(about, {"goal": GOAL, "people": options.people, "feed_of": options.feed, **figures})


if __name__ == "__main__":
    main()
