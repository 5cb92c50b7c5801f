"""The catalogue of event types: what apps can hear, what it takes, and how it looks."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import gettext
from marshmallow import fields
from marshmallow.validate import OneOf

from portico.console.blueprint import ROLE, blueprint, go
from portico.domains.webhooks import batching, queries, service
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.events import EVENT_TYPES, EventType
from portico.kernel.events.types import matches
from portico.kernel.listing import MAX_LIMIT, Condition, ListQuery
from portico.kernel.text import N_
from portico.web.acting import act
from portico.web.navigation import Entry

MENU = [Entry("console", N_("Event types"), "radio", "console.events", 30, role=ROLE, key="e")]


def _example(kind: EventType) -> dict[str, Any]:
    """The event as a webhook carries it, with the example of its declaration."""
    return {
        "id": "evt_01jd0000000000000000000000",
        "type": kind.name,
        "version": kind.version,
        "seq": 4711,
        "occurred_at": "2026-11-22T09:30:00.000Z",
        "workspace_id": "wsp_01jd0000000000000000000000",
        "installation_id": "ins_01jd0000000000000000000000",
        "actor": {"kind": "employee", "id": "emp_01jd0000000000000000000000"},
        "resource": {
            "type": kind.resource,
            "id": kind.example.get("id"),
            "version": kind.example.get("version"),
        },
        "data": dict(kind.example),
        "cause": {"depth": 0},
        "timestamp": "2026-11-22T09:30:00.000Z",
    }


DETAILED = 12
"""Of no more than so many types the fields and a sample are on the page; of more, each leads to its own."""
_KINDS: tuple[tuple[type[fields.Field[Any]], str], ...] = (
    (fields.Boolean, "boolean"),
    (fields.Integer, "integer"),
    (fields.Number, "number"),
    (fields.List, "array"),
    (fields.Nested, "object"),
    (fields.Dict, "object"),
)


def _schema(kind: EventType) -> list[dict[str, Any]]:
    """The fields of the data: name, JSON type, the values that there are, and what is said of it."""
    return [{"name": field.data_key or name, **_field(field)} for name, field in kind.schema().fields.items()]


def _field(field: fields.Field[Any]) -> dict[str, Any]:
    name = next((name for cls, name in _KINDS if isinstance(field, cls)), "string")
    if isinstance(field, fields.List):
        name = f"array<{_field(field.inner)['type']}>"
    choices = [each for rule in field.validators if isinstance(rule, OneOf) for each in rule.choices]
    text = field.metadata.get("description", "")
    return {"type": f"{name} | null" if field.allow_none else name, "choices": choices, "text": text}


def _own_endpoints(actor: Actor) -> list[dict[str, Any]]:
    """Where the developer's apps receive events in this workspace, with the app of each."""
    ids = queries.own_installations(actor)
    mine = Condition("installation_id", "in", ids or ["none"])
    rows = queries.page_of_endpoints(actor, ListQuery(limit=MAX_LIMIT, conditions=(mine,))).rows
    return queries.with_apps(actor, [row._mapping for row in rows])


def _takers(kind: EventType, endpoints: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in endpoints if any(matches(pattern, kind.name) for pattern in row["types"])]


def _details(kind: EventType, endpoints: list[dict[str, Any]]) -> dict[str, Any]:
    return {"example": _example(kind), "schema": _schema(kind), "receivers": _takers(kind, endpoints)}


@blueprint.page("/events", role=ROLE)
def events(actor: Actor) -> str:
    q = (request.args.get("q") or "").strip().lower()[:100]
    kinds = [kind for kind in EVENT_TYPES if q in kind.name or q in kind.title.lower() or q in kind.scope]
    detailed = len(kinds) <= DETAILED
    mine = _own_endpoints(actor) if detailed else []
    groups: dict[str, list[dict[str, Any]]] = {}
    for kind in kinds:
        groups.setdefault(kind.resource, []).append({"kind": kind, **(_details(kind, mine) if detailed else {})})
    together = {"most": batching.MOST, "seconds": int(batching.WINDOW.total_seconds())}
    return render_template(
        "console/events/list.html",
        groups=sorted(groups.items()),
        count=len(kinds),
        together=together,
        detailed=detailed,
    )


@blueprint.page("/events/test", methods=("POST",), role=ROLE)
def events_test(actor: Actor) -> Any:
    """The sample goes to one endpoint of an own app; its delivery is shown."""
    endpoint_id, name = request.form.get("endpoint", ""), request.form.get("type", "")
    if endpoint_id not in {row["id"] for row in _own_endpoints(actor)}:
        raise NotFound()
    sent: list[dict[str, Any]] = []
    act(lambda: sent.append(service.send_test(actor, endpoint_id, name)), gettext("The sample is on its way."))
    return go("deliveries_show", delivery_id=sent[0]["id"]) if sent else go("events", q=name)
