"""The platform in this process: put together once, then given a fresh database per workspace."""

from __future__ import annotations

import atexit
import logging
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from sqlalchemy import create_engine, text

from portico.app import create_app, start
from portico.kernel import clock, migrations
from portico.settings import Settings
from portico.web.limits import Limits
from portico_sdk.testing import _compiled
from portico_sdk.testing._people import Seeded, seed
from portico_sdk.testing._template import DATABASE, Template, kept
from portico_sdk.testing._undisturbed import undisturbed

_SEEDED_AT = datetime(2020, 1, 6, 9, 0, tzinfo=UTC)
_SECRET_KEY = "a key for tests only"  # noqa: S105
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Booted:
    app: Flask
    door: socket.socket
    """Where a browser may come in, at the public URL."""
    settings: Settings
    people: dict[str, Seeded]


def settings_in(folder: Path, public_url: str) -> Settings:
    database_url = f"sqlite:///{folder / DATABASE}"
    return Settings(
        home=folder,
        public_url=public_url,
        streams_url=f"{public_url}/streams",  # nobody serves it
        database_url=database_url,
        migrate_url=database_url,
        files_url=str(folder / "files"),
        secret_keys=(_SECRET_KEY,),
        mode="demo",
        review="open",
        limits_factor=1000,
    )


def _make_template(folder: Path) -> dict[str, Seeded]:
    """By the migrations and the services."""
    here = settings_in(folder, "http://portico.test")
    migrations.upgrade(here.database_url)
    with clock.held(_SEEDED_AT), closing(_Started(here)):
        people = seed()
    _settle(here.database_url)
    return people


def _settle(url: str) -> None:
    """What happened while people were made is no news; and all of the file in one file."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM event"))
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()


class _Started:
    def __init__(self, here: Settings) -> None:
        self._database = start(here)
        _compiled.keep(self._database)

    def close(self) -> None:
        self._database.dispose()


@dataclass(frozen=True)
class _Application:
    app: Flask
    door: socket.socket
    url: str


def _application() -> _Application:
    """Put together once, for one address, where a browser may come in. What else depends on settings is set anew."""
    door = socket.create_server(("127.0.0.1", 0))
    atexit.register(door.close)
    url = f"http://127.0.0.1:{door.getsockname()[1]}"
    with TemporaryDirectory() as folder, _logging_left_alone():
        app = create_app(settings_in(Path(folder), url))
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return _Application(app, door, url)


@contextmanager
def _logging_left_alone() -> Iterator[None]:
    """A server says where its lines go; here that is pytest's, or the developer's own, to say."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)


@cache
def _prepared() -> tuple[Template, _Application]:
    """What all workspaces of this process have in common."""
    with undisturbed():
        return kept(_make_template), _application()


@contextmanager
def booted() -> Iterator[Booted]:
    """A workspace's platform. Raises RuntimeError when there is one already: kernel and settings are the process's."""
    if not _one_at_a_time.acquire(blocking=False):
        raise RuntimeError("There is a workspace already in this process; leave it before you open another one.")
    with ExitStack() as stack:
        stack.callback(_one_at_a_time.release)
        source, made = _prepared()
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="portico-", ignore_cleanup_errors=True)))
        shutil.copyfile(source.file, folder / DATABASE)
        here = settings_in(folder, made.url)
        stack.enter_context(closing(_Started(here)))
        made.app.extensions["portico_settings"] = here
        made.app.extensions["portico_limits"] = Limits(here)
        yield Booted(made.app, made.door, here, source.people)
