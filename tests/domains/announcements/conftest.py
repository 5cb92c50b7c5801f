"""An announcer with something to say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.domains.announcements.desk import Desk
from tests.support.http import Api


@pytest.fixture
def desk(api: Api) -> Desk:
    return Desk(api)


Make = Callable[..., dict[str, Any]]
