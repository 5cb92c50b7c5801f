"""What the API log costs a request: an app reads one contact, with the log kept and without it."""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from typing import Any

import _support
from api import CLIENT_CPU, HERE, SERVER_CPU, pin, requests, seed
from flask import Response
from sqlalchemy import func, select

from portico.app import create_app
from portico.domains.api_log.models import ApiRequest
from portico.kernel import api_log
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import system_unit
from portico.web import logging_calls
from tests.support import apps
from tests.support.cast import make_cast
from tests.support.running import WEB, Portico, Process, free_ports, responds
from tests.support.waiting import until

ALONE = 20
"""Rounds of as many calls as are written at once."""


@dataclass
class Web:
    process: Process
    port: int


def start(portico: Portico, name: str, days: int) -> Web:
    port = free_ports(1)[0]
    url = f"http://127.0.0.1:{port}"
    own = {"PORTICO_PORT": str(port), "PORTICO_API_LOG_KEPT_DAYS": str(days)}
    process = portico.start(name, WEB, SERVER_CPU, **own)
    until(lambda: responds(f"{url}/api/v1/me"), within=120, what=f"an answer of {name}")
    return Web(process, port)


def burst(web: Web, request: str, options: argparse.Namespace, first: int) -> dict[str, Any]:
    """Requests per second, and processor time of the server per request, what it writes afterwards included."""
    spec = {
        "port": web.port,
        "connections": options.connections,
        "seconds": options.seconds,
        "request": request,
        "first": first,
    }
    before = _support.cpu_seconds(web.process.pid)
    argv = [*pin(CLIENT_CPU), sys.executable, str(HERE / "_load.py")]
    done = json.loads(subprocess.run(argv, input=json.dumps(spec), capture_output=True, text=True, check=True).stdout)
    time.sleep(2 * api_log.EVERY_SECONDS)
    wrong = {status: count for status, count in done["statuses"].items() if status[0] != "2"}
    if wrong:
        raise SystemExit(f"answers that are no success: {wrong}")
    spent = _support.cpu_seconds(web.process.pid) - before
    return {
        "done": done["done"],
        "next": done["next"],
        "per_second": done["done"] / done["elapsed"],
        "cpu_us": spent / done["done"] * 1_000_000,
        "p95_ms": _support.percentile(done["latencies"], 0.95) * 1000,
    }


def logged() -> int:
    with system_unit("bench: how many calls stand in the log") as work:
        return work.scalar(select(func.count()).select_from(ApiRequest)) or 0


def run(kind: str, options: argparse.Namespace) -> dict[str, Any]:
    _support.say(kind)
    with Portico(kind) as portico:
        cast = make_cast()
        app = apps.register(cast, apps.asking("contacts:read", "contacts:write"))
        token = apps.mint(app, apps.install(cast))
        request = requests("/api/v1", token, seed(cast.actor("agent"), options.contacts))[options.operation]
        own = alone(portico, token)
        before = logged()
        webs = {"without": start(portico, "without", 0), "with": start(portico, "with", 7)}
        found: dict[str, list[dict[str, Any]]] = {"without": [], "with": []}
        first = asked = 0
        for turn in range(options.rounds + 1):
            # Each goes first every other time.
            for label in sorted(webs, reverse=turn % 2 == 1):
                measured = burst(webs[label], request, options, first)
                first = measured["next"]
                asked += measured["done"] if label == "with" else 0
                if turn:  # the first warms up
                    found[label].append(measured)
        figures = {**table(found), **own, "asked": asked, "logged": logged() - before}
        _support.say(f"  {figures}")
        return figures


def alone(portico: Portico, token: str) -> dict[str, float]:
    """Processor time of this thread for one call, in µs: to note it within a request, and to write it with others.
    What else the machine does hardly touches it."""
    app = create_app(replace(portico.settings, redis_url=None, bell_port=0))
    noted: list[float] = []

    def again(response: Response) -> Response:
        began = time.thread_time()
        for _ in range(api_log.BATCH):
            logging_calls._note(response)
        noted.append((time.thread_time() - began) / api_log.BATCH * 1_000_000)
        return response

    app.after_request(again)
    api_log.collect()
    client, written = app.test_client(), []
    for _ in range(ALONE):
        client.get("/api/v1/contacts", headers={"Authorization": f"Bearer {token}"})
        calls = [replace(call, id=new_id("req")) for call in api_log.waiting()]
        api_log.collect(False)
        api_log.collect()
        for call in calls:
            api_log.note(call)
        began = time.thread_time()
        api_log.flush()
        written.append((time.thread_time() - began) / len(calls) * 1_000_000)
    api_log.collect(False)
    return {"note_us": round(statistics.median(noted), 1), "write_us": round(statistics.median(written), 1)}


def table(found: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    about: dict[str, Any] = {
        label: {
            name: round(statistics.median(one[name] for one in bursts), 1)
            for name in ("per_second", "cpu_us", "p95_ms")
        }
        for label, bursts in found.items()
    }
    pairs = list(zip(found["with"], found["without"], strict=True))
    for name in ("per_second", "cpu_us"):
        ratio = statistics.median(logs[name] / none[name] for logs, none in pairs)
        about[f"ratio_{name}"] = round(ratio, 4)
    return about


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--operation", choices=("read_one", "page_of_50", "create"), default="read_one")
    parser.add_argument("--seconds", type=float, default=3.0, help="length of one burst")
    parser.add_argument("--rounds", type=int, default=8, help="bursts for each of the two, in turn")
    parser.add_argument("--connections", type=int, default=8, help="requests in flight")
    parser.add_argument("--contacts", type=int, default=2000, help="contacts in the workspace before")
    options = parser.parse_args()
    about = _support.machine()
    kinds = ("sqlite", "postgres") if options.database == "both" else (options.database,)
    _support.report(about, {"goal": "3 % at most", **{kind: run(kind, options) for kind in kinds}})


if __name__ == "__main__":
    main()
