"""Saying what one thinks of an app that one uses, and what the publisher and the operator may do about it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite

from portico.domains.catalogue import queries as catalogue
from portico.domains.catalogue.models import Rating, RatingReport
from portico.domains.catalogue.queries import ratings
from portico.domains.identity.service import record_act
from portico.domains.installations import using
from portico.domains.installations.errors import RatingNeedsUse, RatingOfOwnApp
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import Forbidden, NotFound
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session


def require_may_rate(actor: Actor, app: Any) -> None:
    """People of other workspaces than the publisher's who used the app within 30 days.

    Raises Forbidden, RatingOfOwnApp, RatingNeedsUse."""
    if actor.employee_id is None:
        raise Forbidden("Only a person can say what they think of an app.")
    if app.home == actor.workspace_id:
        raise RatingOfOwnApp()
    if not using.has_used(actor, app.id):
        last = using.last_used_on(actor, app.id)
        about = {"missing": "use", "within_days": using.DAYS, "last_used_on": last.isoformat() if last else None}
        raise RatingNeedsUse(extra=about)


def rate(actor: Actor, app_key: str, stars: int, text: str | None) -> dict[str, Any]:
    """One per person and app: a repeat replaces it. What the operator hid stays hidden.

    Raises NotFound, Forbidden, RatingOfOwnApp, RatingNeedsUse."""
    app = ratings.rated_app(actor, app_key)
    require_may_rate(actor, app)
    work, now = session(), clock.now()
    build: Any = postgresql.insert if work.get_bind().dialect.name == "postgresql" else sqlite.insert
    said = {"stars": stars, "text": text, "updated_at": now}
    keys = {"app_id": app.id, "workspace_id": actor.workspace_id, "employee_id": actor.employee_id}
    row = build(Rating).values(id=new_id("rat"), created_at=now, **keys, **said)
    work.execute(row.on_conflict_do_update(index_elements=list(keys), set_=said))
    return own(actor, app_key)


def own(actor: Actor, app_key: str) -> dict[str, Any]:
    """What one has said about the app. Raises NotFound."""
    found = ratings.own_rating(actor, ratings.rated_app(actor, app_key).id)
    if found is None:
        raise NotFound()
    return found


def take_back(actor: Actor, app_key: str) -> None:
    """Raises NotFound."""
    app = ratings.rated_app(actor, app_key)
    mine = (Rating.workspace_id == actor.workspace_id, Rating.employee_id == actor.employee_id)
    gone = delete(Rating).where(Rating.app_id == app.id, *mine).returning(Rating.id)
    if session().scalar(gone) is None:
        raise NotFound()


def answer_rating(actor: Actor, app_key: str, rating_id: str, text: str | None) -> dict[str, Any]:
    """The publisher's one answer; None takes it back. Raises NotFound, also for who is not the publisher."""
    app = ratings.rated_app(actor, app_key)
    catalogue.own_app(actor, app.id)
    values = {"answer": text, "answered_at": clock.now() if text is not None else None}
    session().execute(update(Rating).where(Rating.id == rating_id, Rating.app_id == app.id).values(**values))
    return ratings.rating(actor, app.id, rating_id)


def report_rating(actor: Actor, app_key: str, rating_id: str, reason: str) -> None:
    """Ask the operator to look at a text: once per person until it was decided. Raises NotFound."""
    app = ratings.rated_app(actor, app_key)
    ratings.rating(actor, app.id, rating_id)
    work = session()
    build: Any = postgresql.insert if work.get_bind().dialect.name == "postgresql" else sqlite.insert
    said = {"reason": reason, "created_at": clock.now()}
    row = build(RatingReport).values(rating_id=rating_id, membership_id=actor.membership_id, **said)
    again = {"set_": said, "where": RatingReport.decided_at.is_(None)}
    work.execute(row.on_conflict_do_update(index_elements=["rating_id", "membership_id"], **again))


def decide_rating(rating_id: str, operator: str, *, hide: bool, reason: str | None) -> None:
    """Hide the text, or leave it (and show it again). Runs in a system unit. Raises NotFound."""
    work, now = session(), clock.now()
    values = {"hidden_at": now if hide else None, "hidden_reason": reason if hide else None}
    moved = update(Rating).where(Rating.id == rating_id).values(**values).returning(Rating.app_id)
    app_id = work.scalar(moved)
    if app_id is None:
        raise NotFound()
    open_ones = (RatingReport.rating_id == rating_id, RatingReport.decided_at.is_(None))
    work.execute(update(RatingReport).where(*open_ones).values(decided_at=now))
    act = "rating.hidden" if hide else "rating.shown"
    record_act(operator, act, "rating", rating_id, name=catalogue.app_keys([app_id])[app_id], reason=reason)


def may_rate(actor: Actor, app_key: str) -> str | None:
    """What stands in the way of rating, by its code; None when nothing does. Raises NotFound."""
    app = ratings.rated_app(actor, app_key)
    try:
        require_may_rate(actor, app)
    except (Forbidden, RatingOfOwnApp, RatingNeedsUse) as refusal:
        return refusal.code
    return None


def is_publisher_of(actor: Actor, app_id: str) -> bool:
    """Whether the actor may answer for the app."""
    if not actor.may("apps:write"):
        return False
    try:
        catalogue.own_app(actor, app_id)
    except NotFound:
        return False
    return True
