"""What is wrong with a tree, each with a JSON pointer and how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from portico.kernel.errors import FieldError
from portico.kernel.predicates import operands, shape
from portico.kernel.predicates.fields import Field, Fields
from portico.kernel.predicates.shape import Leaf

MOST_OPERANDS = 200
"""Over the whole tree: each is a bound value, and a part of the statement."""


class PredicateInvalid(ValueError):
    """A tree that cannot be asked, of something that is gone for example."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(f"{error.pointer}: {error.message}" for error in errors))


@dataclass(frozen=True, slots=True)
class Bound:
    """A leaf whose field, operator and value are known."""

    field: Field
    op: str
    value: Any
    leaf: Leaf


def bind(leaf: Leaf, fields: Fields) -> Bound:
    """Raises PredicateInvalid."""
    field = fields.known.get(leaf.field)
    if field is None:
        raise PredicateInvalid([_unknown(leaf, fields)])
    if leaf.op not in field.operators:
        message = f"{field.name} can be asked by {', '.join(field.operators)}."
        raise PredicateInvalid([FieldError(f"{leaf.pointer}/op", "operator", message)])
    try:
        return Bound(field, leaf.op, operands.operand(field, leaf.op, leaf.value), leaf)
    except ValueError as error:
        raise PredicateInvalid([FieldError(f"{leaf.pointer}/value", "invalid", str(error))]) from None


def _unknown(leaf: Leaf, fields: Fields) -> FieldError:
    near = get_close_matches(leaf.field[:100], fields.known, n=3) or list(fields.known)[:20]
    message = f"The {fields.object} has no field of this name; there is {', '.join(near)}."
    return FieldError(f"{leaf.pointer}/field", "unknown", message)


def check(
    tree: Any, fields: Fields, *, may: Callable[[str], bool] | None = None, pointer: str = ""
) -> list[FieldError]:
    """Everything that is wrong with a tree, for who `may` hold a scope (None: for whoever keeps it); empty: nothing."""
    return check_many([(pointer, tree)], fields, may=may)[0]


def check_many(
    trees: Iterable[tuple[str, Any]], fields: Fields, *, may: Callable[[str], bool] | None = None
) -> list[list[FieldError]]:
    """As `check` for several of (pointer, tree); records that they name are looked up once for all."""
    found: list[list[FieldError]] = []
    bound: list[list[Bound]] = []
    for pointer, tree in trees:
        _, leaves, errors = shape.read(tree, pointer)
        mine = _bound(leaves, fields, errors)
        errors += [error for one in mine for error in _forbidden(one, may)]
        if sum(_size(one) for one in mine) > MOST_OPERANDS:
            errors.append(FieldError(pointer, "too_many", f"At most {MOST_OPERANDS} values in all."))
        found.append(errors)
        bound.append(mine)
    gone = _gone([one for mine in bound for one in mine])
    for errors, mine in zip(found, bound, strict=True):
        errors += [error for one in mine for error in _naming(one, gone)]
    return found


def _bound(leaves: Iterable[Leaf], fields: Fields, errors: list[FieldError]) -> list[Bound]:
    found = []
    for leaf in leaves:
        try:
            found.append(bind(leaf, fields))
        except PredicateInvalid as wrong:
            errors += wrong.errors
    return found


def _size(one: Bound) -> int:
    return len(one.value) if isinstance(one.value, tuple) else 1


def _forbidden(one: Bound, may: Callable[[str], bool] | None) -> list[FieldError]:
    if may is None or one.field.scope is None or may(one.field.scope):
        return []
    message = f"{one.field.name} can be asked by those alone who hold {one.field.scope}."
    return [FieldError(f"{one.leaf.pointer}/field", "scope", message)]


def _named(one: Bound) -> tuple[str, ...]:
    if one.field.missing is None or one.op == "exists":
        return ()
    return one.value if isinstance(one.value, tuple) else (one.value,)


def _gone(bound: Sequence[Bound]) -> dict[str, set[str]]:
    """By field, the ids that name nothing."""
    wanted: dict[str, tuple[Field, set[str]]] = {}
    for one in bound:
        wanted.setdefault(one.field.name, (one.field, set()))[1].update(_named(one))
    return {name: field.missing(ids) for name, (field, ids) in wanted.items() if ids and field.missing is not None}


def _naming(one: Bound, gone: dict[str, set[str]]) -> list[FieldError]:
    lost = gone.get(one.field.name, set())
    listed = isinstance(one.value, tuple)
    return [
        FieldError(
            f"{one.leaf.pointer}/value{f'/{place}' if listed else ''}",
            "unknown",
            "There is nothing of this id that a condition can be about; take it out, or name another.",
        )
        for place, each in enumerate(_named(one))
        if each in lost
    ]
