"""What is derived from the registries agrees with them, and what they hold keeps its own law."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from portico.cli.list_ import KINDS, command
from portico.kernel.events import EVENT_TYPES, EventType
from portico.kernel.events.types import PATTERN
from portico.kernel.scopes import SCOPES, app_scopes
from portico.kernel.slots import SLOTS
from portico_sdk import _registry

PERSON_SCOPES = ("openid", "profile", "email")  # each person grants them for themselves
SDK_COPY = Path(_registry.__file__)


def test_the_sdk_carries_what_the_platform_declares() -> None:
    printed = CliRunner().invoke(command, ["registry"], catch_exceptions=False)
    assert SDK_COPY.read_text() == printed.output, "run: portico list registry > sdk/portico_sdk/_registry.py"
    assert set(_registry.SCOPES) == app_scopes()
    assert set(_registry.EVENTS) == {kind.name for kind in EVENT_TYPES}
    assert set(_registry.PLACES) == {slot.place for slot in SLOTS}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_registry_can_be_printed(kind: str) -> None:
    for more in ([], ["--json"]):
        answer = CliRunner().invoke(command, [kind, *more], catch_exceptions=False)
        assert answer.exit_code == 0
        assert answer.output.strip()


@pytest.mark.parametrize("kind", EVENT_TYPES, ids=lambda kind: kind.name)
def test_the_example_of_an_event_is_one(kind: EventType) -> None:
    """Everything that the schema requires, nothing that it does not know, and every value of its type."""
    schema = kind.schema()
    required = {field.data_key or name for name, field in schema.fields.items() if field.required}
    assert kind.example, "the docs and the console show an example of each event"
    assert required <= set(kind.example) | set(kind.hidden), required - set(kind.example)
    assert schema.validate(dict(kind.example)) == {}


@pytest.mark.parametrize("kind", EVENT_TYPES, ids=lambda kind: kind.name)
def test_an_event_is_guarded_by_scopes_that_exist(kind: EventType) -> None:
    assert PATTERN.fullmatch(kind.name)
    assert kind.title
    guards = {kind.scope, *kind.hidden.values(), *(s for values in kind.guarded.values() for s in values.values())}
    assert all(scope in SCOPES for scope in guards), guards
    assert set(kind.hidden) <= set(kind.schema().fields)
    assert kind.scopes_for(kind.example) in kind.possible_scopes()


def test_scopes_say_what_they_allow() -> None:
    for scope in SCOPES:
        assert scope.sentence[0].islower(), f"{scope.name}: it completes “This app can …”"
        assert not scope.sentence.endswith("."), scope.name
        assert scope.roles or scope.name in PERSON_SCOPES, f"{scope.name} belongs to no role"
