"""Reads of surfaces, actions and runs; each begins at what the actor may see."""

from portico.domains.interactions.queries.actions import Action, actions_for, find_action, find_by_installation
from portico.domains.interactions.queries.cards import (
    Card,
    call_for_card,
    calls_for_cards,
    card,
    cards_for,
    pinned_first,
    pins_of,
)
from portico.domains.interactions.queries.runs import (
    INTERACTIONS,
    interaction,
    page_of_interactions,
    run_of_installations,
    run_row,
    runs_of_bulk,
    runs_of_installations,
    runs_on,
)
from portico.domains.interactions.queries.surfaces import Surface, settings_of, surface, surfaces_for

__all__ = [
    "INTERACTIONS",
    "Action",
    "Card",
    "Surface",
    "actions_for",
    "call_for_card",
    "calls_for_cards",
    "card",
    "cards_for",
    "find_action",
    "find_by_installation",
    "interaction",
    "page_of_interactions",
    "pinned_first",
    "pins_of",
    "run_of_installations",
    "run_row",
    "runs_of_bulk",
    "runs_of_installations",
    "runs_on",
    "settings_of",
    "surface",
    "surfaces_for",
]
