"""Fetching cards: a call to the app outside of every unit, and what is kept of its answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import case, delete
from sqlalchemy.dialects import postgresql, sqlite

from portico.domains.catalogue import cards as schema
from portico.domains.installations import using
from portico.domains.interactions import answers, calling, queries, requests
from portico.domains.interactions.errors import SurfaceGone
from portico.domains.interactions.models import AppPin, CardCopy
from portico.domains.interactions.queries import Surface
from portico.domains.interactions.queries.cards import PLACE, copy_of, power_of
from portico.domains.interactions.service import running
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import Forbidden
from portico.kernel.ids import new_id
from portico.kernel.outbound import Answer
from portico.kernel.unit_of_work import session, unit

DEADLINE_S = 3.0
FRESH = timedelta(minutes=5)
"""Where the card does not say how long it holds."""
AGAIN = timedelta(seconds=30)
"""After a call that brought nothing."""
_copy = CardCopy.__table__.c
_pin = AppPin.__table__.c


@dataclass(frozen=True, slots=True)
class Fetch:
    """A call for a card, prepared while a unit was open. `call` runs outside of every unit and ends within three
    seconds; it answers False at once where the app just now let somebody wait for this card in vain."""

    call: Callable[[], bool]


def fetch_card(actor: Actor, installation_id: str, key: str) -> Fetch | None:
    """Prepare to ask the app how its card looks for this person; None when what is kept still holds.

    Runs in a writing unit. Raises SurfaceGone.
    """
    surface = queries.surface(actor, installation_id, key)
    if surface is None or surface.place != PLACE:
        raise SurfaceGone()
    kept = copy_of(actor, surface)
    power = power_of(actor, surface)
    same = kept is not None and kept.power == power
    if same and kept is not None and kept.fresh_until is not None and kept.fresh_until > clock.now():
        return None
    released = running.released_by(actor, installation_id)
    if running.is_stream(released):
        return None
    etag = kept.etag if same and kept is not None and kept.content is not None else None
    using.note_now(actor, installation_id)
    caller = running.caller_of(installation_id, released)
    declared = next(each for each in released.manifest["surfaces"] if each["key"] == key)
    known = _keys(released.manifest)
    who = (actor.employee_id, actor.locale or "en", actor.timezone or "UTC")
    body = requests.of_card(actor.workspace_id, installation_id, key, *who)

    breaker = f"{installation_id}/{key}"

    def call() -> bool:
        if not calling.BREAKERS.may_try(breaker):
            return False
        headers = {"if-none-match": etag} if etag else {}
        message_id = new_id("crd")
        answer = calling.ask(
            lambda: calling.signed(
                caller, declared["url"], message_id, body, deadline_s=DEADLINE_S, connect_s=DEADLINE_S, headers=headers
            ),
            again=False,
        )
        calling.BREAKERS.note(breaker, answered=answer.status is not None)
        with unit(actor.workspace_id, write=True):
            _keep(actor, surface, power, _found(answer, known, etag), answer)
        return True

    return Fetch(call)


def _keys(manifest: Mapping[str, Any]) -> tuple[frozenset[str], frozenset[str]]:
    """The actions that a card may have, and the pages to which it may lead."""
    actions = (each["key"] for each in manifest.get("actions", ()) if PLACE in each["places"])
    pages = (each["key"] for each in manifest.get("surfaces", ()) if each["place"] == "portal.page")
    return frozenset(actions), frozenset(pages)


def _found(answer: Answer, known: tuple[Collection[str], Collection[str]], etag: str | None) -> dict[str, Any]:
    """What is to be kept of an answer: a card, that the one we have still holds, or why there is none."""
    if answer.status == 304 and etag is not None:
        return {"holds": True}
    failure = answers.failure_of(answer)
    if failure is not None:
        return {"failure": failure}
    try:
        content = answers.read_json(answer.body)
    except ValueError:
        return {"failure": "not_json"}
    found = schema.card_findings(content, *known)
    if found:
        return {"failure": "invalid", "findings": answers.told(found)}
    return {"content": content, "etag": answer.headers.get("etag", "")[:200] or None}


def _keep(actor: Actor, surface: Surface, power: str, found: dict[str, Any], answer: Answer) -> None:
    """What did not come leaves what came before: old words are better than none, and the page says how old."""
    now = clock.now()
    values: dict[str, Any] = {
        "called_at": now,
        "failure": found.get("failure"),
        "findings": found.get("findings", []),
        "http_status": answer.status,
        "total_ms": answer.total_ms,
        "received": answers.excerpt(answer.body),
    }
    came = found.get("content")
    if came is not None:
        life = timedelta(seconds=came["max_age"]) if "max_age" in came else FRESH
        values |= {"content": came, "etag": found["etag"], "fetched_at": now, "fresh_until": now + life}
    elif found.get("holds"):
        values |= {"fetched_at": now, "fresh_until": now + FRESH}
    else:
        values |= {"fresh_until": now + AGAIN}
    on_postgres = session().get_bind().dialect.name == "postgresql"
    build: Any = postgresql.insert if on_postgres else sqlite.insert
    key = {
        "workspace_id": actor.workspace_id,
        "installation_id": surface.installation_id,
        "surface": surface.key,
        "employee_id": actor.employee_id,
    }
    nothing = {"content": None, "etag": None, "fetched_at": None, "fresh_until": None}
    statement = build(CardCopy).values(**key, power=power, **{**nothing, **values})
    # Of another power nothing is kept on: it may show what may not be shown any more.
    other = {name: _if_same(power, name) for name in nothing if name not in values}
    session().execute(
        statement.on_conflict_do_update(index_elements=list(key), set_={**other, "power": power, **values})
    )


def _if_same(power: str, name: str) -> Any:
    return case((_copy.power == power, _copy[name]), else_=None)


def pin(actor: Actor, installation_id: str, *, first: bool) -> None:
    """Want an app first, or not any more. Raises Forbidden for who is no person, and SurfaceGone."""
    if actor.kind != "employee" or actor.employee_id is None:
        raise Forbidden("Only a person wants an app first.")
    key = {
        "workspace_id": actor.workspace_id,
        "employee_id": actor.employee_id,
        "installation_id": installation_id,
    }
    if not first:
        mine = (_pin.workspace_id == actor.workspace_id, _pin.employee_id == actor.employee_id)
        session().execute(delete(AppPin).where(*mine, _pin.installation_id == installation_id))
        return
    if not any(each.installation_id == installation_id for each in _own_surfaces(actor)):
        raise SurfaceGone()
    on_postgres = session().get_bind().dialect.name == "postgresql"
    build: Any = postgresql.insert if on_postgres else sqlite.insert
    session().execute(build(AppPin).values(**key, pinned_at=clock.now()).on_conflict_do_nothing())


def _own_surfaces(actor: Actor) -> list[Surface]:
    return [*queries.surfaces_for(actor, PLACE), *queries.surfaces_for(actor, "portal.page")]
