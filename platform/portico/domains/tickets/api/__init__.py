"""Operations of tickets, by noun."""

from portico.domains.tickets.api import details, macros, queues, statuses
from portico.domains.tickets.api.tickets import blp

__all__ = ["blp", "details", "macros", "queues", "statuses"]
