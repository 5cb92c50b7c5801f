"""Every page of portal, admin, console and operator in a company of 5,000 with 100,000 contacts and tickets."""

from __future__ import annotations

import argparse
import http.client
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import _company
import _support
from flask import Flask
from werkzeug.routing import Rule

from portico.app import create_app
from portico.domains.identity import service as identity
from portico.kernel import clock
from portico.kernel.unit_of_work import system_unit
from portico.web.converters import IdConverter
from tests.support.cast import Cast, make_cast
from tests.support.faces import COOKIE, Faces
from tests.support.running import Portico
from tests.support.statements import watched

GOAL = "the server's time of each page p95 under 150 ms"
MOST_MS = 150
PEOPLE = {
    "portal": ("agent", "employee"),
    "admin": ("admin",),
    "console": ("developer",),
    "operator": ("hr_admin",),
    "account": ("employee",),
}
"""Who looks at the pages of a face."""
TESTED = "http://127.0.0.1:8000"
FLOORS = {"a page without the database": "/sign-in", "whether the process answers": "/healthz"}


@dataclass(frozen=True, slots=True)
class Page:
    rule: str
    path: str
    person: str


class Client:
    """One kept-alive connection, signed in."""

    def __init__(self, port: int, session: str | None = None) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Cookie": f"{COOKIE}={session}"} if session else {}

    def get(self, path: str) -> tuple[float, int, str, int]:
        """Seconds, status, media type and length."""
        began = time.perf_counter()
        try:
            self._connection.request("GET", path, headers=self._headers)
            response = self._connection.getresponse()
        except http.client.RemoteDisconnected:  # the server closes what was idle while another person looked
            self._connection.close()
            return self.get(path)
        length = len(response.read())
        took = time.perf_counter() - began
        return took, response.status, response.headers.get_content_type(), length


class Addresses:
    """What stands for the arguments of a rule."""

    def __init__(self, ids: dict[str, str], cast: Cast) -> None:
        today = clock.now().date()
        self._ids = ids
        self._named = {
            "slug": "acme",
            "app_key": "first_responder",
            "surface": "home",
            "on": today.isoformat(),
            "month": f"{today:%Y-%m}",
            "kind": "contact",
            "object": "contact",
            "employee_id": cast.employee_id("agent"),
        }

    def of(self, rule: Rule) -> dict[str, str] | None:
        """None where some argument is not known."""
        found = {}
        for name in rule.arguments:
            converter = rule._converters[name]
            value = self._ids.get(converter.prefix) if isinstance(converter, IdConverter) else self._named.get(name)
            if value is None:
                return None
            found[name] = value
        return found


def pages(app: Flask, addresses: Addresses) -> Iterator[Page | str]:
    """Each page with each person who looks at it; the bare rule where an argument is not known."""
    adapter = app.url_map.bind("127.0.0.1")
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        people = PEOPLE.get(rule.endpoint.split(".")[0])
        if people is None or "GET" not in (rule.methods or ()) or rule.endpoint.endswith(".static"):
            continue
        given = addresses.of(rule)
        if given is None:
            yield rule.rule
            continue
        for person in people:
            yield Page(rule.rule, adapter.build(rule.endpoint, given), person)


def statements(app: Flask, cast: Cast, page: Page) -> int:
    """Of the page once it is warm, without those that open a transaction."""
    browser = Faces(app, cast)(page.person)
    browser.get(page.path)
    with watched() as found:
        browser.get(page.path)
    return sum(1 for one in found if not one.only_opens)


def measured(client: Client, path: str, count: int) -> dict[str, Any]:
    client.get(path)
    return _support.summary([client.get(path)[0] for _ in range(count)])


def run(portico: Portico, app: Flask, cast: Cast, ids: dict[str, str], options: argparse.Namespace) -> dict[str, Any]:
    portico.start_web()
    clients = {}
    for name in {person for people in PEOPLE.values() for person in people}:
        with system_unit("bench: sign in", write=True):
            session = identity.start_session(cast.users[name], "bench")
        clients[name] = Client(portico.web_port, session)
    floors = {name: measured(Client(portico.web_port), path, options.requests) for name, path in FLOORS.items()}
    found: list[dict[str, Any]] = []
    left_out: dict[str, str] = {}
    for page in pages(app, Addresses(ids, cast)):
        if isinstance(page, str):
            left_out[page] = "nothing in the seed"
        elif re.search(options.only, page.rule):
            _, status, kind, length = clients[page.person].get(page.path)
            if (status, kind) != (200, "text/html"):
                left_out[f"{page.rule} as {page.person}"] = f"{status} {kind}"
                continue
            figures = measured(clients[page.person], page.path, options.requests)
            count = statements(app, cast, page)
            found.append({"page": page.rule, "as": page.person, **figures, "statements": count, "bytes": length})
            _support.say(f"  {figures['p95_ms']:8} ms  {count:3} statements  {page.person:9} {page.rule}")
    found.sort(key=lambda one: -one["p95_ms"])
    floor = floors["a page without the database"]["median_ms"]
    return {
        "floors": floors,
        "pages_measured": len(found),
        "over_the_goal": [f"{one['page']} as {one['as']}" for one in found if one["p95_ms"] > MOST_MS],
        "median_of_medians_to_floor": round(sorted(one["median_ms"] for one in found)[len(found) // 2] / floor, 1),
        "pages": found,
        "left_out": left_out,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--employees", type=int, default=5_000)
    parser.add_argument("--apps", type=int, default=30)
    parser.add_argument("--requests", type=int, default=20, help="of each page")
    parser.add_argument("--only", default="", help="a regular expression that the rules of the pages match")
    options = parser.parse_args()
    about = _support.machine()
    size = _company.Size(options.contacts, options.tickets, options.employees, options.apps)
    with Portico("postgres", PORTICO_LIMITS_FACTOR="1000") as portico:
        # Here for the seed and for counting statements, as a browser of the tests asks it; what is timed is the server.
        app, cast = create_app(replace(portico.settings, public_url=TESTED)), make_cast("postgres")
        figures = run(portico, app, cast, _company.made(portico, app, cast, size), options)
    _support.report(about, {"goal": GOAL, "size": str(size), **figures})


if __name__ == "__main__":
    main()
