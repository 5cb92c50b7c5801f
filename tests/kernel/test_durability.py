"""What a unit promises of the disk, on PostgreSQL."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from portico.kernel import db
from portico.kernel.unit_of_work import system_unit

pytestmark = pytest.mark.postgres


@pytest.fixture
def database_url(database_url: str) -> str:
    """Where commits wait for the disk, as a server does when nothing is said; in the other tests none waits."""
    return f"{database_url}?options=-c%20synchronous_commit%3Don"


def test_only_a_unit_that_says_so_does_not_wait_for_the_disk_and_the_next_one_does(database: db.Database) -> None:
    seen = []
    for durable in (True, False, True):
        with system_unit("tests: durability", write=True, durable=durable) as work:
            seen.append(work.scalar(text("SHOW synchronous_commit")))
    assert seen == ["on", "off", "on"]
