"""What `portico up` does: ports, schema, demo, processes, and at the end `demo.json`."""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from portico import settings
from portico.app import start
from portico.kernel import db, migrations
from portico.settings import Settings
from portico.up import demo_apps, demo_file
from portico.up.seed import seed_customers, seed_people
from portico.up.supervisor import Program, Supervisor

Say = Callable[[str], None]
FIRST_PORT = 8000


@dataclass(frozen=True, slots=True)
class Ports:
    """Where everything listens, on loopback."""

    web: int
    streams: int
    bell: int
    apps: tuple[int, ...]


def _free(host: str, port: int, kind: socket.SocketKind = socket.SOCK_STREAM) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def choose_ports(wanted: int | None, apps: int) -> Ports:
    """The first free ports from `wanted` on; each start looks anew."""
    found: list[int] = []
    port = wanted or FIRST_PORT
    while len(found) < 3 + apps:
        kind = socket.SOCK_DGRAM if len(found) == 2 else socket.SOCK_STREAM
        if port > 65535:
            raise OSError("no free ports are left above the wanted one")
        if _free("127.0.0.1", port, kind):
            found.append(port)
        port += 1
    return Ports(found[0], found[1], found[2], tuple(found[3:]))


def _environment(home: Path, ports: Ports) -> dict[str, str]:
    return {
        "PORTICO_HOME": str(home),
        "PORTICO_MODE": "demo",
        "PORTICO_PORT": str(ports.web),
        "PORTICO_PUBLIC_URL": f"http://127.0.0.1:{ports.web}",
        "PORTICO_STREAMS_URL": f"http://127.0.0.1:{ports.streams}",
        "PORTICO_BELL_PORT": str(ports.bell),
    }


def answers(url: str) -> bool:
    """Whether something answers there without an error of its own."""
    try:
        with urlopen(url, timeout=2) as response:  # noqa: S310 - our own loopback address
            return bool(response.status < 500)
    except (URLError, OSError):
        return False


def _web(here: Settings, environment: Mapping[str, str]) -> Program:
    argv = [sys.executable, "-m", "portico.up.web"]
    return Program("web", argv, environment, is_ready=lambda: answers(f"{here.public_url}/healthz"))


def _background(here: Settings, environment: Mapping[str, str]) -> Program:
    argv = [sys.executable, "-m", "portico.background"]
    return Program("background", argv, environment, is_ready=lambda: answers(f"{here.streams_url}/healthz"))


def prepare(home: Path, wanted_port: int | None, say: Say) -> tuple[Settings, dict[str, str], Ports]:
    """Folders, ports and schema."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    (home / "demo.json").unlink(missing_ok=True)
    ports = choose_ports(wanted_port, len(demo_apps.found()))
    environment = _environment(home, ports)
    here = settings.from_env({**os.environ, **environment})
    database = db.Database(here.migrate_url, pool_size=1)
    if migrations.current(database) != migrations.head():
        say("Preparing the database …")
        migrations.upgrade(here.migrate_url)
    database.dispose()
    return here, environment, ports


def run(home: Path, wanted_port: int | None, say: Say) -> None:
    """Start everything, say where it is, and keep it running until SIGINT or SIGTERM."""
    here, environment, ports = prepare(home, wanted_port, say)
    with Supervisor(home / "log", say=say) as supervisor:
        say("Starting the web …")
        supervisor.start(_web(here, environment))
        start(replace(here, bell_port=ports.bell))
        say("Preparing the demo company …")
        demo = seed_people()
        apps = demo_apps.prepare(demo, here, ports.apps, say)
        seed_customers(demo)
        say("Starting the pump and the example apps …")
        supervisor.start(_background(here, environment))
        if apps:
            supervisor.start(demo_apps.program(apps))
        tokens = demo_file.renew_tokens(demo)
        supervisor.wait_until_ready()
        content = demo_file.write(home / "demo.json", here, demo, tokens, apps)
        greet(here, content, say)
        supervisor.run()


def greet(here: Settings, content: Mapping[str, object], say: Say) -> None:
    """Where to go, and who to be."""
    users: Mapping[str, Mapping[str, str]] = json.loads(json.dumps(content["users"]))
    say("")
    say(f"  Portico is up:  {here.public_url}")
    say(f"  API reference:  {here.public_url}/docs/api")
    say("")
    for name, user in users.items():
        say(f"  {name:10} {user['email']:26} {user['password']}")
    say("")
    say("  Ctrl-C stops everything that was started.")
