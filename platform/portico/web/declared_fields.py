"""Fields that a manifest declares, as fields of a form: settings of an app, and the input of its actions.

A row is what the manifest says, in the reader's language already: name, type, title, help, required, secret, options.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext

from portico.kernel.errors import Refusal

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DeclaredField:
    """One field as the template draws it. The value of a secret is never shown again; empty keeps it."""

    name: str
    id: str
    kind: str
    title: str
    help: str
    required: bool
    secret: bool
    options: tuple[str, ...]
    value: Any
    errors: list[str]
    is_set: bool = False


@dataclass(frozen=True, slots=True)
class DeclaredForm:
    """`prefix` is of the names in the form, `pointer` of the pointers in a refusal."""

    rows: tuple[Row, ...]
    prefix: str
    pointer: str
    among: str = ""
    """Tells the ids of this form from those of others on the page."""

    def values(self) -> dict[str, Any]:
        """What was sent, by name; None for what is empty. What is no number stays text: the service says so."""
        return {row["name"]: self._value(row) for row in self.rows}

    def given(self) -> dict[str, Any]:
        """As `values`, without what is empty."""
        return {name: value for name, value in self.values().items() if value is not None}

    def _value(self, row: Row) -> Any:
        name = self.prefix + str(row["name"])
        if row["type"] == "boolean":
            return name in request.form
        # Of a secret every blank counts.
        text = request.form.get(name) or ""
        text = text if row.get("secret") else text.strip()
        if not text:
            return None
        return _number(row["type"], text) if row["type"] in ("integer", "number") else text.replace("\r\n", "\n")

    def fields(
        self,
        refusal: Refusal | None = None,
        now: Mapping[str, Any] | None = None,
        *,
        sent: bool | None = None,
        told: Mapping[str, str] | None = None,
        kept: Iterable[str] = (),
    ) -> list[DeclaredField]:
        """With what was typed or what is `now`, and what is wrong: by the refusal, or as the app `told`. `kept` are the
        secrets that are set."""
        was_sent = request.method == "POST" if sent is None else sent
        known = frozenset(kept)
        return [self._field(row, refusal, now or {}, was_sent, told or {}, known) for row in self.rows]

    def _field(
        self,
        row: Row,
        refusal: Refusal | None,
        now: Mapping[str, Any],
        sent: bool,
        told: Mapping[str, str],
        kept: frozenset[str],
    ) -> DeclaredField:
        name = str(row["name"])
        wrong = [gettext(each.message) for each in (refusal.errors if refusal else ()) if self._is_about(each, name)]
        wrong += [told[name]] if name in told else []
        secret = bool(row.get("secret"))
        return DeclaredField(
            name=self.prefix + name,
            id=(self.among + self.prefix + name).replace(".", "-"),
            kind=row["type"],
            title=row["title"],
            help=row.get("help") or "",
            required=bool(row.get("required")),
            secret=secret,
            options=tuple(row.get("options", ())),
            value=None if secret else (self._value(row) if sent else now.get(name)),
            errors=wrong,
            is_set=name in kept,
        )

    def _is_about(self, error: Any, name: str) -> bool:
        return bool(error.pointer == self.pointer + name.replace("~", "~0").replace("/", "~1"))


def _number(kind: str, text: str) -> Any:
    try:
        return int(text) if kind == "integer" else float(text.replace(",", "."))
    except ValueError:
        return text
