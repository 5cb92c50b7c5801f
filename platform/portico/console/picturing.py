"""The screenshots of a listing as its form brings them: those that are there, in their order, and one more."""

from __future__ import annotations

from typing import Any

from flask import request

from portico.domains.catalogue import listing_texts, screenshots
from portico.domains.files import intake
from portico.domains.files import service as attaching
from portico.kernel.actor import Actor
from portico.kernel.unit_of_work import unit
from portico.web import uploads
from portico.web.forms import one_line

MOST = 6
_PLACES = {str(place) for place in range(1, MOST + 1)}


def shots_of(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """Each with its address and its words in both languages."""
    rows = screenshots.rows_of(manifest)
    return [
        {"file": row["file"], "small_url": shown["small_url"], "alt": listing_texts.texts_of(row["alt"])}
        for row, shown in zip(rows, screenshots.shown(manifest, "en"), strict=True)
    ]


def kept_rows(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """Those that are not taken away, with their words and in the order that was asked for."""
    rows = [
        (_sorted_by(row["file"], was), _with_words(row))
        for was, row in enumerate(screenshots.rows_of(manifest), 1)
        if not request.form.get(f"drop_{row['file']}")
    ]
    return [row for _by, row in sorted(rows, key=lambda each: each[0])]


def _with_words(row: dict[str, Any]) -> dict[str, Any]:
    name = row["file"]
    if f"alt_en_{name}" not in request.form:
        return row
    return {**row, "alt": listing_texts.changed_text(row["alt"], _words(f"alt_en_{name}"), _words(f"alt_zh_{name}"))}


def new_row(actor: Actor) -> list[dict[str, Any]]:
    """The one that was chosen, drawn anew and stored, before any unit of work is open. Raises what uploads raise."""
    chosen = uploads.chosen("screenshot")
    if not chosen:
        return []
    taken = intake.take_in(actor.workspace_id, chosen[0].name, chosen[0].content)
    with unit(actor.workspace_id, write=True):
        made = attaching.add_attachment(actor, taken)
    return [{"file": made["id"], "alt": listing_texts.changed_text("", _words("alt_en"), _words("alt_zh"))}]


def _words(field: str) -> str:
    return one_line(request.form.get(field)) or ""


def _sorted_by(name: str, was: int) -> tuple[int, int]:
    """What moves up goes before the one whose place it takes, what moves down behind it."""
    given = request.form.get(f"order_{name}", "")
    place = int(given) if given in _PLACES else was
    return place, (place > was) - (place < was)
