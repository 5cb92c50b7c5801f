"""The answer of an app: in time, late, or never. The database lets the first one stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from portico.domains.catalogue import cards
from portico.domains.catalogue import queries as catalogue
from portico.domains.installations import queries as installations
from portico.domains.interactions import queries
from portico.domains.interactions.answers import Outcome, state_of
from portico.domains.interactions.errors import InteractionAnswered, InteractionExpired
from portico.domains.interactions.events import ACTION_FINISHED
from portico.domains.interactions.models import CardCopy, Interaction
from portico.kernel import clock
from portico.kernel.actor import Actor, system
from portico.kernel.errors import Forbidden, Invalid
from portico.kernel.events import emit
from portico.kernel.unit_of_work import session

OPEN = ("running", "waiting", "failed", "unanswered")
"""What a late answer may still change."""
_run = Interaction.__table__.c


def told(row: Mapping[Any, Any], app_key: str) -> dict[str, Any]:
    """A run as its events show it: the same to everybody, with its title in English."""
    title = row["title"]
    about = {"type": row["object_type"], "id": row["object_id"]} if row["object_type"] else None
    english = title["en"] if isinstance(title, Mapping) else title
    return {**row, "app_key": app_key, "title": english, "object": about}


def _app_actor(workspace_id: str, installation_id: str) -> Actor:
    return Actor(kind="app", workspace_id=workspace_id, id=installation_id, installation_id=installation_id)


def _finish(by: Actor, interaction_id: str, values: dict[str, Any], *conditions: Any) -> bool:
    """Write the end of a run, if it is still as the conditions say, and tell. Answers whether it was."""
    now = clock.now()
    row = (
        session()
        .execute(
            update(Interaction)
            .where(_run.workspace_id == by.workspace_id, _run.id == interaction_id, *conditions)
            .values(**values, updated_at=now, version=_run.version + 1)
            .returning(Interaction.__table__)
        )
        .one_or_none()
    )
    if row is None:
        return False
    if row.state != "waiting":
        found = installations.installation(by, row.installation_id)
        _refresh_cards(row)
        emit(by, ACTION_FINISHED, told(row._mapping, found["app_key"]), installation_id=row.installation_id)
    return True


def _refresh_cards(row: Any) -> None:
    """What the app shows this person may be another thing now: its cards are asked for anew."""
    copy = CardCopy.__table__.c
    if row.employee_id is not None:
        session().execute(
            update(CardCopy)
            .where(copy.workspace_id == row.workspace_id, copy.installation_id == row.installation_id)
            .where(copy.employee_id == row.employee_id)
            .values(fresh_until=None)
        )


def take(workspace_id: str, interaction_id: str, attempt: int, outcome: Outcome) -> None:
    """What the call of this attempt brought. Nothing, when it was answered meanwhile or called again."""
    waits = outcome.state == "waiting"
    values: dict[str, Any] = {
        "state": outcome.state,
        "answer": outcome.content,
        "failure": outcome.failure,
        "findings": outcome.findings,
        "http_status": outcome.http_status,
        "total_ms": outcome.total_ms,
        "received": outcome.received,
        "due_at": _run.expires_at if waits else None,
        "answered_at": clock.now() if outcome.content is not None else None,
    }
    installation_id = session().scalar(
        select(_run.installation_id).where(_run.workspace_id == workspace_id, _run.id == interaction_id)
    )
    if installation_id is not None:
        by = _app_actor(workspace_id, installation_id)
        _finish(by, interaction_id, values, _run.state == "running", _run.attempts == attempt)


def answer_late(actor: Actor, interaction_id: str, given: dict[str, Any]) -> dict[str, Any]:
    """The app's answer within 24 hours; the same one again changes nothing.

    Raises NotFound, Forbidden for another's, Invalid, InteractionAnswered and InteractionExpired.
    """
    before = queries.interaction(actor, interaction_id)
    if before["installation_id"] != actor.installation_id:
        raise Forbidden("Only the app that was called answers.")
    _require_sound(actor, before, given)
    if before["answer"] == given and before["state"] not in OPEN:
        return before
    now = clock.now()
    values: dict[str, Any] = {
        "state": state_of(given),
        "answer": given,
        "answered_at": now,
        "failure": None,
        "findings": [],
        "due_at": None,
    }
    if not _finish(actor, interaction_id, values, _run.state.in_(OPEN), _run.expires_at > now):
        raise InteractionAnswered() if before["state"] not in OPEN else InteractionExpired()
    return queries.interaction(actor, interaction_id)


def _require_sound(actor: Actor, before: Mapping[str, Any], given: dict[str, Any]) -> None:
    """Raises Invalid with every finding."""
    released = catalogue.run_by(installations.installation(actor, before["installation_id"]))
    manifest = released.manifest if released else {}
    actions = {each["key"] for each in manifest.get("actions", ())}
    pages = {each["key"] for each in manifest.get("surfaces", ()) if each["place"] == "portal.page"}
    found = cards.answer_findings(given, actions, pages)
    if found:
        raise Invalid(errors=found)


def give_up(workspace_id: str, interaction_id: str) -> None:
    """Nobody will write the end of this run any more: its process was killed, or the 24 hours are over."""
    now = clock.now()
    state = session().scalar(select(_run.state).where(_run.workspace_id == workspace_id, _run.id == interaction_id))
    failure = {"running": "interrupted", "waiting": "expired"}.get(str(state))
    if failure is not None:
        values: dict[str, Any] = {"state": "unanswered", "failure": failure, "due_at": None}
        _finish(system(workspace_id), interaction_id, values, _run.state == state, _run.due_at <= now)
