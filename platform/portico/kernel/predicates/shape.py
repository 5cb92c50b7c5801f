"""The form of a tree, whatever it is about: groups, leaves, and how many and how deep they may be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from portico.kernel.errors import FieldError

MOST_DEEP = 4
MOST_LEAVES = 50
_GROUPS = ("all", "any")
_FORMS = 'Give {"all": […]}, {"any": […]}, {"not": {…}} or {"field": …, "op": …, "value": …}.'


@dataclass(frozen=True, slots=True)
class Leaf:
    pointer: str
    field: str
    op: str
    value: Any


@dataclass(frozen=True, slots=True)
class Group:
    """`form` is all, any or not; `not` has one child."""

    form: str
    children: tuple[Node, ...]


Node = Leaf | Group


class _Reading:
    """One tree being read; errors gather instead of being raised, so that all are told at once."""

    def __init__(self) -> None:
        self.errors: list[FieldError] = []
        self.leaves: list[Leaf] = []

    def wrong(self, pointer: str, code: str, message: str) -> Node | None:
        """No node."""
        self.errors.append(FieldError(pointer, code, message))
        return None

    def node(self, raw: Any, pointer: str, depth: int) -> Node | None:
        if not isinstance(raw, dict):
            return self.wrong(pointer, "invalid", _FORMS)
        if "event" in raw:
            message = "Conditions on events of customers cannot be asked yet; use a field."
            return self.wrong(f"{pointer}/event", "not_available", message)
        if "field" in raw:
            return self.leaf(raw, pointer)
        if len(raw) != 1 or next(iter(raw)) not in (*_GROUPS, "not"):
            return self.wrong(pointer, "invalid", _FORMS)
        if depth >= MOST_DEEP:
            return self.wrong(pointer, "too_deep", f"Groups stand at most {MOST_DEEP} deep in one another; flatten it.")
        form, inside = next(iter(raw.items()))
        return self.negation(inside, pointer, depth) if form == "not" else self.group(form, inside, pointer, depth)

    def negation(self, inside: Any, pointer: str, depth: int) -> Node | None:
        child = self.node(inside, f"{pointer}/not", depth + 1)
        return None if child is None else Group("not", (child,))

    def group(self, form: str, inside: Any, pointer: str, depth: int) -> Node | None:
        if not isinstance(inside, list) or not inside:
            message = "Give a list of at least one condition: an empty one would match everything, or nothing."
            return self.wrong(f"{pointer}/{form}", "invalid", message)
        if len(inside) > MOST_LEAVES:
            return self.wrong(f"{pointer}/{form}", "too_many", f"At most {MOST_LEAVES} conditions.")
        children = [self.node(one, f"{pointer}/{form}/{place}", depth + 1) for place, one in enumerate(inside)]
        return Group(form, tuple(child for child in children if child is not None))

    def leaf(self, raw: dict[str, Any], pointer: str) -> Node | None:
        before = len(self.errors)
        for name in sorted(map(str, raw.keys() - {"field", "op", "value"})):
            step = name[:60].replace("~", "~0").replace("/", "~1")
            self.wrong(f"{pointer}/{step}", "unknown", "A condition is of field, op and value.")
        for name in ("field", "op"):
            if not isinstance(raw.get(name), str):
                self.wrong(f"{pointer}/{name}", "required", f"Give {name} as a text.")
        if raw.get("value") is None:
            self.wrong(f"{pointer}/value", "required", "Give a value; for a field without one, exists with false.")
        if len(self.errors) > before:
            return None
        leaf = Leaf(pointer, raw["field"], raw["op"], raw["value"])
        self.leaves.append(leaf)
        return leaf


def read(tree: Any, pointer: str = "") -> tuple[Node | None, list[Leaf], list[FieldError]]:
    """The tree, its leaves, and what is wrong with its form. Without errors there is a tree."""
    reading = _Reading()
    root = reading.node(tree, pointer, 0)
    if len(reading.leaves) > MOST_LEAVES:
        reading.wrong(pointer, "too_many", f"At most {MOST_LEAVES} conditions; this has {len(reading.leaves)}.")
    return root, reading.leaves, reading.errors


def leaves(tree: Any) -> Iterator[Leaf]:
    """The leaves of a tree, of one with errors those that can be read."""
    yield from read(tree)[1]
