"""From a new ticket to the app's note beside it: web, pump and First Responder as processes of their own."""

from __future__ import annotations

import argparse
import http.client
import json
import time
from datetime import timedelta
from typing import Any

import _support

from portico.domains.contacts.queries import page_of_contacts
from portico.domains.identity import service as identity
from portico.kernel.listing import ListQuery
from portico.kernel.unit_of_work import unit
from portico.up import demo_apps
from portico.up.seed import Demo, seed_customers, seed_people
from tests.support.running import WORKER, Portico, free_ports
from tests.support.waiting import until

LOOK_EVERY = 0.01  # seconds
LOST_AFTER = 20.0  # seconds


class Client:
    """One kept-alive connection to the API, as the agent."""

    def __init__(self, portico: Portico, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", portico.web_port, timeout=30)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def call(self, method: str, path: str, body: Any = None, expected: int = 200) -> Any:
        content = None if body is None else json.dumps(body)
        self._connection.request(method, f"/api/v1{path}", content, self._headers)
        response = self._connection.getresponse()
        answer = response.read()
        if response.status != expected:
            raise SystemExit(f"{method} {path}: {response.status} {answer.decode()}")
        return json.loads(answer)


def note_after(client: Client, contact_id: str, number: int) -> tuple[float, float]:
    """Seconds until the note can be read: after the 201 arrived, and after the request was sent."""
    sent = time.perf_counter()
    first = {"body": "It does not work.", "visibility": "public"}
    body = {"subject": f"Question {number}", "requester": {"contact_id": contact_id}, "comment": first}
    ticket = client.call("POST", "/tickets", body, expected=201)
    answered = time.perf_counter()
    while True:
        comments = client.call("GET", f"/tickets/{ticket['id']}/comments")["data"]
        now = time.perf_counter()
        if any(one["visibility"] == "internal" for one in comments):
            return now - answered, now - sent
        if now - answered > LOST_AFTER:
            raise SystemExit(f"no note at {ticket['id']} after {LOST_AFTER:g} s")
        time.sleep(LOOK_EVERY)


def start(portico: Portico, demo: Demo, with_redis: bool) -> None:
    """Everything that `portico up` starts, and with Redis a worker besides."""
    portico.start_web()
    portico.start_background()
    apps = demo_apps.prepare(demo, portico.settings, tuple(free_ports(len(demo_apps.found()))), _support.say)
    program = demo_apps.program(apps)
    portico.start("apps", tuple(program.argv), **program.env)
    until(program.is_ready, within=120, what="an answer of the example apps")
    if with_redis:
        portico.start("worker", WORKER)


def run(kind: str, tickets: int, *, with_redis: bool) -> dict[str, Any]:
    with Portico(kind, with_redis=with_redis) as portico:
        demo = seed_people()
        seed_customers(demo)
        agent = demo.actors["agent"]
        with unit(demo.workspace_id, write=True):
            token = identity.create_token(agent, name="bench", scopes=agent.scopes, life=timedelta(days=1))
            contact_ids = [row["id"] for row in page_of_contacts(agent, ListQuery()).rows]
        start(portico, demo, with_redis)
        client = Client(portico, token)
        note_after(client, contact_ids[0], 0)  # once for the token and the connections
        found = [note_after(client, contact_ids[n % len(contact_ids)], n) for n in range(1, tickets + 1)]
    return {
        "tickets": tickets,
        "after_the_201": _support.summary([after for after, _ in found]),
        "after_sending": _support.summary([whole for _, whole in found]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=50)
    parser.add_argument("--only", choices=("sqlite", "postgres_redis"))
    options = parser.parse_args()
    about = _support.machine()
    runs = {"sqlite": ("sqlite", False), "postgres_redis": ("postgres", True)}
    figures: dict[str, Any] = {"goal": "median under 1,000 ms, p95 under 2,000 ms"}
    for name, (kind, with_redis) in runs.items():
        if options.only in (None, name):
            figures[name] = run(kind, options.tickets, with_redis=with_redis)
            _support.say(f"{name}: {figures[name]}")
    _support.report(about, figures)


if __name__ == "__main__":
    main()
