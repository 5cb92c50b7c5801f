"""A registry is filled at start, refuses a second of the same name, and is then sealed."""

from __future__ import annotations

import pytest

from portico.kernel.errors import REFUSALS, Refusal
from portico.kernel.events import EVENT_TYPES
from portico.kernel.jobs import JOB_KINDS
from portico.kernel.registry import Registry
from portico.kernel.scopes import SCOPES, Scope
from portico.kernel.slots import SLOTS


def scope(name: str) -> Scope:
    return Scope(name, "do something", roles=("agent",))


def made(*names: str) -> Registry[Scope]:
    registry: Registry[Scope] = Registry("scope", lambda item: item.name)
    for name in names:
        registry.add(scope(name))
    return registry


def test_it_is_read_in_the_order_of_names() -> None:
    registry = made("b", "a", "c")
    assert [item.name for item in registry] == ["a", "b", "c"]
    assert len(registry) == 3
    assert "a" in registry
    assert "d" not in registry
    assert registry.get("d") is None
    with pytest.raises(KeyError):
        registry["d"]


def test_a_second_of_the_same_name_is_refused_and_the_same_one_again_is_not() -> None:
    registry = made("a")
    one = registry["a"]
    assert registry.add(one) is one
    with pytest.raises(RuntimeError, match="'a' is declared twice"):
        registry.add(scope("a"))


def test_what_comes_after_the_seal_is_refused() -> None:
    registry = made("a")
    registry.seal()
    assert registry.add(registry["a"]) is registry["a"]
    with pytest.raises(RuntimeError, match="'b' comes too late"):
        registry.add(scope("b"))


@pytest.mark.parametrize("registry", [SCOPES, EVENT_TYPES, SLOTS, JOB_KINDS], ids=lambda registry: registry.noun)
def test_the_registries_of_the_platform_are_filled_and_sealed(registry: Registry[object]) -> None:
    assert len(registry) > 0
    assert registry._sealed


def test_an_error_code_is_declared_once() -> None:
    with pytest.raises(TypeError, match="'stale' is declared by Stale already"):

        class Again(Refusal):
            code = "stale"

    assert REFUSALS["stale"].__name__ == "Stale"


def test_every_refusal_has_a_code_a_status_and_words() -> None:
    for code, refusal in REFUSALS.items():
        if code:
            assert code.replace("_", "").isalpha(), code
            assert code == code.lower()
            assert 400 <= refusal.status < 600, code
            assert refusal.title.endswith((".", "…")), code
