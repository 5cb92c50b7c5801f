"""The living page belongs to development: nowhere else does it have an address."""

from dataclasses import replace

import pytest

from portico.app import create_app
from portico.kernel.db import Database
from portico.settings import Settings


@pytest.mark.parametrize(("mode", "status"), [("development", 200), ("demo", 404), ("production", 404)])
def test_the_living_page_is_served_in_development_alone(
    database: Database, settings: Settings, mode: str, status: int
) -> None:
    app = create_app(replace(settings, mode=mode))
    assert app.test_client().get("/design").status_code == status
