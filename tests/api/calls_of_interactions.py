"""Calls of the matrix: actions of apps, and what became of them."""

from __future__ import annotations

from typing import Any

from tests.support.world import World


def run(world: World) -> tuple[str, str, Any, dict[str, Any]]:
    action = world.action()
    return f"/actions/{action['id']}/runs", "employee", {"input": {"note": "Hello"}}, {"stranger": 404}


def answer(world: World) -> tuple[str, str, Any, dict[str, Any]]:
    return f"/interactions/{world.interaction()['id']}", "app", {"toast": "Done"}, {}


INTERACTIONS = {"run_action": run, "answer_interaction": answer}
OF_INTERACTIONS: dict[str, tuple[str, str, str]] = {
    "get_interaction": ("/interactions/{}", "interaction", "employee"),
    "retry_interaction": ("/interactions/{}/retry", "failed_interaction", "employee"),
}
