"""Scopes, events and errors, from their registries."""

from __future__ import annotations

import inspect
import json
from collections import defaultdict

from portico.cli.reference.api import Document, operations, scopes_of
from portico.kernel.errors import REFUSALS, Refusal
from portico.kernel.events import EVENT_TYPES, EventType
from portico.kernel.scopes import SCOPES, Scope


def scopes(document: Document) -> str:
    uses: dict[str, list[str]] = defaultdict(list)
    for method, path, operation in operations(document):
        for scope in sorted({scope for way in scopes_of(operation) for scope in way}):
            uses[scope].append(f"`{method} {path}`")
    for kind in EVENT_TYPES:
        for scope in sorted({scope for text in kind.possible_scopes() for scope in text.split()}):
            uses[scope].append(f"the event `{kind.name}`")
    return "\n".join([_SCOPES, *(_scope(scope, uses[scope.name]) for scope in SCOPES)])


def _scope(scope: Scope, uses: list[str]) -> str:
    who = ", ".join(f"`{role}`" for role in scope.roles) or "no role"
    lines = [
        f"## {scope.name}\n",
        f"{scope.sentence[:1].upper()}{scope.sentence[1:]}.\n",
        f"- Risk: {scope.risk}. {'Apps may ask for it.' if scope.for_apps else 'Not for apps.'}",
        f"- Built-in roles that have it: {who}.",
    ]
    if uses:
        lines.append(f"- Opens: {', '.join(uses)}.")
    return "\n".join([*lines, ""])


def events() -> str:
    return "\n".join([_EVENTS, *map(_event, EVENT_TYPES)])


def _event(kind: EventType) -> str:
    lines = [
        f"## {kind.name}\n",
        f"{kind.title}\n",
        f"- A receiver holds `{kind.scope}`" + (f"; a person also has the role `{kind.role}`." if kind.role else "."),
        f"- Version {kind.version}; webhooks carry it {'in batches' if kind.batched else 'singly'}.",
    ]
    for name, values in kind.guarded.items():
        lines += [f"- Where `{name}` is `{value}`, also `{scope}`." for value, scope in values.items()]
    lines += [f"- `{name}` is left out without `{scope}`." for name, scope in kind.hidden.items()]
    fields = ", ".join(f"`{field.data_key or name}`" for name, field in kind.schema().fields.items())
    lines.append(f"- Fields of `data`: {fields}.")
    if kind.example:
        lines += ["", "```json", json.dumps(kind.example, indent=2, ensure_ascii=False, default=str), "```"]
    return "\n".join([*lines, ""])


def errors() -> str:
    known = [refusal for code, refusal in sorted(REFUSALS.items()) if code]
    return "\n".join([_ERRORS, *map(_error, known)])


def _error(refusal: type[Refusal]) -> str:
    says = inspect.cleandoc(refusal.__dict__.get("__doc__") or "")
    return "\n".join([f"## {refusal.code}\n", f"**{refusal.status}.** {refusal.title}\n", says, ""])


_SCOPES = """# Scopes

What a credential may do. An app names in its manifest what it needs, with the reason that admins read beside the
sentence below.
"""
_EVENTS = """# Events

Each is committed with the change that caused it, and reaches [webhooks](../reference/webhooks.md), the
[stream](../reference/stream.md) and `GET /api/v1/events`.
"""
_ERRORS = """# Errors

Every refusal is `application/problem+json` (RFC 9457); `code` is one of these and stays what it is, `detail` says what
to do, `request_id` finds the call in the logs.
"""
