"""Publishers: how they come to be, and what they say about themselves."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from portico.domains.catalogue import queries, screenshots
from portico.domains.catalogue.errors import PublisherNameTaken
from portico.domains.catalogue.events import PUBLISHER_UPDATED
from portico.domains.catalogue.models import App, Publisher
from portico.domains.catalogue.queries import publishers
from portico.domains.files import service as attaching
from portico.kernel import clock, text
from portico.kernel.actor import Actor
from portico.kernel.errors import Conflict, Stale, invalid
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

_TRIES = 50


def make_publisher(actor: Actor, name: str) -> str:
    """The publisher that the person is from now on; answers its id. Its name gets a number where another one looks
    like it: nobody asked for it, so nobody is refused for it."""
    for number in range(1, _TRIES):
        made = _insert(actor, name if number == 1 else f"{name} {number}")
        if made is not None:
            return made
        twin = queries.publisher_of(actor)
        if twin is not None:
            return str(twin.id)
    raise PublisherNameTaken()


def hand_over(before: Actor, after: Actor) -> None:
    """What one member publishes, another one does from now on, with its apps and their secrets."""
    session().execute(
        update(Publisher)
        .where(Publisher.workspace_id == before.workspace_id, Publisher.membership_id == before.membership_id)
        .values(workspace_id=after.workspace_id, membership_id=after.membership_id)
    )


def delete_publisher(actor: Actor) -> None:
    """With its apps. Raises Conflict when one is installed somewhere."""
    mine = select(Publisher.id).where(Publisher.membership_id == actor.membership_id)
    try:
        with session().begin_nested():
            gone = session().scalars(delete(App).where(App.publisher_id.in_(mine)).returning(App.id)).all()
            attaching.remove_of(actor, screenshots.KIND, gone)
            session().execute(delete(Publisher).where(Publisher.membership_id == actor.membership_id))
    except IntegrityError as error:
        raise Conflict(
            "An app of these people is installed in another workspace; uninstall and erase it there."
        ) from error


def require_none_publishes(workspace_id: str) -> None:
    """Raises Conflict."""
    found = session().scalar(select(Publisher.name).where(Publisher.workspace_id == workspace_id).limit(1))
    if found is not None:
        raise Conflict(
            f"{found} publishes apps from this workspace and is none of its first people; they go before it."
        )


def _insert(actor: Actor, name: str) -> str | None:
    publisher_id, now = new_id("pub"), clock.now()
    values = {
        "id": publisher_id,
        "workspace_id": actor.workspace_id,
        "membership_id": actor.membership_id,
        "name": name,
        "name_key": text.lookalike_key(name) or publisher_id,
        "domain_failures": 0,
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }
    work = session()
    try:
        with work.begin_nested():
            work.execute(insert(Publisher).values(values))
    except IntegrityError:
        return None
    return publisher_id


def update_publisher(actor: Actor, changes: dict[str, Any], expected_version: int | None) -> dict[str, Any]:
    """What the publisher says about itself. Another name takes the operator's verification away, because it was given
    to the old one. Raises NotFound, Invalid, PublisherNameTaken, Stale."""
    before = publishers.own_row(actor)
    values = {name: value for name, value in changes.items() if value != getattr(before, name)}
    if expected_version not in (None, before.version):
        raise Stale()
    if not values:
        return queries.own_publisher(actor)
    if "name" in values:
        values |= _renamed(before, values["name"])
    write(actor, before, values)
    return queries.own_publisher(actor)


def _renamed(before: Any, name: str) -> dict[str, Any]:
    key = text.lookalike_key(name)
    if not key:
        raise invalid("/name", "name", "A name has letters or digits.")
    kept = {"verified_at": None, "verified_by": None, "verification_note": None} if before.verified_at else {}
    return {"name_key": key, **kept}


def write(actor: Actor, before: Any, values: dict[str, Any]) -> None:
    """Change the publisher as it was read, and tell of it. Raises Stale, PublisherNameTaken."""
    work = session()
    statement = (
        update(Publisher)
        .where(Publisher.id == before.id, Publisher.version == before.version)
        .values(**values, updated_at=clock.now(), version=Publisher.version + 1)
        .returning(Publisher.__table__)
    )
    try:
        with work.begin_nested():
            row = work.execute(statement).one_or_none()
    except IntegrityError as error:
        raise PublisherNameTaken() from error
    if row is None:
        raise Stale()
    shown = {**publishers.public(row), "version": row.version}
    emit(actor, PUBLISHER_UPDATED, shown, changes=sorted(set(values) & _TOLD))


_TOLD = {"name", "website", "support_email", "description", "domain", "domain_verified_at", "verified_at"}
