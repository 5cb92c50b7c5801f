"""What the demo company has told its people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from portico.domains.announcements import service
from portico.domains.directory.audiences import EVERYONE
from portico.kernel import clock
from portico.kernel.actor import Actor

SAFETY = """From Monday on, everybody in the workshop wears the **new gloves** at the press and at the grinder.

- They lie beside the first-aid box, in four sizes.
- Torn ones go into the red bin; take a new pair at once.
- Visitors get them too.

Whoever sees a guard missing stops the machine. Nobody will ask for a reason.
"""
PARTY = """The boats leave at **18:00** from the quay behind the station. There is food for everybody.

Bring somebody along, and something warm for the way back.
"""
TOOLS = """Tickets, contacts, announcements and your hours are in one place now. Nothing is on paper any more.

Look at **What can be seen about me**: it says what your company and its apps see.
"""


def make_announcements(actor: Actor, workshop_id: str) -> None:
    """Three that are out, one of which asks for acknowledgements, and a draft."""
    company = service.create_category(actor, _category("Company"))["id"]
    safety = service.create_category(actor, _category("Safety"))["id"]
    _out(actor, {"title": "Everything in one place", "body": TOOLS, "category_id": company, "audience": EVERYONE})
    summer = {"title": "The summer evening is on the water", "summary": "Friday, from six in the evening."}
    _out(actor, {**summer, "body": PARTY, "category_id": company, "audience": EVERYONE, "comments_enabled": True})
    asked = {
        "title": "New gloves at the press",
        "body": SAFETY,
        "importance": "important",
        "category_id": safety,
        "audience": {"include": [{"kind": "department", "id": workshop_id, "recursive": True}], "exclude": []},
        "requires_ack": True,
        "ack_text": "I have read the rule about gloves and keep to it.",
        "ack_due_at": clock.now() + timedelta(days=7),
    }
    _out(actor, asked)
    service.create_announcement(actor, {"title": "Closed between the years", "body": "We are closed from …"})


def _category(name: str) -> dict[str, Any]:
    return {"name": name, "sort_order": 0, "requires_review": False, "approver_ids": []}


def _out(actor: Actor, values: dict[str, Any]) -> None:
    """Its job brings it to its audience once the seed is committed."""
    service.publish(actor, service.create_announcement(actor, values)["id"])
