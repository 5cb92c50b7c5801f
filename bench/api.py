"""The API against plain Flask with the same SQL: read one contact, a page of 50, create one with its event."""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import _support

from portico.domains.contacts import service as contacts
from portico.domains.contacts.schemas import ContactCreate
from portico.domains.identity import service as identity
from portico.kernel.actor import Actor
from portico.kernel.schemas import load
from portico.kernel.unit_of_work import unit
from tests.support.cast import make_cast
from tests.support.running import Portico, Process, free_ports, responds
from tests.support.waiting import until

HERE = Path(__file__).resolve().parent
SERVER_CPU, CLIENT_CPU = 0, 1
BATCH = 250


@dataclass
class Server:
    """One of the two that are compared."""

    process: Process
    port: int
    prefix: str


def seed(actor: Actor, count: int) -> str:
    """Contacts made by the service; answers the id of one in the middle."""
    ids: list[str] = []
    for start in range(0, count, BATCH):
        with unit(actor.workspace_id, write=True):
            for number in range(start, min(start + BATCH, count)):
                body = {
                    "display_name": f"Customer {number}",
                    "identifiers": [{"kind": "email", "value": f"customer{number}@seed.example"}],
                }
                ids.append(contacts.create_contact(actor, load(ContactCreate(), body))["id"])
    return ids[len(ids) // 2]


def start_floor(portico: Portico) -> Server:
    port = free_ports(1)[0]
    url = portico.settings.migrate_url.replace("+psycopg", "").removeprefix("sqlite:///")
    argv = (sys.executable, str(HERE / "_floor.py"))
    process = portico.start("floor", argv, SERVER_CPU, FLOOR_DATABASE=url, FLOOR_PORT=str(port))
    until(lambda: responds(f"http://127.0.0.1:{port}/"), within=120, what="an answer of the floor")
    return Server(process, port, "")


def requests(prefix: str, token: str, contact_id: str) -> dict[str, str]:
    head = f"Host: 127.0.0.1\nAuthorization: Bearer {token}\nAccept: application/json\n"
    kind = "%(n)08d@" + ("floor" if not prefix else "ours") + ".example"
    identifiers = f'[{{"kind": "email", "value": "{kind}"}}]'
    body = f'{{"display_name": "Person %(n)08d", "identifiers": {identifiers}}}'
    return {
        "read_one": f"GET {prefix}/contacts/{contact_id} HTTP/1.1\n{head}\n",
        "page_of_50": f"GET {prefix}/contacts HTTP/1.1\n{head}\n",
        "create": f"POST {prefix}/contacts HTTP/1.1\n{head}Content-Type: application/json\n"
        f"Content-Length: %(length)d\n\n{body}",
    }


class Bench:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.next = 0

    def load(self, server: Server, request: str, seconds: float) -> dict[str, Any]:
        """One burst: requests per second, and processor time of the server per request."""
        spec = {
            "port": server.port,
            "connections": self.options.connections,
            "seconds": seconds,
            "request": request,
            "first": self.next,
        }
        before = _support.cpu_seconds(server.process.pid)
        argv = [*pin(CLIENT_CPU), sys.executable, str(HERE / "_load.py")]
        done = json.loads(
            subprocess.run(argv, input=json.dumps(spec), capture_output=True, text=True, check=True).stdout
        )
        spent = _support.cpu_seconds(server.process.pid) - before
        self.next = done["next"]
        wrong = {status: count for status, count in done["statuses"].items() if status[0] != "2"}
        if wrong:
            raise SystemExit(f"answers that are no success: {wrong}")
        return {
            "per_second": done["done"] / done["elapsed"],
            "cpu_us": spent / done["done"] * 1_000_000,
            "p95_ms": _support.percentile(done["latencies"], 0.95) * 1000,
        }

    def compare(self, ours: Server, floor: Server, token: str, contact_id: str) -> dict[str, Any]:
        """Both in turn, so that whatever else the machine does hits both."""
        found: dict[str, Any] = {}
        for name in self.options.operations:
            rounds: dict[str, list[dict[str, Any]]] = {"ours": [], "floor": []}
            for turn in range(self.options.rounds + 1):
                for label, server in (("floor", floor), ("ours", ours)):
                    request = requests(server.prefix, token, contact_id)[name]
                    seconds = self.options.seconds if turn else self.options.seconds / 2
                    measured = self.load(server, request, seconds)
                    if turn:  # the first warms up
                        rounds[label].append(measured)
            found[name] = _table(rounds)
            _support.say(f"  {name:11} {found[name]}")
        return found

    def run(self, kind: str) -> dict[str, Any]:
        _support.say(kind)
        with Portico(kind) as portico:
            cast = make_cast()
            agent = cast.actor("agent")
            with unit(agent.workspace_id, write=True):
                token = identity.create_token(agent, name="bench", scopes=agent.scopes, life=timedelta(days=1))
            contact_id = seed(agent, self.options.contacts)
            ours = Server(portico.start_web(SERVER_CPU), portico.web_port, "/api/v1")
            return self.compare(ours, start_floor(portico), token, contact_id)


def pin(cpu: int) -> list[str]:
    return ["taskset", "-c", str(cpu)] if _support.can_pin() else []


def _median(rounds: list[dict[str, Any]], name: str) -> float:
    return statistics.median(one[name] for one in rounds)


def _table(rounds: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    about: dict[str, Any] = {
        label: {name: round(_median(measured, name), 1) for name in ("per_second", "cpu_us", "p95_ms")}
        for label, measured in rounds.items()
    }
    pairs = list(zip(rounds["ours"], rounds["floor"], strict=True))
    about["ratio_per_second"] = round(statistics.median(o["per_second"] / f["per_second"] for o, f in pairs), 3)
    about["ratio_cpu"] = round(statistics.median(f["cpu_us"] / o["cpu_us"] for o, f in pairs), 3)
    return about


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--operations", nargs="+", default=["read_one", "page_of_50", "create"])
    parser.add_argument("--seconds", type=float, default=3.0, help="length of one burst")
    parser.add_argument("--rounds", type=int, default=5, help="bursts for each of the two, in turn")
    parser.add_argument("--connections", type=int, default=8, help="requests in flight")
    parser.add_argument("--contacts", type=int, default=2000, help="contacts in the workspace before")
    options = parser.parse_args()
    about = _support.machine()
    kinds = ("sqlite", "postgres") if options.database == "both" else (options.database,)
    _support.report(about, {"goal": "at least 40 % of the floor", **{kind: Bench(options).run(kind) for kind in kinds}})


if __name__ == "__main__":
    main()
