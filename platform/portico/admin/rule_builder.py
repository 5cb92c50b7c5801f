"""A rule of a group as rows of a form: field, how, what. Works as a plain form: each button sends it back with a step,
and nothing is lost. A rule that apps made deeper than rows can show is changed as text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from flask import request
from flask_babel import gettext

from portico.admin.picker import Picker, names_of_rules, picked, picker
from portico.domains.directory import groups
from portico.domains.directory.predicates import employee_fields
from portico.kernel.actor import Actor
from portico.kernel.errors import FieldError
from portico.kernel.predicates import MOST_LEAVES, Field, Fields
from portico.kernel.text import N_
from portico.web import roles

_FILLED = {"exists": N_("is filled in"), "absent": N_("is empty")}
_TIMES = {
    "eq": N_("is on"),
    "lt": N_("is before"),
    "gt": N_("is after"),
    "within_last": N_("is within the last … days"),
    "within_next": N_("is within the next … days"),
}
HOWS: Mapping[str, Mapping[str, str]] = {
    "text": {"eq": N_("is"), "ne": N_("is not"), "starts": N_("begins with"), "contains": N_("contains")},
    "number": {
        "eq": N_("is"),
        "ne": N_("is not"),
        "gt": N_("is more than"),
        "gte": N_("is at least"),
        "lt": N_("is less than"),
        "lte": N_("is at most"),
    },
    "bool": {"yes": N_("is yes"), "no": N_("is no")},
    "date": _TIMES,
    "instant": _TIMES,
    "choice": {"in": N_("is one of"), "nin": N_("is none of")},
    "id": {"in": N_("is one of"), "nin": N_("is none of")},
    "many": {"any": N_("has one of"), "all": N_("has all of"), "none": N_("has none of")},
}
_VALUELESS = ("exists", "absent", "yes", "no")
_KINDS = {"dep": "department", "grp": "group", "emp": "employee"}
_SHORT = 12
"""So many choices are ticked; of more, one is chosen from a list."""


def word(of: Field, value: str) -> str:
    """What people call a choice."""
    words = roles.LABELS if of.name == "role" else of.choices
    return str(gettext(words.get(value, value)))


def hows(of: Field) -> dict[str, str]:
    """How a field can be asked on the page, in words."""
    words = {**HOWS["many" if of.many else of.kind], **_FILLED}
    return {how: gettext(text) for how, text in words.items() if how in (*of.operators, "absent", "yes", "no")}


@dataclass
class Row:
    number: int
    of: Field
    how: str
    values: list[str]
    errors: list[str] = field(default_factory=list)
    picker: Picker | None = None

    @property
    def title(self) -> str:
        return str(gettext(self.of.title))

    @property
    def hows(self) -> dict[str, str]:
        return hows(self.of)

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(value, word(self.of, value)) for value in self.of.choices]

    @property
    def is_short(self) -> bool:
        return len(self.of.choices) <= _SHORT

    def leaf(self) -> dict[str, Any]:
        if self.how in _VALUELESS:
            op = "exists" if self.how in _FILLED else "eq"
            return {"field": self.of.name, "op": op, "value": self.how in ("exists", "yes")}
        return {"field": self.of.name, "op": self.how, "value": self._value()}

    def _value(self) -> Any:
        if self.of.kind in ("choice", "id"):
            return self.values
        text = self.values[0] if self.values else ""
        if self.of.kind == "number" or self.how.startswith("within_"):
            return _number(text)
        return text


def _number(text: str) -> Any:
    """The number that was typed; else the text, of which the check says what it should be."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


@dataclass
class Draft:
    """A rule being made. `text` is set for one that rows cannot show."""

    fields: Fields
    joined: str = "all"
    rows: list[Row] = field(default_factory=list)
    text: str | None = None
    errors: list[str] = field(default_factory=list)

    def tree(self) -> Any:
        """The rule; None when there is none yet, or the text is none."""
        if self.text is not None:
            try:
                return orjson.loads(self.text)
            except orjson.JSONDecodeError:
                return None
        return {self.joined: [row.leaf() for row in self.rows]} if self.rows else None

    def place(self, errors: Iterable[FieldError]) -> None:
        """Each error at its row, and what is about none above them."""
        for error in errors:
            steps = error.pointer.split("/")[1:]
            at = int(steps[2]) if len(steps) > 2 and steps[1] == self.joined and steps[2].isdigit() else None
            where = self.errors if at is None or at >= len(self.rows) else self.rows[at].errors
            where.append(gettext(error.message))

    def askable(self) -> list[tuple[str, str]]:
        """The fields to add, by name and title."""
        return [(name, gettext(each.title)) for name, each in self.fields.known.items()]


def fingerprint(tree: Any) -> str:
    """What the button that saves carries: only what was looked at is kept."""
    return hashlib.sha256(orjson.dumps(tree)).hexdigest()[:16]


def _fields(actor: Actor) -> Fields:
    known = employee_fields(actor.workspace_id).known
    return Fields("employee", {name: one for name, one in known.items() if one.scope is None or actor.may(one.scope)})


def shown(actor: Actor, rule: Any) -> Draft:
    """The rows of a rule that stands; its text where rows cannot show it."""
    draft = Draft(_fields(actor))
    if rule is None:
        return draft
    draft.joined, leaves = next(iter(rule.items())) if len(rule) == 1 else ("all", [rule])
    rows = [_row(draft.fields, number, leaf) for number, leaf in enumerate(leaves)] if draft.joined != "not" else [None]
    if None in rows:
        draft.text = orjson.dumps(rule, option=orjson.OPT_INDENT_2).decode()
    draft.rows = [row for row in rows if row is not None]
    return draft


def _row(fields: Fields, number: int, leaf: Any) -> Row | None:
    of = fields.known.get(leaf.get("field"))
    if of is None:
        return None
    op, value = leaf["op"], leaf["value"]
    if op == "exists":
        op = "exists" if value else "absent"
    elif of.kind == "bool":
        op = "yes" if value else "no"
    elif of.kind in ("choice", "id"):
        op = {"eq": "in", "ne": "nin"}.get(op, op)
    if op not in hows(of) or (isinstance(value, list) and of.kind not in ("choice", "id")):
        return None
    values = value if isinstance(value, list) else [str(value)]
    return Row(number, of, op, [] if op in _VALUELESS else values)


def sent(actor: Actor) -> Draft:
    """The draft as the form was sent, with the step that a button asked for."""
    draft = Draft(_fields(actor))
    if "text" in request.form:
        draft.text = request.form["text"][:100_000]
        return draft
    draft.joined = "any" if request.form.get("joined") == "any" else "all"
    step = request.form.get("step", "")
    for text in request.form.getlist("row")[:MOST_LEAVES]:
        of = draft.fields.known.get(request.form.get(f"field-{text}", ""))
        if text.isascii() and text.isdigit() and len(text) < 4 and of is not None and step != f"remove-{text}":
            draft.rows.append(_sent_row(int(text), of))
    added = draft.fields.known.get(request.form.get("add", ""))
    if step == "add" and added is not None and len(draft.rows) < MOST_LEAVES:
        number = max((row.number for row in draft.rows), default=-1) + 1
        draft.rows.append(Row(number, added, next(iter(hows(added))), []))
    return draft


def _sent_row(number: int, of: Field) -> Row:
    how = request.form.get(f"how-{number}", "")
    name = f"value-{number}"
    given = picked(name) if of.kind == "id" else request.form.getlist(name)
    values = [value.strip()[:500] for value in given if value.strip()]
    return Row(number, of, how if how in hows(of) else next(iter(hows(of))), values)


def with_pickers(actor: Actor, draft: Draft) -> Draft:
    """With what each row of departments, groups or people offers to choose."""
    dynamic = frozenset(groups.ids_of_kind(actor, "dynamic"))
    for row in draft.rows:
        if row.of.kind == "id":
            kinds = frozenset({_KINDS[row.of.prefix]})
            row.picker = picker(actor, row.values, kinds=kinds, name=f"value-{row.number}", without=dynamic)
    return draft


def in_words(actor: Actor, rule: Any) -> Draft:
    """A rule to be read: rows with what people call their values."""
    draft = shown(actor, rule)
    for row in draft.rows:
        if row.of.kind == "id":
            kind = _KINDS[row.of.prefix]
            row.values = names_of_rules(actor, [{"kind": kind, "id": one} for one in row.values])
        elif row.of.kind == "choice":
            row.values = [word(row.of, one) for one in row.values]
    return draft
