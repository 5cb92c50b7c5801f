"""Fixtures for apps under test; pytest loads this module by the entry point `pytest11`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from portico_sdk import testing

if TYPE_CHECKING:
    from portico_sdk.testing._workspace import Workspace


@pytest.fixture
def portico_workspace() -> Iterator[Workspace]:
    """The whole platform, in this process, with a database of its own. Needs the extra `testing`."""
    with testing.workspace() as opened:
        yield opened


@pytest.fixture
def fake_portico() -> testing.FakePortico:
    """A workspace in memory, in which the app is installed."""
    return testing.FakePortico()


@pytest.fixture
def held_clock() -> testing.HeldClock:
    return testing.HeldClock()


@pytest.fixture
def signed_webhook(
    fake_portico: testing.FakePortico,
) -> Callable[[Mapping[str, Any]], tuple[bytes, dict[str, str]]]:
    """`signed_webhook(event)`, with the signing secret of `fake_portico`."""
    return partial(testing.signed_webhook, secret=fake_portico.signing_secret)
