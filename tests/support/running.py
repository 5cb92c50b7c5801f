"""A whole Portico in processes of its own: fresh home, fresh database, free ports; for fault tests and benches."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Self
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import redis
from sqlalchemy import create_engine

from portico import app, settings
from portico.kernel import db, migrations
from portico.settings import Settings
from tests.support.databases import POSTGRES, owner_and_login
from tests.support.waiting import until

STARTED_WITHIN = 120.0  # seconds, on a machine that does much else
# Linux, macOS and Windows give ports for outgoing connections from 32768 or above.
FIRST_OWN_PORT, OWN_PORTS = 12_000, 20_000
WEB = (sys.executable, "-m", "portico.up.web")
BACKGROUND = (sys.executable, "-m", "portico.background")
PROGRAM = str(Path(sys.executable).with_name("portico"))
PUMP, WORKER = (PROGRAM, "pump"), (PROGRAM, "worker")


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now, of those that the system gives to nobody by itself: an outgoing connection
    of another process would take one between its choice and its use."""
    with ExitStack() as stack:
        found: list[int] = []
        while len(found) < count:
            probe, port = stack.enter_context(socket.socket()), FIRST_OWN_PORT + secrets.randbelow(OWN_PORTS)
            with suppress(OSError):  # somebody has it
                probe.bind(("127.0.0.1", port))
                found.append(port)
        return found


def responds(url: str) -> bool:
    """Whether something speaks HTTP there, whatever it says."""
    try:
        with urlopen(url, timeout=2):
            return True
    except HTTPError:
        return True
    except (URLError, OSError):
        return False


class Process:
    """One process and all it starts, in a group of its own."""

    def __init__(self, argv: tuple[str, ...], environment: dict[str, str], log: Path, cpu: int | None = None) -> None:
        # Pinned by a program, and not between fork and exec, where threads make Python code unsafe.
        pinned = ("taskset", "-c", str(cpu), *argv) if cpu is not None and shutil.which("taskset") else argv
        with log.open("ab") as output:
            self._popen = subprocess.Popen(
                pinned, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )
        self.pid = self._popen.pid

    def is_running(self) -> bool:
        return self._popen.poll() is None

    def kill(self) -> None:
        """`kill -9` for all of the group."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._popen.wait()

    def freeze(self) -> None:
        """It stands still with all that it holds, until `thaw`."""
        os.killpg(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGCONT)

    def stop(self, within: float = 10.0) -> None:
        """SIGTERM, and after these seconds SIGKILL."""
        if self.is_running():
            self.thaw()
            self._popen.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._popen.wait(within)
        self.kill()


class Portico:
    """`with Portico("sqlite") as portico: portico.start_web(); …`. The kernel of this very process is opened on the
    same database, so that what stands before the measured or broken part is made by services."""

    def __init__(self, kind: str, *, with_redis: bool = False, server: str = POSTGRES, **environment: str) -> None:
        self.kind = kind
        self._server = server
        self.home = Path(tempfile.mkdtemp(prefix="portico-running-"))
        self.web_port, self.streams_port, self.bell_port, self.redis_port, *_ = free_ports(4)
        self.base_url = f"http://127.0.0.1:{self.web_port}"
        self.name = f"portico_running_{os.getpid()}_{secrets.token_hex(3)}"
        self._running: list[Process] = []
        self._more = environment
        self._with_redis = with_redis

    def __enter__(self) -> Self:
        (self.home / "log").mkdir()
        if self.kind == "postgres":
            self._admin(f"CREATE DATABASE {self.name}")
        self.environment = os.environ | self._settings_of_environment() | self._more
        if self._with_redis:
            self.start_redis()
        self.settings: Settings = settings.from_env(self.environment)
        migrations.upgrade(self.settings.migrate_url)
        # Nothing is announced from here: whoever seeds does not ring the bell of what is measured.
        self.database: db.Database = app.start(replace(self.settings, redis_url=None, bell_port=0))
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self._running):
            process.stop()
        self.database.dispose()
        if self.kind == "postgres":
            self._admin(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
        shutil.rmtree(self.home, ignore_errors=True)

    def _settings_of_environment(self) -> dict[str, str]:
        found = {
            "PORTICO_HOME": str(self.home),
            "PORTICO_MODE": "demo",
            "PORTICO_PORT": str(self.web_port),
            "PORTICO_PUBLIC_URL": self.base_url,
            "PORTICO_STREAMS_URL": f"http://127.0.0.1:{self.streams_port}",
            "PORTICO_BELL_PORT": str(self.bell_port),
            "PORTICO_LIMITS_FACTOR": "100000",
            "PORTICO_REDIS_URL": self.redis_url if self._with_redis else "",
            "PORTICO_DATABASE_URL": "",
            "PORTICO_MIGRATE_URL": "",
        }
        if self.kind == "postgres":
            owner, login = owner_and_login(self.name, self._server)
            found |= {"PORTICO_MIGRATE_URL": owner, "PORTICO_DATABASE_URL": login}
        return found

    @property
    def redis_url(self) -> str:
        return f"redis://127.0.0.1:{self.redis_port}/0"

    def redis(self) -> redis.Redis:
        """A connection to the Redis of this Portico alone."""
        return redis.Redis.from_url(self.redis_url)

    def _admin(self, statement: str) -> None:
        engine = create_engine(self._server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()

    def start_redis(self) -> None:
        """A Redis that keeps nothing, answering."""
        argv = ("redis-server", "--port", str(self.redis_port), "--bind", "127.0.0.1", "--save", "", "--dir")
        self.redis_process = self.start("redis", (*argv, str(self.home)))

        def answers() -> bool:
            try:
                with self.redis() as client:
                    return bool(client.ping())
            except redis.RedisError:
                return False

        until(answers, what="an answer of Redis")

    def start(self, name: str, argv: tuple[str, ...], cpu: int | None = None, **environment: str) -> Process:
        """Any process, with this Portico's environment."""
        process = Process(argv, self.environment | environment, self.home / "log" / f"{name}.log", cpu)
        self._running.append(process)
        return process

    def start_web(self, cpu: int | None = None, argv: tuple[str, ...] = WEB) -> Process:
        """The web, answering."""
        self.web_process = self.start("web", argv, cpu)
        self._wait_for(self.web_process, "web", f"{self.base_url}/api/v1/me")
        return self.web_process

    def start_background(self) -> Process:
        """Pump, job runner and housekeeping, answering."""
        process = self.start("background", BACKGROUND)
        self._wait_for(process, "background", f"{self.settings.streams_url}/healthz")
        return process

    def _wait_for(self, process: Process, name: str, url: str) -> None:
        until(lambda: responds(url) or not process.is_running(), within=STARTED_WITHIN, what=f"an answer of {name}")
        if not process.is_running():
            raise AssertionError(f"{name} ended:\n{self.log(name)}")

    def log(self, name: str) -> str:
        """The end of a process's log."""
        return "\n".join((self.home / "log" / f"{name}.log").read_text(errors="replace").splitlines()[-20:])
