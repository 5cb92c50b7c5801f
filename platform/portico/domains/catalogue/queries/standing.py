"""What a listing says besides its manifest: who publishes it, how widely it is used, what people think of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from portico.domains.catalogue import manifests
from portico.domains.catalogue.models import App, AppFigures, AppVersion, Publisher, Rating
from portico.domains.catalogue.queries.publishers import public
from portico.domains.catalogue.rating_schemas import FEWER_THAN
from portico.kernel.actor import Actor
from portico.kernel.unit_of_work import session

_version = AppVersion.__table__.c
SHOWN_CHANGES = 10


def with_standing(actor: Actor, listings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The listings of a page with publisher, figures and ratings: three statements, however many they are."""
    ids = [row["id"] for row in listings]
    rows = session().execute(
        select(App.id.label("app_id"), Publisher.__table__, AppFigures.installs, AppFigures.active_users)
        .join(Publisher, Publisher.id == App.publisher_id)
        .outerjoin(AppFigures, AppFigures.app_id == App.id)
        .where(App.id.in_(ids))
    )
    about = {row.app_id: row for row in rows}
    ratings = summaries(ids)
    answer = []
    for listing in listings:
        row = about[listing["id"]]
        own = row.workspace_id == actor.workspace_id
        standing = {
            "publisher": public(row),
            "installs": figure(row.installs, exact=own),
            "active_users": figure(row.active_users, exact=own),
            "rating": ratings[listing["id"]],
        }
        answer.append({**listing, **standing})
    return answer


def figure(found: int | None, *, exact: bool) -> dict[str, int | None]:
    """A count as it may be shown; nothing counted yet is zero."""
    count = found or 0
    if exact or count >= FEWER_THAN:
        return {"count": count, "fewer_than": None}
    return {"count": None, "fewer_than": FEWER_THAN}


def summaries(app_ids: list[str]) -> dict[str, dict[str, Any]]:
    """By app: average, count and how many gave each number of stars. A hidden text still counts with its stars."""
    found = (
        select(Rating.app_id, Rating.stars, func.count().label("found"))
        .where(Rating.app_id.in_(app_ids))
        .group_by(Rating.app_id, Rating.stars)
    )
    histograms = {app_id: [0] * 5 for app_id in app_ids}
    for row in session().execute(found):
        histograms[row.app_id][row.stars - 1] = row.found
    return {app_id: _summary(histogram) for app_id, histogram in histograms.items()}


def _summary(histogram: list[int]) -> dict[str, Any]:
    count = sum(histogram)
    total = sum(stars * found for stars, found in enumerate(histogram, 1))
    return {"average": round(total / count, 2) if count else None, "count": count, "histogram": histogram}


def changes_of(app_id: str) -> list[dict[str, Any]]:
    """The versions that were released, newest first, each with what it asks for more and less than the one before."""
    rows = (
        session()
        .execute(
            select(_version.number, _version.released_at, _version.manifest)
            .where(_version.app_id == app_id, _version.released_at.is_not(None))
            .order_by(_version.number.desc())
            .limit(SHOWN_CHANGES + 1)
        )
        .all()
    )
    before = [*rows[1:], None]
    found = []
    for row, old in list(zip(rows, before, strict=True))[:SHOWN_CHANGES]:
        moved = manifests.difference(old.manifest, row.manifest) if old is not None else {}
        kinds = [moved.get(kind, {}) for kind in ("scopes", "optional_scopes")]
        asked = {side: sorted({name for kind in kinds for name in kind.get(side, ())}) for side in ("added", "removed")}
        first = old is None
        found.append({"number": row.number, "released_at": row.released_at, "first": first, **asked})
    return found
