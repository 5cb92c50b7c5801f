"""Fixtures that every test may use. See support/ for what stands behind them."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from flask import Flask

from portico.app import create_app, gather, start
from portico.kernel import clock, db
from portico.settings import Settings
from portico.web.limits import Limits
from portico_sdk.testing import _compiled
from tests.support import databases
from tests.support.cast import Cast, make_cast
from tests.support.http import Api
from tests.support.ordering import by_file

BOTH = "both_databases"
# Speed is measured in bench/, never in a test. CI tries the same examples each time; people find new ones.
hypothesis.settings.register_profile("portico", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("portico")
# A test makes much and keeps little of it: looking for cycles after every 700 objects is a quarter of the time.
gc.set_threshold(50_000, 20, 100)
gather()  # tests are parametrised over tables and registries when they are collected


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """After what is not wanted has been taken out."""
    items[:] = by_file(items)


def pytest_collection_finish() -> None:
    """What has been imported stays: the collector need not look at it again."""
    gc.collect()
    gc.freeze()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test marked `both_databases` runs on SQLite and on PostgreSQL."""
    if "database_kind" in metafunc.fixturenames:
        both = metafunc.definition.get_closest_marker(BOTH) is not None
        only_postgres = metafunc.definition.get_closest_marker("postgres") is not None
        kinds = ["postgres"] if only_postgres else ["sqlite"]
        if both and not only_postgres:
            kinds = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
        metafunc.parametrize("database_kind", kinds)


@pytest.fixture(scope="session")
def template_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("templates")


@pytest.fixture
def database_url(database_kind: str, template_folder: Path, tmp_path: Path) -> str:
    """An empty, migrated database of the wanted kind."""
    if database_kind == "sqlite":
        return databases.fresh_sqlite(template_folder, tmp_path)
    database = databases.postgres()
    database.empty()
    return database.url


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path,
        public_url="http://127.0.0.1:8000",
        streams_url="http://127.0.0.1:8001",
        database_url=database_url,
        migrate_url=database_url,
        secret_keys=("a key for tests only",),
        mode="demo",
        review="open",
        limits_factor=1000,
    )


@pytest.fixture
def database(settings: Settings) -> Iterator[db.Database]:
    """The kernel, started on an empty database."""
    opened = start(settings)
    _compiled.keep(opened)
    yield opened
    opened.dispose()


@pytest.fixture
def app(database: db.Database, settings: Settings) -> Flask:
    """The application, put together once per process; what belongs to a test's settings is set anew."""
    made = _app or _make_app(settings)
    made.extensions["portico_settings"] = settings
    made.extensions["portico_limits"] = Limits(settings)
    return made


_app: Flask | None = None


def _make_app(settings: Settings) -> Flask:
    global _app
    _app = create_app(settings)
    _app.testing = True
    _app.config["PROPAGATE_EXCEPTIONS"] = False
    start(settings)
    return _app


@pytest.fixture
def cast(database: db.Database) -> Cast:
    return make_cast("sqlite" if database.sqlite else "postgres")


@pytest.fixture
def api(app: Flask, cast: Cast) -> Api:
    return Api(app, cast)


@pytest.fixture
def held_clock() -> Iterator[None]:
    """The clock stands; `clock.advance(...)` moves it on."""
    with clock.held(clock.now()):
        yield


def pytest_sessionfinish() -> None:
    databases.drop_postgres()
