"""Operations of contacts and companies, by resource."""

from portico.domains.contacts.api import activities, associations, companies, identifiers, settings, tags
from portico.domains.contacts.api.contacts import blp

__all__ = ["activities", "associations", "blp", "companies", "identifiers", "settings", "tags"]
