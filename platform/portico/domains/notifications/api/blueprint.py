"""What the files of this folder share."""

from typing import Any

from portico.domains.notifications.wording import worded
from portico.kernel.actor import Actor
from portico.web.api import ApiBlueprint
from portico.web.language import locale_of

blp = ApiBlueprint("notifications", "Notifications", "What people are told, and how and when they are.")
READ, WRITE = "notifications:read", "notifications:write"


def in_words(actor: Actor, row: dict[str, Any]) -> dict[str, Any]:
    """In the language of the person, or of the request."""
    return worded(row, locale_of(actor))
