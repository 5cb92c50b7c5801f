"""Operations of installations, by activity."""

from portico.domains.installations.api import dev_sessions, ratings
from portico.domains.installations.api.installations import blp

__all__ = ["blp", "dev_sessions", "ratings"]
