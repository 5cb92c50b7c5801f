"""Operations of the catalogue, by activity."""

from portico.domains.catalogue.api import publishers
from portico.domains.catalogue.api.apps import blp

__all__ = ["blp", "publishers"]
