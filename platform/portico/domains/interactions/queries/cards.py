"""Which cards a person has on the first page, as they last looked, and which apps they want first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from portico.domains.interactions.models import AppPin, CardCopy
from portico.domains.interactions.queries.surfaces import Surface, surfaces_for
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow
from portico.kernel.errors import NotFound
from portico.kernel.unit_of_work import once, session

PLACE = "home.card"
_copy = CardCopy.__table__.c
_pin = AppPin.__table__.c


@dataclass(frozen=True, slots=True)
class Card:
    """A card with what is kept of it. `content` is None when there is nothing to show yet; `stale` asks for a call."""

    surface: Surface
    content: dict[str, Any] | None
    stale: bool
    failure: str | None
    fetched_at: Any
    pinned: bool


def power_of(actor: Actor, surface: Surface) -> str:
    """What decides how a card looks, besides the app's own data: its version and grants here, and whose role and
    language they are shown in. A copy of another power is not shown."""
    return f"{surface.power}|{actor.role}|{actor.locale or 'en'}|{actor.timezone or 'UTC'}"


def pins_of(actor: Actor) -> dict[str, Any]:
    """The apps that a person wants first, with when they said so."""
    return once(("pins", actor.workspace_id, actor.employee_id), lambda: _pins_of(actor))


def _pins_of(actor: Actor) -> dict[str, Any]:
    rows = session().execute(
        select(_pin.installation_id, _pin.pinned_at)
        .where(_pin.workspace_id == actor.workspace_id, _pin.employee_id == actor.employee_id)
        .order_by(_pin.pinned_at)
    )
    return {row.installation_id: row.pinned_at for row in rows}


def pinned_first(surfaces: Iterable[Surface], pins: Iterable[str]) -> list[Surface]:
    """Those of pinned apps in the order of the pins, then the others as they were."""
    order = {installation_id: place for place, installation_id in enumerate(pins)}
    return sorted(surfaces, key=lambda each: order.get(each.installation_id, len(order)))


def cards_for(actor: Actor) -> list[Card]:
    """The cards of a person, pins first. Three statements, however many there are."""
    pins = pins_of(actor)
    surfaces = pinned_first(surfaces_for(actor, PLACE), pins)
    kept = _kept(actor) if surfaces else {}
    return [_card(actor, each, kept.get((each.installation_id, each.key)), pins) for each in surfaces]


def card(actor: Actor, surface: Surface) -> Card:
    """One card as it is kept."""
    row = _kept(actor).get((surface.installation_id, surface.key))
    return _card(actor, surface, row, pins_of(actor))


def copy_of(actor: Actor, surface: Surface) -> AnyRow | None:
    return _kept(actor).get((surface.installation_id, surface.key))


def _kept(actor: Actor) -> dict[tuple[str, str], AnyRow]:
    rows = session().execute(
        select(CardCopy.__table__).where(
            _copy.workspace_id == actor.workspace_id, _copy.employee_id == actor.employee_id
        )
    )
    return {(row.installation_id, row.surface): row for row in rows}


def _card(actor: Actor, surface: Surface, row: Any, pins: dict[str, Any]) -> Card:
    pinned = surface.installation_id in pins
    if row is None or row.power != power_of(actor, surface):
        return Card(surface, None, True, None, None, pinned)
    stale = row.fresh_until is None or row.fresh_until <= clock.now()
    return Card(surface, row.content, stale, row.failure, row.fetched_at, pinned)


def calls_for_cards(actor: Actor, installation_ids: Iterable[str], limit: int) -> Sequence[AnyRow]:
    """How the last calls for the cards of these installations of the actor's workspace went, the newest first."""
    statement = (
        select(CardCopy.__table__)
        .where(_copy.workspace_id == actor.workspace_id, _copy.installation_id.in_(list(installation_ids)))
        .order_by(_copy.called_at.desc())
        .limit(limit)
    )
    return session().execute(statement).all()


def call_for_card(actor: Actor, installation_ids: Iterable[str], surface: str, employee_id: str) -> AnyRow:
    """How the last call for one person's card went. Raises NotFound."""
    mine = (_copy.workspace_id == actor.workspace_id, _copy.installation_id.in_(list(installation_ids)))
    statement = select(CardCopy.__table__).where(*mine, _copy.surface == surface, _copy.employee_id == employee_id)
    row = session().execute(statement).one_or_none()
    if row is None:
        raise NotFound()
    return row
