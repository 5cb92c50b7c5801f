"""How a predicate comes in and goes out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields

from portico.kernel.predicates import shape

_DESCRIPTION = (
    'A condition: {"all": […]}, {"any": […]}, {"not": {…}}, or {"field", "op", "value"}; at most four deep and of '
    "fifty fields."
)


class Predicate(fields.Field[dict[str, Any]]):
    """A tree in the right form. Whether its fields, options and records are there is the service's question."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["metadata"] = {"type": "object", "description": _DESCRIPTION, **kwargs.get("metadata", {})}
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        _, _, errors = shape.read(value)
        if errors:
            raise ValidationError(_nested(errors))
        return dict(value)


def _nested(errors: list[Any]) -> Any:
    """Messages by step of their pointers, from which the pointers are made again at the edge."""
    found: dict[str, Any] = {}
    for error in errors:
        inner = found
        for step in filter(None, error.pointer.split("/")):
            inner = inner.setdefault(step.replace("~1", "/").replace("~0", "~"), {})
        inner.setdefault("_schema", []).append(error.message)
    return _flat(found)


def _flat(messages: Mapping[str, Any]) -> Any:
    if set(messages) == {"_schema"}:
        return messages["_schema"]
    return {key: value if key == "_schema" else _flat(value) for key, value in messages.items()}
