"""Settings that a manifest asks the admin for: values checked against their declarations."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portico.kernel.errors import FieldError, Invalid
from portico.kernel.text import N_

LONGEST = 10_000

Declared = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Values:
    """Checked settings; `secret` is what the manifest marks so."""

    plain: dict[str, Any]
    secret: dict[str, Any]


def checked(declared: Declared, given: Mapping[str, Any]) -> Values:
    """The given values, and the defaults of the others. Raises Invalid with every wrong one."""
    errors = list(_errors(declared, given))
    if errors:
        raise Invalid(errors=errors)
    values = {name: row["default"] for name, row in declared.items() if "default" in row} | dict(given)
    hidden = {name for name, row in declared.items() if row.get("secret")}
    return Values(
        plain={name: value for name, value in values.items() if name not in hidden},
        secret={name: value for name, value in values.items() if name in hidden},
    )


def _pointer(name: str) -> str:
    return "/settings/" + name.replace("~", "~0").replace("/", "~1")


def _errors(declared: Declared, given: Mapping[str, Any]) -> Iterator[FieldError]:
    for name in given:
        if name not in declared:
            yield FieldError(_pointer(name), "unknown", N_("The app has no such setting."))
    for name, row in declared.items():
        if name in given:
            message = wrong_value(row, given[name])
            if message:
                yield FieldError(_pointer(name), "invalid", message)
        elif row.get("required") and "default" not in row:
            yield FieldError(_pointer(name), "required", N_("The app cannot work without this setting."))


def wrong_value(row: Mapping[str, Any], value: Any) -> str | None:
    """What is wrong with a value, or None."""
    match row["type"]:
        case "boolean":
            return None if isinstance(value, bool) else N_("This is true or false.")
        case "integer":
            return None if _is_whole(value) else N_("This is a whole number.")
        case "number":
            return None if _is_number(value) else N_("This is a number.")
        case "date":
            return None if _is_date(value) else N_("This is a date such as 2026-11-22.")
        case "select":
            options = row.get("options", [])
            return None if value in options else N_("Choose one of the options.")
        case _:
            right = isinstance(value, str) and len(value) <= LONGEST
            return None if right else N_("This is text of at most 10,000 characters.")


def _is_whole(value: Any) -> bool:
    """JSON keeps whole numbers exactly up to 2 to the 53rd (RFC 8259 section 6)."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value))
    except ValueError:
        return False
