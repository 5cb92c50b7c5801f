from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.acting_apps import ActingApp, acting_app
from tests.support.cast import Cast


@pytest.fixture
def helper(cast: Cast) -> Iterator[ActingApp]:
    with acting_app(cast) as app:
        yield app
