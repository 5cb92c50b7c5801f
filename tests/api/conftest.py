"""One application and one set of people for all tests of a module: what they make, they make for themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from portico.app import create_app
from portico.settings import Settings
from portico.web.api import Operation
from tests.api.calls import BY_ID, CALLS, Call
from tests.support import databases
from tests.support.cast import make_cast
from tests.support.http import Api
from tests.support.world import World


@pytest.fixture(scope="module")
def flask_app(tmp_path_factory: pytest.TempPathFactory, template_folder: Path) -> Flask:
    home = tmp_path_factory.mktemp("api")
    url = databases.fresh_sqlite(template_folder, home)
    made = create_app(
        Settings(
            home=home,
            public_url="http://127.0.0.1:8000",
            streams_url="http://127.0.0.1:8001",
            database_url=url,
            migrate_url=url,
            secret_keys=("a key for tests only",),
            mode="demo",
            review="open",
            limits_factor=100_000,
        )
    )
    made.config["PROPAGATE_EXCEPTIONS"] = False
    return made


@pytest.fixture(scope="module")
def world(flask_app: Flask) -> World:
    return World(Api(flask_app, make_cast()))


@pytest.fixture(params=sorted(CALLS))
def operation(request: pytest.FixtureRequest) -> Operation:
    return BY_ID[request.param]


@pytest.fixture
def call(operation: Operation, world: World) -> Call:
    return CALLS[operation.operation_id](world)
