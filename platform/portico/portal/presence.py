"""The presence of those whom a page shows: a dot and a few words beside their names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import format_datetime, format_time, gettext, to_user_timezone

from portico.domains.directory.presence import Presence, presences
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.text import N_

WORDS = {
    "available": N_("Available"),
    "busy": N_("Busy"),
    "in_meeting": N_("In a meeting"),
    "on_break": N_("On a break"),
    "off_shift": N_("Off shift"),
    "on_leave": N_("On leave"),
    "offline": N_("Offline"),
}
_UNTIL = {
    "available": N_("Available until %(moment)s"),
    "busy": N_("Busy until %(moment)s"),
    "in_meeting": N_("In a meeting until %(moment)s"),
    "on_break": N_("On a break until %(moment)s"),
    "off_shift": N_("Off shift until %(moment)s"),
    "on_leave": N_("On leave until %(moment)s"),
    "offline": N_("Offline until %(moment)s"),
}
_WEEK = 7


def moment(at: Any) -> str:
    """A time of today by the clock alone, one of the next days with its weekday."""
    away = (to_user_timezone(at).date() - to_user_timezone(clock.now()).date()).days
    if 0 < away < _WEEK:
        return f"{format_datetime(at, 'EEE')} {format_time(at, 'short')}"
    return str(format_datetime(at, "short") if away else format_time(at, "short"))


def in_words(shown: Presence) -> str:
    """`On a break until 14:00`, and what the person wrote."""
    kind = shown.availability
    words = gettext(_UNTIL[kind], moment=moment(shown.until)) if shown.until else gettext(WORDS[kind])
    said = " ".join(part for part in (shown.emoji, shown.text) if part)
    return f"{words} · {said}" if said else str(words)


def presence_of(actor: Actor, employee_ids: Iterable[str | None]) -> dict[str, dict[str, str]]:
    """By employee: what they are, and how that is said. For whoever may see it; one look for a whole page."""
    ids = [one for one in employee_ids if one]
    if not ids or not actor.may("presence:read"):
        return {}
    found = presences(actor.workspace_id, ids)
    return {one: {"is": shown.availability, "text": in_words(shown)} for one, shown in found.items()}


def with_presence(actor: Actor, people: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The choices of a picker, with what keeps somebody from taking something behind their name."""
    found = presence_of(actor, [one for one, _ in people])
    return [(one, f"{name} ({found[one]['text']})" if _says(found.get(one)) else name) for one, name in people]


def _says(shown: dict[str, str] | None) -> bool:
    return shown is not None and shown["is"] not in ("available", "offline")
