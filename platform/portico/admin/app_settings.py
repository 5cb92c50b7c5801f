"""The settings that an app's manifest declares, as fields of a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext

from portico.domains.catalogue.manifests import localised
from portico.kernel.errors import Refusal

PREFIX = "setting."
Declared = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class SettingField:
    """One field as the template draws it. The value of a secret is never shown again; empty keeps it."""

    name: str
    kind: str
    title: str
    help: str
    required: bool
    secret: bool
    options: tuple[str, ...]
    value: Any
    errors: list[str]


def _number(kind: str, text: str) -> Any:
    """The number, or the text itself: then the service says what is wrong with it."""
    try:
        return int(text) if kind == "integer" else float(text)
    except ValueError:
        return text


def _value(row: Mapping[str, Any], name: str) -> Any:
    text = (request.form.get(PREFIX + name) or "").strip()
    if row["type"] == "boolean":
        return PREFIX + name in request.form
    if not text:
        return None
    return _number(row["type"], text) if row["type"] in ("integer", "number") else text


def given_settings(declared: Declared) -> dict[str, Any]:
    """What the form holds for a new installation; what is empty takes its default."""
    values = {name: _value(row, name) for name, row in declared.items()}
    return {name: value for name, value in values.items() if value is not None}


def changed_settings(declared: Declared) -> dict[str, Any]:
    """What the form holds for an installation that is there: empty clears, but keeps a secret."""
    values = {name: _value(row, name) for name, row in declared.items()}
    return {name: value for name, value in values.items() if value is not None or not declared[name].get("secret")}


def setting_fields(
    declared: Declared, locale: str | None, refusal: Refusal | None = None, now: Mapping[str, Any] | None = None
) -> list[SettingField]:
    """The fields, with what was typed or what is set, and what is wrong with it."""
    return [_field(name, row, locale, refusal, now or {}) for name, row in declared.items()]


def _field(
    name: str, row: Mapping[str, Any], locale: str | None, refusal: Refusal | None, now: Mapping[str, Any]
) -> SettingField:
    pointer = "/settings/" + name
    wrong = [gettext(error.message) for error in (refusal.errors if refusal else ()) if error.pointer == pointer]
    shown = _value(row, name) if request.method == "POST" else now.get(name, row.get("default"))
    secret = bool(row.get("secret"))
    return SettingField(
        name=PREFIX + name,
        kind=row["type"],
        title=localised(row.get("title"), locale) or name,
        help=localised(row.get("help"), locale),
        required=bool(row.get("required")) and "default" not in row,
        secret=secret,
        options=tuple(row.get("options", ())),
        value=None if secret else shown,
        errors=wrong,
    )
