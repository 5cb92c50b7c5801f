"""The settings that an app's manifest declares, as fields of a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portico.domains.catalogue.manifests import localised
from portico.kernel.errors import Refusal
from portico.web.declared_fields import DeclaredField, DeclaredForm

Declared = Mapping[str, Mapping[str, Any]]


def _form(declared: Declared, locale: str | None = None) -> DeclaredForm:
    rows = [
        {
            **row,
            "name": name,
            "title": localised(row.get("title"), locale) or name,
            "help": localised(row.get("help"), locale),
            "required": bool(row.get("required")) and "default" not in row,
        }
        for name, row in declared.items()
    ]
    return DeclaredForm(tuple(rows), "setting.", "/settings/")


def given_settings(declared: Declared) -> dict[str, Any]:
    """What the form holds for a new installation; what is empty takes its default."""
    return _form(declared).given()


def changed_settings(declared: Declared) -> dict[str, Any]:
    """What the form holds for an installation that is there: empty clears, but keeps a secret."""
    values = _form(declared).values()
    return {name: value for name, value in values.items() if value is not None or not declared[name].get("secret")}


def setting_fields(
    declared: Declared,
    locale: str | None,
    refusal: Refusal | None = None,
    now: Mapping[str, Any] | None = None,
    *,
    kept: frozenset[str] = frozenset(),
) -> list[DeclaredField]:
    """The fields, with what was typed or is now, and what is wrong with it; `kept` are the secrets that are set."""
    defaults = {name: row["default"] for name, row in declared.items() if "default" in row}
    return _form(declared, locale).fields(refusal, {**defaults, **(now or {})}, kept=kept)
