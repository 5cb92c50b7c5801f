"""The check of cards and answers: what the schema finds, and what the manifest says to it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from portico_sdk.cards._schema import AnswerTable, CardTable
from portico_sdk.manifest._check import of_schema, ordered
from portico_sdk.manifest._findings import KNOWN, NONE_DECLARED, Finding, finding, pointer
from portico_sdk.manifest._json_schema import schema_of

Names = Collection[str] | None


def check_card(card: Any, *, actions: Names = None, surfaces: Names = None) -> list[Finding]:
    """Every finding; an empty list means that the portal draws it. With the keys of the manifest, buttons are held to
    its actions, and `surface:…` to its pages."""
    if not isinstance(card, dict):
        return [finding("wrong_type", "", "a table")]
    return ordered(card, [*of_schema(CardTable, card), *_about(card, (), actions, surfaces)])


def check_answer(answer: Any, *, actions: Names = None, surfaces: Names = None) -> list[Finding]:
    """As `check_card`, for what an action answers."""
    if not isinstance(answer, dict):
        return [finding("wrong_type", "", "a table")]
    found = [*of_schema(AnswerTable, answer), *_place(answer, (), surfaces)]
    if isinstance(answer.get("card"), dict):
        found += _about(answer["card"], ("card",), actions, surfaces)
    return ordered(answer, found)


def card_schema() -> dict[str, Any]:
    """The JSON Schema of a card, for editors."""
    return schema_of(CardTable, "Portico card")


def interaction_schema() -> dict[str, Any]:
    """The JSON Schema of what an action answers."""
    return schema_of(AnswerTable, "Answer of a Portico action")


def _rows(value: Any, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    rows = value.get(name)
    for index, row in enumerate(rows if isinstance(rows, list) else []):
        if isinstance(row, dict):
            yield index, row


def _about(card: dict[str, Any], at: tuple[str | int, ...], actions: Names, surfaces: Names) -> Iterator[Finding]:
    for index, block in _rows(card, "blocks"):
        place = (*at, "blocks", index)
        if block.get("type") == "form":
            yield from _action(block, place, actions)
        if block.get("type") not in ("list", "buttons"):
            continue
        for number, row in _rows(block, "items"):
            below = (*place, "items", number)
            yield from _place(row, below, surfaces)
            if block["type"] == "buttons":
                yield from _action(row, below, actions)
                if ("action" in row) == ("open" in row):
                    yield finding("button", pointer(*below))


def _place(row: Mapping[str, Any], at: tuple[str | int, ...], surfaces: Names) -> Iterator[Finding]:
    target = row.get("open")
    if surfaces is None or not isinstance(target, str) or not target.startswith("surface:"):
        return
    if target.removeprefix("surface:") not in surfaces:
        yield finding("unknown_surface", pointer(*at, "open"), *_known(surfaces))


def _action(row: Mapping[str, Any], at: tuple[str | int, ...], actions: Names) -> Iterator[Finding]:
    key = row.get("action")
    if actions is not None and isinstance(key, str) and key not in actions:
        yield finding("unknown_action", pointer(*at, "action"), *_known(actions))


def _known(names: Collection[str]) -> tuple[str, str]:
    return (", ".join(sorted(names)), KNOWN) if names else ("", NONE_DECLARED)
