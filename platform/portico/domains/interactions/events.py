"""Events of actions. Each is about one installation, so that no other app receives it; its own needs no scope."""

from __future__ import annotations

from typing import Any

from portico.domains.interactions import schemas
from portico.kernel.events import EventType

_EXAMPLE: dict[str, Any] = {
    "id": "int_01jd0000000000000000000000",
    "installation_id": "ins_01jd0000000000000000000000",
    "app_key": "first_responder",
    "action": "hand_over",
    "title": "Summarise for hand-over",
    "actor": {"kind": "employee", "id": "emp_01jd0000000000000000000000"},
    "object": {"type": "ticket", "id": "tkt_01jd0000000000000000000000"},
    "input": {"note": "Back on Monday"},
    "locale": "en",
    "timezone": "Europe/Berlin",
    "bulk_id": None,
    "state": "running",
    "attempts": 1,
    "answer": None,
    "failure": None,
    "findings": [],
    "created_at": "2026-11-22T09:30:00.000Z",
    "answered_at": None,
    "expires_at": "2026-11-23T09:30:00.000Z",
    "version": 1,
}

ACTION_RUN = EventType(
    "action.run", "installations:read", "An action of the app was run", schemas.Interaction, _EXAMPLE
)
ACTION_FINISHED = EventType(
    "action.finished",
    "installations:read",
    "A run of an action has its answer, or will have none",
    schemas.Interaction,
    {
        **_EXAMPLE,
        "state": "answered",
        "answer": {"toast": "Noted"},
        "answered_at": "2026-11-22T09:30:01.000Z",
        "version": 2,
    },
)
