"""Changes of interactions, by activity."""

from portico.domains.interactions.service.answering import answer_late
from portico.domains.interactions.service.bulk import call_bulk, run_on_several
from portico.domains.interactions.service.cards import Fetch, fetch_card, pin
from portico.domains.interactions.service.running import LIFE, LOST_AFTER, Begun, retry, run_action
from portico.domains.interactions.service.tokens import mint_panel_token

__all__ = [
    "LIFE",
    "LOST_AFTER",
    "Begun",
    "Fetch",
    "answer_late",
    "call_bulk",
    "fetch_card",
    "mint_panel_token",
    "pin",
    "retry",
    "run_action",
    "run_on_several",
]
