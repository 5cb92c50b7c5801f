"""A form of the values of properties: one field for each definition, of its type; and how values are shown.

Made from definitions as they come from the database, so it knows no domain: `key`, `label`, `type`, `options`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext
from wtforms import Field, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from portico.web.forms import Form, MultiCheckboxField

_PREFIX = "of_"
_INPUTS = {"date": "date", "url": "url", "email": "email", "phone": "tel"}
_NUMBERS = {"integer": int, "decimal": float}


def _choices(definition: Any, value: Any) -> list[SelectChoice]:
    """What can be chosen, and what was before it was archived."""
    had = value if isinstance(value, list) else [value]
    known = [option for option in definition.options if not option["archived"] or option["key"] in had]
    return [SelectChoice(option["key"], option["label"]) for option in known]


def _field(definition: Any, value: Any) -> Any:
    match definition.type:
        case "select":
            return SelectField(
                definition.label, choices=[SelectChoice("", gettext("None")), *_choices(definition, value)]
            )
        case "multiselect":
            return MultiCheckboxField(definition.label, choices=_choices(definition, value))
        case "bool":
            words = {"": gettext("Not set"), "true": gettext("Yes"), "false": gettext("No")}
            return SelectField(definition.label, choices=[SelectChoice(*pair) for pair in words.items()])
        case "long_text":
            return TextAreaField(definition.label, render_kw={"rows": 4})
        case "datetime":
            help_ = gettext("With its zone, such as 2026-11-22T09:30:00Z.")
            return StringField(definition.label, description=help_)
        case kind:
            numeric = {"inputmode": "decimal"} if kind in _NUMBERS else {}
            return StringField(definition.label, render_kw={"type": _INPUTS[kind]} if kind in _INPUTS else numeric)


def _shown_in_field(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _number_text(value) if isinstance(value, int | float) else value


def _number_text(value: float) -> str:
    return f"{value:f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


class ValuesForm(Form):
    """What `values_form` makes; `version` says from which version of the object."""

    version = HiddenField()
    definitions: tuple[Any, ...] = ()

    def shown(self) -> list[Field]:
        return [self._fields[_PREFIX + each.key] for each in self.definitions]

    def values(self) -> dict[str, Any]:
        """As the API takes them: what is empty clears. What is no number is left to the service, which says so."""
        return {each.key: _sent(each.type, self._fields[_PREFIX + each.key].data) for each in self.definitions}

    def _field_of(self, pointer: str) -> Field | None:
        return self._fields.get(_PREFIX + pointer.removeprefix("/properties/")) or super()._field_of(pointer)


def _sent(kind: str, data: Any) -> Any:
    if not data:
        return None
    if kind == "bool":
        return data == "true"
    if kind in _NUMBERS:
        try:
            return _NUMBERS[kind](data.strip().replace(",", ".") if kind == "decimal" else data.strip())
        except ValueError:
            return data
    return data


def values_form(definitions: Iterable[Any], stored: Mapping[str, Any], version: int) -> ValuesForm:
    """The form, filled with what the object has."""
    known = tuple(definitions)
    fields = {_PREFIX + each.key: _field(each, stored.get(each.key)) for each in known}
    made = type("ObjectValuesForm", (ValuesForm,), {**fields, "definitions": known})
    values = {_PREFIX + key: _shown_in_field(value) for key, value in stored.items()}
    form: ValuesForm = made(version=str(version), **values)
    return form


def shown_values(definitions: Iterable[Any], stored: Mapping[str, Any]) -> list[tuple[str, Any, str | None]]:
    """Label, value in words and owner for each definition, for the card of an object."""
    return [(each.label, _in_words(each, stored.get(each.key)), each.app_key) for each in definitions]


def _in_words(definition: Any, value: Any) -> Any:
    if value is None:
        return None
    labels = {option["key"]: option["label"] for option in definition.options}
    match definition.type:
        case "select":
            return labels.get(value, value)
        case "multiselect":
            return ", ".join(labels.get(one, one) for one in value)
        case "bool":
            return gettext("Yes") if value else gettext("No")
        case "decimal":
            return _number_text(value)
        case _:
            return value
