"""Running an action: the intent is written here; the app is called after the commit, outside of every unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite

from portico.domains.catalogue import queries as catalogue
from portico.domains.catalogue.queries import Released
from portico.domains.installations import dev_sessions, using
from portico.domains.installations import queries as installations
from portico.domains.interactions import calling, inputs, objects, queries, requests
from portico.domains.interactions.answers import outcome_of
from portico.domains.interactions.calling import Caller
from portico.domains.interactions.errors import ActionNeedsSignIn, AppHasNoAddress, InteractionAnswered
from portico.domains.interactions.events import ACTION_RUN
from portico.domains.interactions.models import Interaction
from portico.domains.interactions.objects import About
from portico.domains.interactions.queries import Action
from portico.domains.interactions.service import answering
from portico.domains.oauth.service import mint_session_token
from portico.kernel import clock, signatures
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound, invalid
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.text import N_
from portico.kernel.unit_of_work import session, unit

LIFE = timedelta(hours=24)
"""How long an app may answer."""
LOST_AFTER = timedelta(seconds=30)
"""A call has a deadline of ten seconds. Whoever has not written its end by then was killed."""
_run = Interaction.__table__.c


@dataclass(frozen=True, slots=True)
class Begun:
    """A run whose intent is written. `call` calls the app, after the commit and outside of every unit, and answers when
    the app has, or after a moment; None where nobody is called."""

    row: dict[str, Any]
    call: Callable[[], None] | None


def run_action(
    actor: Actor,
    app_key: str,
    key: str,
    given: Mapping[str, Any],
    *,
    session_id: str | None = None,
    run_id: str | None = None,
) -> Begun:
    """Write that the action is run. `session_id` is the sign-in of the person who looks at the page; `run_id` was made
    with the form, so that a form which is sent twice runs once.

    Raises NotFound for what this actor cannot run, Invalid for what is wrong in `given` (`object`, `input`,
    `confirmed`), ActionNeedsSignIn, AppHasNoAddress and AppBusy.
    """
    about = about_of(actor, given.get("object"))
    action = require_action(actor, app_key, key, about)
    values = checked(action, given)
    released = released_of(actor, action)
    by_stream = is_stream(released)
    if by_stream and action.identity == "user":
        raise AppHasNoAddress()
    if not by_stream:
        calling.CALLS.require_room(action.app_id)
    new = intent(actor, action, about, values, by_stream=by_stream)
    row = write(actor, action, {**new, "id": run_id or new["id"]})
    if row is None:
        return Begun(queries.interaction(actor, str(run_id)), None)
    if by_stream:
        return Begun(row, None)
    return Begun(row, _prepared(actor, action, released, row, session_id))


def checked(action: Action, given: Mapping[str, Any]) -> dict[str, Any]:
    """The input, when all is right and the person was asked. Raises Invalid."""
    if action.asks_first and not given.get("confirmed"):
        raise invalid("/confirmed", "confirm", N_("This action asks first: say that it is meant."))
    return inputs.checked(action.input, given.get("input") or {})


def about_of(actor: Actor, given: Mapping[str, str] | None) -> About | None:
    if not given:
        return None
    about = (given["type"], given["id"])
    if not objects.is_visible(actor, about):
        raise invalid("/object/id", "unknown", N_("There is no such record that you can see."))
    return about


def require_action(actor: Actor, app_key: str, key: str, about: About | None) -> Action:
    action = queries.find_action(actor, app_key, key)
    if action is None:
        raise NotFound()
    if about is None and action.needs_object:
        raise invalid("/object", "required", f"This action runs on one of: {', '.join(action.object_types)}.")
    if about is not None and objects.KINDS[about[0]].place not in action.places:
        raise invalid("/object/type", "invalid", N_("This action does not run on such a record."))
    if about is not None and queries.find_action(actor, app_key, key, about) is None:
        raise invalid("/object/id", "unknown", N_("The app does not see this record."))
    return action


def released_of(actor: Actor, action: Action) -> Released:
    return released_by(actor, action.installation_id)


def released_by(actor: Actor, installation_id: str) -> Released:
    """The version that an installation runs, called where it runs at this moment. Raises NotFound."""
    row = installations.installation(actor, installation_id)
    released = catalogue.run_by(row)
    if released is None:
        raise NotFound()
    local = dev_sessions.of_installation(actor.workspace_id, installation_id)
    return released if local is None else _on_a_machine(released, dev_sessions.call_url(local.id))


def _on_a_machine(released: Released, url: str) -> Released:
    """An app that listens to the stream is called too while its developer runs it."""
    runtime = {**released.manifest["runtime"], "delivery": "webhook"}
    return replace(released, base_url=url, manifest={**released.manifest, "runtime": runtime})


def is_stream(released: Released) -> bool:
    return bool(released.manifest["runtime"].get("delivery") == "stream")


def intent(
    actor: Actor, action: Action, about: About | None, values: dict[str, Any], *, by_stream: bool = False
) -> dict[str, Any]:
    """A run as it is when nobody has been called yet."""
    now = clock.now()
    return {
        "workspace_id": actor.workspace_id,
        "id": new_id("int"),
        "installation_id": action.installation_id,
        "action": action.key,
        "title": action.titles,
        "actor": actor.as_dict(),
        "employee_id": actor.employee_id,
        "by_installation_id": actor.installation_id,
        "object_type": about[0] if about else None,
        "object_id": about[1] if about else None,
        "input": values,
        "locale": actor.locale or "en",
        "timezone": actor.timezone or "UTC",
        "bulk_id": None,
        "state": "waiting" if by_stream else "running",
        "attempts": 1,
        "due_at": now + (LIFE if by_stream else LOST_AFTER),
        "expires_at": now + LIFE,
        "answer": None,
        "answered_at": None,
        "failure": None,
        "findings": [],
        "http_status": None,
        "total_ms": None,
        "received": None,
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }


def write(actor: Actor, action: Action, row: dict[str, Any]) -> dict[str, Any] | None:
    """Write the intent and tell; None when this very run was written before."""
    on_postgres = session().get_bind().dialect.name == "postgresql"
    build: Any = postgresql.insert if on_postgres else sqlite.insert
    statement = build(Interaction).values(**row).on_conflict_do_nothing().returning(Interaction.id)
    if session().execute(statement).one_or_none() is None:
        return None
    emit(actor, ACTION_RUN, answering.told(row, action.app_key), installation_id=action.installation_id)
    if actor.kind == "employee":
        using.note_now(actor, action.installation_id)
    return queries.interaction(actor, row["id"])


def _prepared(
    actor: Actor, action: Action, released: Released, row: Mapping[str, Any], session_id: str | None
) -> Callable[[], None]:
    """The call, made while the unit is open: afterwards nothing is read before the app has answered."""
    work = call_of(actor, action, released, row, session_id)
    return lambda: calling.call_and_wait(action.app_id, work)


def call_of(
    actor: Actor, action: Action, released: Released, row: Mapping[str, Any], session_id: str | None
) -> Callable[[], None]:
    """Calls the app and writes its answer in a unit of its own. Raises ActionNeedsSignIn."""
    body = requests.of_run(row)
    if action.identity == "user":
        body["session_token"] = _session_token(actor, action, row, session_id)
    caller = caller_of(action.installation_id, released)
    path = next(each["url"] for each in released.manifest["actions"] if each["key"] == action.key)
    actions = frozenset(each["key"] for each in released.manifest["actions"])
    pages = frozenset(each["key"] for each in released.manifest.get("surfaces", ()) if each["place"] == "portal.page")
    workspace_id, interaction_id, attempt = actor.workspace_id, row["id"], row["attempts"]

    def work() -> None:
        answer = calling.ask(lambda: calling.signed(caller, path, interaction_id, body, deadline_s=calling.DEADLINE_S))
        outcome = outcome_of(answer, actions, pages)
        with unit(workspace_id, write=True):
            answering.take(workspace_id, interaction_id, attempt, outcome)

    return work


def caller_of(installation_id: str, released: Released) -> Caller:
    secrets = tuple(signatures.parse(text) for text in catalogue.signing_secrets(released.app_id))
    return Caller(released.app_id, installation_id, released.base_url, secrets)


def _session_token(actor: Actor, action: Action, row: Mapping[str, Any], session_id: str | None) -> str:
    """Who pressed the button, for a minute: the app exchanges it for a token of that person (RFC 8693), as its pages
    do with the one of the bridge."""
    if actor.kind != "employee" or session_id is None:
        raise ActionNeedsSignIn()
    about = row["object"]
    return mint_session_token(
        actor,
        client_id=action.app_id,
        installation_id=action.installation_id,
        surface=f"action:{action.key}",
        object_=(about["type"], about["id"]) if about else None,
        session_id=session_id,
    ).value


def retry(actor: Actor, interaction_id: str, *, session_id: str | None = None) -> Begun:
    """Call the app once more for a run that has no answer; the app sees the same id, so it does nothing twice.

    Raises NotFound, InteractionAnswered, and what running it raises.
    """
    before = queries.interaction(actor, interaction_id)
    if before["employee_id"] != actor.employee_id or before["by_installation_id"] != actor.installation_id:
        raise NotFound()
    about = (before["object"]["type"], before["object"]["id"]) if before["object"] else None
    if about is not None and not objects.is_visible(actor, about):
        raise NotFound()
    action = require_action(actor, before["app_key"], before["action"], about)
    released = released_of(actor, action)
    if is_stream(released):
        raise AppHasNoAddress()
    calling.CALLS.require_room(action.app_id)
    now = clock.now()
    done = session().scalar(
        update(Interaction)
        .where(_run.workspace_id == actor.workspace_id, _run.id == interaction_id)
        .where(_run.state.in_(("failed", "unanswered")), _run.attempts == before["attempts"])
        .values(
            state="running",
            attempts=_run.attempts + 1,
            due_at=now + LOST_AFTER,
            expires_at=now + LIFE,
            failure=None,
            findings=[],
            updated_at=now,
            version=_run.version + 1,
        )
        .returning(_run.id)
    )
    if done is None:
        raise InteractionAnswered()
    row = queries.interaction(actor, interaction_id)
    return Begun(row, _prepared(actor, action, released, row, session_id))
