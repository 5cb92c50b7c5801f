"""A PostgreSQL server of its own, from the binaries of this machine: for tests that stop, kill and restart it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Literal

import psycopg

from tests.support.running import free_ports
from tests.support.waiting import until

DEBIANS = Path("/usr/lib/postgresql")
SETTINGS = {
    # What the test kills is the server, never the machine: the system still has what was written.
    "fsync": "off",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "120",
    "shared_buffers": "64MB",
}
OWNER = "postgres"


@cache
def _binaries() -> Path:
    """The folder of initdb and pg_ctl, which Debian keeps off the PATH."""
    found = shutil.which("pg_ctl")
    if found is not None and (Path(found).resolve().parent / "initdb").exists():
        return Path(found).resolve().parent
    versions = [path.parent for path in DEBIANS.glob("*/bin/initdb")]
    assert versions, "this needs initdb and pg_ctl, of PostgreSQL's server package"
    return max(versions, key=lambda path: int(path.parent.name))


def _not_as_root() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    return {"user": OWNER, "group": OWNER, "extra_groups": ()} if os.geteuid() == 0 else {}


class Cluster:
    """Runs from its making to `remove`. `url` is the superuser's, with trust and no password."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="portico-cluster-"))
        if os.geteuid() == 0:
            shutil.chown(self.folder, OWNER, OWNER)
        self._data = self.folder / "data"
        (self.port,) = free_ports(1)
        self.url = f"postgresql+psycopg://{OWNER}@127.0.0.1:{self.port}/postgres"
        self._run("initdb", "--username", OWNER, "--auth", "trust", "--no-sync", "--encoding", "UTF8", "--locale", "C")
        with (self._data / "postgresql.conf").open("a") as settings:
            settings.writelines(f"{name} = '{value}'\n" for name, value in {**SETTINGS, "port": self.port}.items())
        self.start()

    def _run(self, program: str, *arguments: str) -> None:
        with (self.folder / "said.log").open("ab") as said:
            done = subprocess.run(
                (_binaries() / program, "--pgdata", self._data, *arguments),
                cwd=self.folder,
                stdout=said,
                stderr=said,
                check=False,
                **_not_as_root(),
            )
        assert not done.returncode, f"{program} {' '.join(arguments)}:\n{self.log()}"

    def log(self) -> str:
        """The end of what it said."""
        return "\n".join((self.folder / "said.log").read_text(errors="replace").splitlines()[-20:])

    def start(self) -> None:
        """Answers when it takes connections."""
        self._run("pg_ctl", "start", "--wait", "--timeout", "60", "--silent", "--log", str(self.folder / "server.log"))

    def stop(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """`fast` ends every connection with a word, `immediate` without one and without tidying up."""
        self._run("pg_ctl", "stop", "--wait", "--timeout", "60", "--silent", "--mode", mode)

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """As superuser, each statement by itself."""
        return psycopg.connect(f"postgresql://{OWNER}@127.0.0.1:{self.port}/{database}", autocommit=True)

    def remove(self) -> None:
        if (self._data / "postmaster.pid").exists():
            self.stop("immediate")
        until(lambda: not (self._data / "postmaster.pid").exists(), what="the end of the cluster")
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def cluster() -> Iterator[Cluster]:
    made = Cluster()
    try:
        yield made
    finally:
        made.remove()
