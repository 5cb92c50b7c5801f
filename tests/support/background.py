"""The real process beside the web, started on the database of a test."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from portico.kernel import bell, db
from portico.settings import Settings


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def settings_of_process(settings: Settings, database: db.Database) -> Settings:
    """With ports of its own; the bell of this process rings there."""
    made = replace(
        settings,
        streams_url=f"http://127.0.0.1:{free_port()}",
        bell_port=free_port(socket.SOCK_DGRAM),
    )
    bell.configure(made, database)
    return made


@contextmanager
def running(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        **os.environ,
        "PORTICO_HOME": str(settings.home),
        "PORTICO_MODE": "demo",
        "PORTICO_DATABASE_URL": settings.database_url,
        "PORTICO_SECRET_KEYS": ",".join(settings.secret_keys),
        "PORTICO_STREAMS_URL": settings.streams_url,
        "PORTICO_BELL_PORT": str(settings.bell_port),
    }
    process = subprocess.Popen([sys.executable, "-m", "portico.background"], env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def is_pumping(settings: Settings) -> bool:
    try:
        with urllib.request.urlopen(f"{settings.streams_url}/healthz", timeout=2) as answer:
            return b"pumping" in answer.read()
    except OSError:
        return False


def resident_kib(pid: int) -> int:
    """How much memory a process holds."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS:")).split()[1])
