"""Running actions in tests of the domain, as the web does: the intent, the commit, the call."""

from __future__ import annotations

from typing import Any

from portico.domains.contacts import service as contacts
from portico.domains.interactions import queries, service
from portico.domains.interactions.service import Begun
from portico.domains.tickets import service as tickets
from tests.support.cast import Cast


def run(cast: Cast, who: str, key: str, given: dict[str, Any], app: str = "helper", **more: Any) -> Begun:
    """The intent, committed; nobody is called."""
    with cast.writing(cast.workspace_of(who)):
        return service.run_action(cast.actor(who), app, key, given, **more)


def finish(cast: Cast, who: str, key: str, given: dict[str, Any], app: str = "helper", **more: Any) -> dict[str, Any]:
    """The run as it stands when the call is over, or patience is."""
    begun = run(cast, who, key, given, app, **more)
    if begun.call is not None:
        begun.call()
    with cast.reading(cast.workspace_of(who)):
        return queries.interaction(cast.actor(who), begun.row["id"])


def see(cast: Cast) -> dict[str, Any]:
    """A ticket of a contact."""
    with cast.writing():
        contact = contacts.create_contact(cast.actor("agent"), {"display_name": "Zoë"})
        values = {"subject": "Help", "channel": "portal", "requester": {"contact_id": contact["id"]}}
        return tickets.create_ticket(cast.actor("agent"), values)
