"""What a person enters for an action, held to what the manifest declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from portico.domains.installations.app_settings import wrong_value
from portico.kernel.errors import FieldError, Invalid
from portico.kernel.text import N_

Declared = Mapping[str, Mapping[str, Any]]


def checked(declared: Declared, given: Mapping[str, Any]) -> dict[str, Any]:
    """The given values; null is as good as absent. Raises Invalid with every wrong one."""
    values = {name: value for name, value in given.items() if value is not None}
    errors = list(_errors(declared, values))
    if errors:
        raise Invalid(errors=errors)
    return values


def _pointer(name: str) -> str:
    return "/input/" + name.replace("~", "~0").replace("/", "~1")


def _errors(declared: Declared, given: Mapping[str, Any]) -> Iterator[FieldError]:
    for name in given:
        if name not in declared:
            yield FieldError(_pointer(name), "unknown", N_("The action has no such field."))
    for name, row in declared.items():
        if name in given and given[name] != "":
            message = wrong_value(row, given[name])
            if message:
                yield FieldError(_pointer(name), "invalid", message)
        elif row.get("required", True):
            yield FieldError(_pointer(name), "required", N_("Fill this in."))
