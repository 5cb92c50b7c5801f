"""What `portico up` does before it loads the platform, which takes seconds: ports, folders, and the web process, which
loads it too. On a second start the page is there in the time of one loading instead of two.
"""

from __future__ import annotations

import os
import re
import socket
import sqlite3
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from portico import settings
from portico.settings import Settings
from portico.up.supervisor import Program, StartFailed, Supervisor

Say = Callable[[str], None]
FIRST_PORT = 8000
EXAMPLES = Path(__file__).resolve().parents[3] / "apps_examples"
IN_THE_DEMO = ("first_responder", "leave", "flow_composer")
_REVISION = re.compile(r"^(down_)?revision\b[^=\n]*=\s*[\"']([^\"']+)[\"']", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Ports:
    """Where everything listens, on loopback."""

    web: int
    streams: int
    bell: int
    apps: tuple[int, ...]
    held: ExitStack  # to be closed when everything listens


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is known, and whether the web is started already."""

    here: Settings
    environment: Mapping[str, str]
    ports: Ports
    web_started: bool


def examples() -> list[Path]:
    """The folders of the example apps that the demo starts; none outside a clone."""
    return [EXAMPLES / name for name in IN_THE_DEMO if (EXAMPLES / name / "portico.toml").is_file()]


def begin(home: Path, wanted_port: int | None, supervisor: Supervisor, say: Say) -> Beginning:
    """Folders and ports; and the web, where the schema is known to be the present one."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    (home / "demo.json").unlink(missing_ok=True)
    ports = choose_ports(wanted_port, len(examples()))
    environment = _environment(home, ports)
    here = settings.from_env({**os.environ, **environment})
    ready = schema_is_present(here)
    if ready:
        say("Starting the web …")
        supervisor.start(web(here, environment))
        # Both would load at once, and the page would wait for what nobody looks at yet.
        supervisor.wait_until_ready()
    return Beginning(here, environment, ports, ready)


def schema_is_present(here: Settings) -> bool:
    """Whether a SQLite database is surely at the newest migration. A no is looked at again with Alembic."""
    path = Path(here.migrate_url.removeprefix("sqlite:///"))
    if not here.migrate_url.startswith("sqlite:///") or not path.is_file():
        return False
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=1)) as database:
            at = {row[0] for row in database.execute("SELECT version_num FROM alembic_version")}
    except sqlite3.Error:
        return False
    return bool(at) and at == _heads()


def _heads() -> set[str]:
    """The migrations that no other one follows, by the names in their files."""
    package = Path(settings.__file__).resolve().parent
    folders = (package / "_migrations", package.parents[1] / "migrations")
    found = [
        match
        for folder in folders
        for path in (folder / "versions").glob("*.py")
        for match in _REVISION.findall(path.read_text(encoding="utf-8"))
    ]
    return {name for down, name in found if not down} - {name for down, name in found if down}


def choose_ports(wanted: int | None, apps: int) -> Ports:
    """The first free ports from `wanted` on; each start looks anew."""
    held, found = ExitStack(), list[int]()
    port = wanted or FIRST_PORT
    while len(found) < 3 + apps:
        kind = socket.SOCK_DGRAM if len(found) == 2 else socket.SOCK_STREAM
        if port > 65535:
            held.close()
            raise StartFailed("no free ports are left above the wanted one; choose a lower one with --port")
        if _take(port, kind, held):
            found.append(port)
        port += 1
    return Ports(found[0], found[1], found[2], tuple(found[3:]), held)


def _take(port: int, kind: socket.SocketKind, held: ExitStack) -> bool:
    """Whether the port is free. On Linux it stays taken until `held` is closed, and no other program nor outgoing
    connection gets it; ours do, because a bound socket that does not listen lets SO_REUSEADDR pass (socket(7)).
    """
    with ExitStack() as probing:
        probe = probing.enter_context(socket.socket(socket.AF_INET, kind))
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        if kind is socket.SOCK_STREAM and sys.platform == "linux":
            held.push(probing.pop_all())
    return True


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


def web(here: Settings, environment: Mapping[str, str]) -> Program:
    argv = [sys.executable, "-m", "portico.up.web"]
    return Program("web", argv, environment, is_ready=lambda: answers(f"{here.public_url}/healthz"))


def background(here: Settings, environment: Mapping[str, str]) -> Program:
    argv = [sys.executable, "-m", "portico.background"]
    return Program("background", argv, environment, is_ready=lambda: answers(f"{here.streams_url}/healthz"))
