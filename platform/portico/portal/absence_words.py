"""Absences in words: why, when, and how they stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from portico.domains.attendance import halves
from portico.domains.attendance.queries import absences as queries
from portico.kernel.actor import Actor
from portico.kernel.text import N_
from portico.web.attendance_words import date_of, time_in

SLOTS = {"full": N_("all day"), "am": N_("morning"), "pm": N_("afternoon")}


def labels(actor: Actor) -> dict[str, str]:
    """How each type is called, in the language of the page where it ships."""
    return {row.key: str(gettext(row.label)) if row.source == queries.CORE else row.label for row in _types(actor)}


def _types(actor: Actor) -> list[Any]:
    return queries.all_types(actor)


def span(absence: Mapping[str, Any]) -> str:
    """`Mon, 21 December – Wed, 23 December (morning)`; by the hour with its times."""
    first, last = absence["from_on"], absence["until_on"]
    if halves.of_row(absence) is None:
        start, end = (time_in(absence[name], absence["timezone"]) for name in ("starts_at", "ends_at"))
        return f"{date_of(first, 'long')}, {start} – {end}"
    return edge(absence["from_"]) if first == last else f"{edge(absence['from_'])} – {edge(absence['to'])}"


def edge(end: Mapping[str, Any]) -> str:
    shown = date_of(end["on"], "long")
    return shown if end["slot"] == "full" else f"{shown} ({gettext(SLOTS[end['slot']])})"
