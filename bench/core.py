"""Lists, filters and search over a million contacts and a hundred thousand tickets, by the API on PostgreSQL."""

from __future__ import annotations

import argparse
import http.client
import json
import random
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

import _crowd
import _support
from sqlalchemy import create_engine, text

from portico.domains.identity import service as identity
from portico.kernel.unit_of_work import unit
from tests.support.cast import Cast, make_cast
from tests.support.running import Portico

PAGE = 50
GOAL = "p95 under 100 ms for each; page 1,000 costs what page 1 does"
PROPERTIES = (
    {"key": "tier", "label": "Tier", "type": "select", "options": ["gold", "silver", "iron"]},
    {"key": "points", "label": "Points", "type": "integer"},
)


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

    def timed(self, path: str) -> tuple[float, Any]:
        began = time.perf_counter()
        found = self.call("GET", path)
        return time.perf_counter() - began, found


def _query(**about: Any) -> str:
    return urlencode({name.replace("__", "."): value for name, value in about.items()}, quote_via=quote)


class Bench:
    def __init__(self, options: argparse.Namespace, client: Client, owner_url: str) -> None:
        self.options, self.client, self.owner_url = options, client, owner_url
        self.random = random.Random(1)

    def asked(self, path: Callable[[], str]) -> dict[str, Any]:
        """The same kind of question many times, each with other values; times of whole requests."""
        self.client.call("GET", path())
        found = [self.client.timed(path()) for _ in range(self.options.requests)]
        rows = sorted(len(answer["data"]) for _, answer in found)
        return {**_support.summary([seconds for seconds, _ in found]), "rows": f"{rows[0]}–{rows[-1]}"}

    def paged(self, path: str, pages: int) -> dict[str, Any]:
        """Page after page by the cursor: what the first twenty cost, and what the last twenty do."""
        times: list[float] = []
        cursor = ""
        for _ in range(pages):
            seconds, answer = self.client.timed(f"{path}&cursor={quote(cursor)}" if cursor else path)
            times.append(seconds)
            cursor = answer["page"]["next_cursor"]
            if not cursor:
                break
        return {
            "pages": len(times),
            "first_20": _support.summary(times[:20]),
            "last_20": _support.summary(times[-20:]),
        }

    def offset(self, rows: int) -> float:
        """The peer: what plain SQL with OFFSET costs at that row, as the owner, without row-level security. In ms."""
        engine = create_engine(self.owner_url)
        with engine.connect() as connection:
            times = []
            for _ in range(5):
                began = time.perf_counter()
                connection.execute(text(f"SELECT * FROM contact ORDER BY id DESC OFFSET {rows} LIMIT {PAGE}")).all()
                times.append(time.perf_counter() - began)
        engine.dispose()
        return round(sorted(times)[2] * 1000, 1)

    def run(self) -> dict[str, Any]:
        people = self.options.contacts
        some = self.random
        found: dict[str, Any] = {}
        for name, path in {
            **{f"contacts by {sort}": _always(f"/contacts?limit={PAGE}&sort={sort}") for sort in _both(CONTACT_SORTS)},
            **{f"tickets by {sort}": _always(f"/tickets?limit={PAGE}&sort={sort}") for sort in _both(TICKET_SORTS)},
            "contacts, a property of a third": lambda: f"/contacts?filter[properties.tier]={some.choice(TIERS)}",
            "contacts, a property of one": lambda: f"/contacts?filter[properties.points]={some.randrange(1, people)}",
            "contacts, a range of a property by name": lambda: (
                f"/contacts?sort=display_name&filter[properties.points][lt]={some.randrange(1, people)}"
            ),
            "contacts, q of a beginning of many": lambda: f"/contacts?q={some.choice(_crowd.GIVEN)[:2]}",
            "contacts, q of a name": lambda: f"/contacts?q={some.choice(_crowd.GIVEN)}",
            "contacts, q of two words": lambda: (
                f"/contacts?q={some.choice(_crowd.GIVEN)}%20{some.choice(_crowd.FAMILY)[:3]}"
            ),
            "contacts, q of one": lambda: f"/contacts?q=person{some.randrange(1, people)}",
            "contacts, q of none": lambda: f"/contacts?q=zz{some.randrange(1, people)}",
            "tickets, q of many": lambda: f"/tickets?q={some.choice(_crowd.FAMILY)}",
            "search, a beginning of many": lambda: f"/search?q={some.choice(_crowd.GIVEN)[:2]}",
            "search, a name": lambda: f"/search?q={some.choice(_crowd.GIVEN)}",
            "search, two words": lambda: f"/search?q={some.choice(_crowd.GIVEN)}%20{some.choice(_crowd.FAMILY)[:3]}",
            "search, one": lambda: f"/search?q=person{some.randrange(1, people)}",
            "search, an address": lambda: f"/search?q=person{some.randrange(1, people)}@crowd.example",
            "search, a telephone number": lambda: f"/search?q=0{_crowd.FIRST_NUMBER + some.randrange(1, people)}",
            "search, part of a telephone number": lambda: (
                f"/search?q=0{(_crowd.FIRST_NUMBER + some.randrange(1, people)) // 1000}"
            ),
            "search, a Chinese name by its reading": lambda: f"/search?q={some.choice(_crowd.READ)}",
            "search, a Chinese name by its initials": lambda: f"/search?q={some.choice(_crowd.INITIALS)}",
            "search, a letter mistyped": lambda: f"/search?q={_mistyped(some.choice(_crowd.FAMILY))}",
            "search, none": lambda: f"/search?q=zz{some.randrange(1, people)}",
            "tickets of a status by priority": _always("/tickets?filter[status]=open&sort=-priority"),
        }.items():
            found[name] = self.asked(path)
            _support.say(f"  {name:40} {found[name]}")
        for sort in CONTACT_SORTS:
            found[f"pages by {sort}"] = self.paged(f"/contacts?limit={PAGE}&sort={sort}", self.options.pages)
            _support.say(f"  pages by {sort:30} {found[f'pages by {sort}']}")
        found["offset_at_the_last_page_ms"] = self.offset(self.options.pages * PAGE)
        found["offset_at_the_end_ms"] = self.offset(people - PAGE)
        return found


CONTACT_SORTS = ("created_at", "updated_at", "display_name")
TICKET_SORTS = ("created_at", "updated_at", "number", "priority")
TIERS = ("gold", "silver", "iron")


def _both(sorts: tuple[str, ...]) -> list[str]:
    return [sign + sort for sort in sorts for sign in ("", "-")]


def _mistyped(name: str) -> str:
    """With the second letter and the third in each other's places."""
    return name[0] + name[2] + name[1] + name[3:]


def _always(path: str) -> Callable[[], str]:
    return lambda: path


def _seed(portico: Portico, cast: Cast, options: argparse.Namespace) -> str:
    """The crowd; answers a token of who may read it."""
    tokens = {}
    for name in ("support_admin", "agent"):
        actor = cast.actor(name)
        with unit(actor.workspace_id, write=True):
            tokens[name] = identity.create_token(actor, name="bench", scopes=actor.scopes, life=timedelta(days=1))
    portico.start_web()
    admin, agent = Client(portico.web_port, tokens["support_admin"]), Client(portico.web_port, tokens["agent"])
    for one in PROPERTIES:
        admin.call("POST", "/properties/contact", one)
    contact = agent.call(
        "POST",
        "/contacts",
        {
            "display_name": "The First",
            "identifiers": [{"kind": "email", "value": "first@crowd.example"}],
            "properties": {"tier": "gold", "points": 1},
        },
    )
    body = {"subject": "The first", "requester": {"contact_id": contact["id"]}}
    ticket = agent.call("POST", "/tickets", body)
    _crowd.fill(portico.settings.migrate_url, cast.acme, contact["id"], ticket["id"], options.contacts, options.tickets)
    return tokens["agent"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=100, help="of each kind")
    parser.add_argument("--pages", type=int, default=1_000, help="to go through")
    options = parser.parse_args()
    about = _support.machine()
    with Portico("postgres", PORTICO_LIMITS_FACTOR="1000") as portico:
        token = _seed(portico, make_cast("postgres"), options)
        client = Client(portico.web_port, token)
        figures = Bench(options, client, portico.settings.migrate_url).run()
    _support.report(about, {"goal": GOAL, "contacts": options.contacts, "tickets": options.tickets, **figures})


if __name__ == "__main__":
    main()
