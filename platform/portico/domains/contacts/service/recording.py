"""What happened with a contact, written down once: by people, by apps, and by the platform itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, insert, update
from sqlalchemy.exc import IntegrityError

from portico.domains.contacts import events, permissions, queries
from portico.domains.contacts.errors import SourceRefTaken
from portico.domains.contacts.models import Activity, Consent
from portico.domains.directory import queries as directory
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import invalid
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

_activities = cast(Table, Activity.__table__)
_consents = cast(Table, Consent.__table__)
AHEAD = timedelta(minutes=5)
"""How far the clock of who writes may be before ours."""


def author(actor: Actor) -> dict[str, Any]:
    """The actor with the name they have now: what was written stays signed as it was."""
    names = directory.names_of(actor, [actor.employee_id]) if actor.employee_id else {}
    person = names.get(actor.employee_id or "")
    both = actor.kind == "app_for_employee" and person and actor.display_name
    return {
        **actor.as_dict(),
        "display_name": f"{person} ({actor.display_name})" if both else actor.display_name or person,
    }


def _insert(actor: Actor, contact_id: str, **values: Any) -> dict[str, Any]:
    now = clock.now()
    row = {
        "id": new_id("act"),
        "contact_id": contact_id,
        "kind": values["kind"],
        "occurred_at": values.get("occurred_at") or now,
        "recorded_at": now,
        "author": author(actor),
        "body": values.get("body"),
        "data": values.get("data") or {},
        "visibility": values.get("visibility", "all"),
        "source": queries.source_of(actor),
        "source_ref": values.get("source_ref"),
    }
    session().execute(insert(_activities), [{**row, "workspace_id": actor.workspace_id}])
    return row


def add_activity(actor: Actor, contact_id: str, values: dict[str, Any]) -> tuple[bool, dict[str, Any]]:
    """Write what happened; whether it is new, and the activity. The same reference of the same source again answers
    what it wrote first. Raises NotFound, Invalid and SourceRefTaken."""
    queries.whole_contact(actor, contact_id)
    permissions.require_may_write_kind(actor, values["kind"])
    try:
        with session().begin_nested():
            row = _insert(actor, contact_id, **values)
    except IntegrityError:
        reference = values.get("source_ref")
        found = queries.activity_by_reference(actor, queries.source_of(actor), reference) if reference else None
        if found is None:
            raise
        if found["contact_id"] != contact_id or (actor.through_app and found["author"]["id"] != actor.id):
            raise SourceRefTaken() from None
        return False, found
    # What is not for all is told to nobody; that it was written stands in the record.
    emit(actor, events.ACTIVITY_CREATED if row["visibility"] == "all" else events.ACTIVITY_KEPT, row)
    return True, row


def note(actor: Actor, contact_id: str, kind: str, data: dict[str, Any]) -> None:
    """What the platform keeps of a change, in the same timeline; the change itself is told by its own event."""
    _insert(actor, contact_id, kind=kind, data=data)


def add_consent(actor: Actor, contact_id: str, values: dict[str, Any]) -> dict[str, Any]:
    """Write what a contact agreed to or not. What is older than what holds now only joins the history.

    Raises NotFound, and Invalid for what is still to come.
    """
    queries.whole_contact(actor, contact_id, lock=True)
    now = clock.now()
    at: datetime = values.get("at") or now
    if at > now + AHEAD:
        # It would hold against everything that is said from now on, a withdrawal too.
        raise invalid("/at", "invalid", "Give a time that has come.")
    before = queries.current_consent(actor, contact_id, values["channel"], values["purpose"])
    current = before is None or at >= before["at"]
    row = {
        "id": new_id("cns"),
        "contact_id": contact_id,
        "channel": values["channel"],
        "purpose": values["purpose"],
        "status": values["status"],
        "basis": values.get("basis"),
        "source": values.get("source"),
        "at": at,
        "recorded_at": now,
        "author": author(actor),
        "is_current": current,
    }
    if current and before is not None:
        mine = (_consents.c.workspace_id == actor.workspace_id, _consents.c.id == before["id"])
        session().execute(update(_consents).where(*mine).values(is_current=False))
    session().execute(insert(_consents), [{**row, "workspace_id": actor.workspace_id}])
    emit(actor, events.CONSENT_RECORDED, row)
    return row
