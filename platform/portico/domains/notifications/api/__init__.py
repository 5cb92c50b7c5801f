"""Operations of notifications, by what they are about."""

from portico.domains.notifications.api import inbox, sending, wishes
from portico.domains.notifications.api.blueprint import blp

__all__ = ["blp", "inbox", "sending", "wishes"]
