"""Operations of contacts and companies, by resource."""

from portico.domains.contacts.api import companies
from portico.domains.contacts.api.contacts import blp

__all__ = ["blp", "companies"]
