"""Reads of notifications; those of an inbox begin at whose it is."""

from portico.domains.notifications.queries.bell import Bell, bell
from portico.domains.notifications.queries.browsers import listed as browsers_of_actor
from portico.domains.notifications.queries.inbox import (
    COUNTED,
    INBOX,
    apps_of,
    count_of_unread,
    notification,
    overrides,
    own_notifications,
    page_of_notifications,
    shown_notification,
    visible_to,
)
from portico.domains.notifications.queries.mutes import mutes_of
from portico.domains.notifications.queries.wishes import policy_of

__all__ = [
    "COUNTED",
    "INBOX",
    "Bell",
    "apps_of",
    "bell",
    "browsers_of_actor",
    "count_of_unread",
    "mutes_of",
    "notification",
    "overrides",
    "own_notifications",
    "page_of_notifications",
    "policy_of",
    "shown_notification",
    "visible_to",
]
