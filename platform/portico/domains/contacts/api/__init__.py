"""Operations of contacts and companies, by resource."""

from portico.domains.contacts.api import associations, companies, identifiers, settings
from portico.domains.contacts.api.contacts import blp

__all__ = ["associations", "blp", "companies", "identifiers", "settings"]
