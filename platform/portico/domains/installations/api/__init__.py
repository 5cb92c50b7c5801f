"""Operations of installations, by activity."""

from portico.domains.installations.api import ratings
from portico.domains.installations.api.installations import blp

__all__ = ["blp", "ratings"]
