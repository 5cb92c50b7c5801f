"""Operations of tickets, by noun."""

from portico.domains.tickets.api import statuses
from portico.domains.tickets.api.tickets import blp

__all__ = ["blp", "statuses"]
