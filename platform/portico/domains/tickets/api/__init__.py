"""Operations of tickets, by noun."""

from portico.domains.tickets.api import queues, statuses
from portico.domains.tickets.api.tickets import blp

__all__ = ["blp", "queues", "statuses"]
