"""Changes of interactions, by activity."""

from portico.domains.interactions.service.answering import answer_late
from portico.domains.interactions.service.running import LIFE, LOST_AFTER, Begun, retry, run_action
from portico.domains.interactions.service.tokens import mint_panel_token

__all__ = ["LIFE", "LOST_AFTER", "Begun", "answer_late", "mint_panel_token", "retry", "run_action"]
