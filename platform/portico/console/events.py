"""The catalogue of event types: what apps can hear, what it takes, and how it looks."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from portico.console.blueprint import ROLE, blueprint
from portico.domains.webhooks import batching
from portico.kernel.actor import Actor
from portico.kernel.events import EVENT_TYPES, EventType
from portico.kernel.text import N_
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


@blueprint.page("/events", role=ROLE)
def events(actor: Actor) -> str:
    q = (request.args.get("q") or "").strip().lower()[:100]
    kinds = [kind for kind in EVENT_TYPES if q in kind.name or q in kind.title.lower() or q in kind.scope]
    groups: dict[str, list[dict[str, Any]]] = {}
    for kind in kinds:
        groups.setdefault(kind.resource, []).append({"kind": kind, "example": _example(kind)})
    together = {"most": batching.MOST, "seconds": int(batching.WINDOW.total_seconds())}
    return render_template(
        "console/events/list.html", groups=sorted(groups.items()), count=len(kinds), together=together
    )
