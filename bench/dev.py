"""`portico-app dev` against a running `portico up`: how long an event and an action take to the machine and back.

    python bench/dev.py var/demo.json      # prints one JSON object; times in milliseconds

An action: from the request to its answer, through the platform, the tunnel and the app. An event: from the request that
makes a ticket to the line that `dev` prints when the app has answered.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from portico_sdk import Portico

ROUNDS = 20
WITHIN_S = 60.0


def main(demo: dict[str, Any]) -> dict[str, Any]:
    people = {name: Portico(user["token"], base_url=demo["base_url"]) for name, user in demo["users"].items()}
    key = f"bench-{os.getpid()}"
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "PORTICO_TOKEN": demo["users"]["developer"]["token"],
            "PORTICO_BASE_URL": demo["base_url"],
            "PORTICO_CONFIG_HOME": f"{folder}/config",
            "PYTHONUNBUFFERED": "1",
        }
        tool = [sys.executable, "-c", "from portico_sdk.cli import main; main()"]
        subprocess.run([*tool, "new", key, "--template", "action"], cwd=folder, env=environment, check=True, stdout=2)
        manifest = Path(folder, key, "portico.toml")
        events = '\n[events]\nurl = "/events"\ntypes = ["ticket.created"]\n'
        manifest.write_text(manifest.read_text(encoding="utf-8") + events, encoding="utf-8")
        command = [*tool, "dev", key, "--json"]
        dev = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
        lines: queue.Queue[tuple[float, dict[str, Any]]] = queue.Queue()
        threading.Thread(target=_read, args=(dev, lines), daemon=True).start()
        try:
            return _measure(people, key, lines)
        finally:
            dev.send_signal(signal.SIGINT)
            dev.wait(20)


def _read(dev: subprocess.Popen[str], lines: queue.Queue[tuple[float, dict[str, Any]]]) -> None:
    for line in dev.stdout or ():
        sys.stderr.write(line)
        if line.startswith("{"):
            lines.put((time.perf_counter(), json.loads(line)))


def _measure(people: dict[str, Portico], key: str, lines: queue.Queue[tuple[float, dict[str, Any]]]) -> dict[str, Any]:
    def wait(what: str, kind: str | None = None) -> float:
        while True:
            at, line = lines.get(timeout=WITHIN_S)
            if line["what"] == what and kind in (None, line.get("kind")):
                return at

    wait("waiting")
    people["admin"].installations.create(app_key=key)
    missing = {"connected", "listening"}
    while missing:
        missing.discard(lines.get(timeout=WITHIN_S)[1]["what"])
    agent = people["agent"]
    contact = agent.contacts.create(display_name="Zoë")
    events, actions = [], []
    ticket_id = ""
    for _ in range(ROUNDS):
        began = time.perf_counter()
        ticket_id = agent.tickets.create(subject="Bench", channel="portal", requester={"contact_id": contact.id}).id
        events.append((wait("call", "event") - began) * 1000)
    for _ in range(ROUNDS):
        began = time.perf_counter()
        path = f"/actions/{key}/note/runs"
        about = {"object": {"type": "ticket", "id": ticket_id}, "input": {"note": "Hello"}}
        run = agent.request("POST", path, json=about)
        actions.append((time.perf_counter() - began) * 1000)
        if run["state"] != "answered":
            raise RuntimeError(f"The action was not answered: {run}")
        wait("call", "action")
    return {"rounds": ROUNDS, "event_ms": _figures(events), "action_ms": _figures(actions)}


def _figures(found: list[float]) -> dict[str, int]:
    return {"median": round(statistics.median(found)), "worst": round(max(found))}


if __name__ == "__main__":
    print(json.dumps(main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))), indent=2))
