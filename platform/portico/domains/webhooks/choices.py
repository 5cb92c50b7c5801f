"""What an endpoint has chosen about what it receives: how much of an event, and which events.

Both look at the event as the endpoint may see it at this moment, and at nothing else: a filter on a field that is
hidden from the endpoint matches nothing, so that whether something arrives tells nothing about that field. That is why
filters work when an event is sent and not when it is fanned out: what may be seen is known then only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portico.domains.webhooks import apps
from portico.domains.webhooks.events import ENDPOINT_PING
from portico.kernel.errors import FieldError, Invalid

FULL, THIN = "full", "thin"
NOT_ALLOWED, NOT_WANTED, OWN = "not_allowed", "not_wanted", "own"
"""Why a delivery ends as `filtered`: `last_error` says which."""
CHOICES = ("signatures", "payload", "filter", "skip_own", "order", "coalesce_seconds")


def unwanted(message: Mapping[str, Any], endpoint: Any) -> str | None:
    """Why the endpoint leaves this event out, or None. A ping goes to whoever it is sent to."""
    if message["type"] == ENDPOINT_PING.name:
        return None
    if endpoint.skip_own and _is_own(message, endpoint.installation_id):
        return OWN
    if endpoint.filter is not None and not apps.filter_matches(endpoint.filter, message):
        return NOT_WANTED
    return None


def _is_own(message: Mapping[str, Any], installation_id: str | None) -> bool:
    """Whether the installation did it, as itself or for somebody, or said that an event made it do it."""
    if installation_id is None:
        return False
    return installation_id in (message["actor"].get("id"), message["cause"].get("installation_id"))


def carried(message: dict[str, Any], payload: str) -> dict[str, Any]:
    """What goes over the wire: all of it, or all but the data, which the receiver then reads for itself."""
    return message if payload != THIN else {name: value for name, value in message.items() if name != "data"}


def check_filter(wanted: Any) -> None:
    """Raises Invalid for what is no filter; None is none."""
    if wanted is None:
        return
    errors = [FieldError(_pointer(place), "invalid", message) for place, message in apps.wrong_in_filter(wanted)]
    if errors:
        raise Invalid(errors=errors)


def _pointer(place: tuple[str | int, ...]) -> str:
    """RFC 6901."""
    steps = (str(step).replace("~", "~0").replace("/", "~1")[:100] for step in place)
    return "/".join(["/filter", *steps])
