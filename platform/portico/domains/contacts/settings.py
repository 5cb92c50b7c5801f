"""How a workspace keeps its contacts, and what holds while nobody has decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from portico.domains.contacts.models import ContactSettings
from portico.kernel.actor import Actor
from portico.kernel.db import AnySelect
from portico.kernel.prepared import prepared
from portico.kernel.text import N_

Stages = Sequence[dict[str, str]]

DEFAULT: dict[str, Any] = {
    "default_country": None,
    "link_by_domain": False,
    "stages": [
        {"key": "lead", "label": N_("Lead")},
        {"key": "qualified", "label": N_("Qualified")},
        {"key": "opportunity", "label": N_("Opportunity")},
        {"key": "customer", "label": N_("Customer")},
        {"key": "former", "label": N_("Former customer")},
    ],
    "updated_at": None,
    "version": 0,
}


@prepared
def _row(actor: Actor) -> AnySelect:
    return select(ContactSettings.__table__).where(ContactSettings.workspace_id == actor.workspace_id)


def settings(actor: Actor) -> dict[str, Any]:
    """The workspace's; version 0 while nobody has set any."""
    row = _row(actor).one_or_none()
    return dict(DEFAULT) if row is None else dict(row._mapping)


def region(actor: Actor) -> str | None:
    """The country of telephone numbers that name none."""
    found: str | None = settings(actor)["default_country"]
    return found
