"""Cards of apps on the first page: drawn with what is kept, and asked for after the page is there."""

from __future__ import annotations

import threading
from typing import Any

from flask import redirect, render_template
from flask_babel import gettext

from portico.domains.interactions import queries, service
from portico.domains.interactions.queries import Card
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.unit_of_work import unit
from portico.portal.blueprint import blueprint
from portico.portal.card_blocks import Drawing
from portico.portal.interactions import shown_title
from portico.web.acting import act
from portico.web.pages import workspace_url

_CARD = '/cards/<id("ins"):installation_id>/<surface>'
TOGETHER = threading.BoundedSemaphore(3)
"""So many of the server's threads wait for cards at a time; the others show what is kept."""


def shown(actor: Actor, card: Card) -> dict[str, Any]:
    """A card for the template."""
    at = {"installation_id": card.surface.installation_id, "surface": card.surface.key}
    drawing = Drawing(actor, card.surface.installation_id, None, "home.card") if card.content else None
    return {
        "id": f"card-{card.surface.app_key}-{card.surface.key}",
        "title": shown_title(card.surface, (card.content or {}).get("title")),
        "app": card.surface.app_name,
        "app_key": card.surface.app_key,
        "icon_url": card.surface.icon_url,
        "size": card.surface.size,
        "blocks": drawing.blocks(card.content) if card.content and drawing else None,
        "stale": card.stale,
        "failed": card.failure is not None,
        "fetched_at": card.fetched_at,
        "pinned": card.pinned,
        "installation_id": card.surface.installation_id,
        "load_url": workspace_url("portal.card_load", **at),
        "pin_url": workspace_url("portal.pin_app", installation_id=card.surface.installation_id),
    }


def all_shown(actor: Actor) -> list[dict[str, Any]]:
    """The cards of a person, as they are kept: no app is asked while the page is made."""
    return [shown(actor, each) for each in queries.cards_for(actor)]


@blueprint.page(f"{_CARD}/load", methods=("POST",), own_units=True)
def card_load(actor: Actor, installation_id: str, surface: str) -> Any:
    """Ask the app, at most three seconds, and draw what is kept then. Without scripts a button leads here."""
    with unit(actor.workspace_id, write=True):
        fetch = service.fetch_card(actor, installation_id, surface)
    asked = fetch is None or _called(fetch)
    with unit(actor.workspace_id, write=False):
        found = queries.surface(actor, installation_id, surface)
        if found is None:
            raise NotFound()
        drawn = {**shown(actor, queries.card(actor, found)), "stale": False}
        drawn["failed"] = drawn["failed"] or not asked
        return render_template("portal/cards/card.html", card=drawn)


def _called(fetch: service.Fetch) -> bool:
    if not TOGETHER.acquire(blocking=False):
        return False
    try:
        return fetch.call()
    finally:
        TOGETHER.release()


@blueprint.page('/apps/<id("ins"):installation_id>/pin', methods=("POST",))
def pin_app(actor: Actor, installation_id: str) -> Any:
    """Want an app first, or not any more."""
    pinned = installation_id in queries.pins_of(actor)
    done = gettext("It stands where it stood before.") if pinned else gettext("It stands first now.")
    act(lambda: service.pin(actor, installation_id, first=not pinned), done)
    return redirect(workspace_url("portal.home"), 303)
