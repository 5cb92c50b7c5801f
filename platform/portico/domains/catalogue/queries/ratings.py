"""What people say about an app. Ratings are global, since they are read in every workspace; who wrote one is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Row, Select, func, or_, select

from portico.domains.catalogue.manifests import APP_KEY
from portico.domains.catalogue.models import App, AppListing, Publisher, Rating, RatingReport
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.listing import Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

_rating = Rating.__table__.c
_report = RatingReport.__table__.c

RATINGS = Listing(
    id_column=_rating.id,
    filters={"stars": Filter(column=_rating.stars, kind="int", operators=("eq", "in"))},
    sorts={"created_at": Sort(_rating.id)},
)


def rated_app(actor: Actor, app_key: str) -> Any:
    """`id`, `key` and the publisher's home of an app whose page the actor may see. Raises NotFound."""
    row: Any = None
    if APP_KEY.fullmatch(app_key):
        row = (
            session()
            .execute(
                select(App.id, App.key, Publisher.workspace_id.label("home"))
                .join(Publisher, Publisher.id == App.publisher_id)
                .join(AppListing, AppListing.id == App.id)
                .where(App.key == app_key)
                .where(or_(App.visibility != "private", Publisher.workspace_id == actor.workspace_id))
            )
            .one_or_none()
        )
    if row is None:
        raise NotFound()
    return row


def ratings_of(app_id: str) -> Select[Any]:
    return (
        select(Rating.__table__, App.key.label("app_key"))
        .join(App, App.id == _rating.app_id)
        .where(_rating.app_id == app_id)
    )


def page_of_ratings(actor: Actor, app_key: str, query: ListQuery) -> Page:
    """Newest first. Raises NotFound."""
    app = rated_app(actor, app_key)
    found = page(ratings_of(app.id), RATINGS, actor.workspace_id, query)
    return replace(found, rows=[shown(actor, row) for row in found.rows])


def shown(actor: Actor, row: Any) -> dict[str, Any]:
    """A rating as this person may see it."""
    mine = row.workspace_id == actor.workspace_id and row.employee_id == actor.employee_id
    here = "this_workspace" if row.workspace_id == actor.workspace_id else "another_workspace"
    hidden = row.hidden_at is not None
    names = ("id", "app_key", "stars", "answer", "answered_at", "created_at", "updated_at")
    return {
        **{name: getattr(row, name) for name in names},
        "by": "me" if mine else here,
        "text": row.text if mine or not hidden else None,
        "hidden": hidden,
    }


def own_rating(actor: Actor, app_id: str) -> dict[str, Any] | None:
    """What the actor said about the app."""
    mine = (_rating.workspace_id == actor.workspace_id, _rating.employee_id == actor.employee_id)
    row = session().execute(ratings_of(app_id).where(*mine)).one_or_none()
    return None if row is None else shown(actor, row)


def rating(actor: Actor, app_id: str, rating_id: str) -> dict[str, Any]:
    """One rating of the app. Raises NotFound."""
    row = session().execute(ratings_of(app_id).where(_rating.id == rating_id)).one_or_none()
    if row is None:
        raise NotFound()
    return shown(actor, row)


# --- for operators, in a system unit ----------------------------------------------------------------------------------


def reported() -> list[Row[Any]]:
    """Texts about which somebody waits for a decision, the most reported first, each with the reasons."""
    waiting = (
        select(_report.rating_id, func.count().label("reports"), func.min(_report.reason).label("reason"))
        .where(_report.decided_at.is_(None))
        .group_by(_report.rating_id)
        .subquery()
    )
    found = (
        select(Rating.__table__, App.key.label("app_key"), waiting.c.reports, waiting.c.reason)
        .join(waiting, waiting.c.rating_id == _rating.id)
        .join(App, App.id == _rating.app_id)
        .order_by(waiting.c.reports.desc(), _rating.id)
        .limit(100)
    )
    return list(session().execute(found))


def hidden() -> list[Row[Any]]:
    """Texts that are hidden now, the newest first."""
    found = select(Rating.__table__, App.key.label("app_key")).join(App, App.id == _rating.app_id)
    return list(session().execute(found.where(_rating.hidden_at.is_not(None)).order_by(_rating.id.desc()).limit(100)))
