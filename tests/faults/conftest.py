"""A PostgreSQL server for the tests that stop and kill it, and for those that look into it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.clusters import Cluster, cluster


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Cluster]:
    """One for all such tests of this process; it is well again when a test ends."""
    with cluster() as made:
        yield made
