"""What a person may take with them: everything that the domains say they hold on the one who asks."""

from __future__ import annotations

from typing import Any

from portico.kernel.actor import Actor
from portico.kernel.exporting import EXPORTERS, SECTIONS, Exporter, Rows
from portico.kernel.listing import ListQuery
from portico.kernel.text import N_


def _page(actor: Actor, query: ListQuery, mark: Any) -> tuple[Rows, Any]:
    names = sorted(SECTIONS)
    place = mark or 0
    rows = [{"section": names[place], **row} for row in SECTIONS[names[place]](actor)]
    return rows, place + 1 if place + 1 < len(names) else None


EXPORTERS.add(
    Exporter(
        name="me",
        title=N_("What the workspace holds on you"),
        listing=None,
        scope=None,
        columns=(),
        page=_page,
        count=lambda actor, query: None,
        formats=("jsonl",),
    )
)
