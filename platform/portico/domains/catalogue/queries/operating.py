"""What operators see of the whole catalogue. Runs in a system unit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from portico.domains.catalogue import icons, manifests
from portico.domains.catalogue.models import App, AppSuspension, AppVersion, Publisher, RatingReport
from portico.domains.catalogue.queries.suspensions import stops_of
from portico.domains.identity.models import Workspace
from portico.kernel import text
from portico.kernel.errors import NotFound
from portico.kernel.listing import Condition, Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

_app = App.__table__.c
_version = AppVersion.__table__.c


def figures() -> dict[str, int]:
    """The numbers of the first page."""
    counts: dict[str, Select[Any]] = {
        "apps": select(func.count()).select_from(App),
        "publishers": select(func.count()).select_from(Publisher),
        "waiting_reviews": select(func.count()).where(_version.status == "submitted"),
        "suspended_apps": select(func.count()).where(AppSuspension.side == "operator"),
        "suspended_publishers": select(func.count()).where(Publisher.suspended_at.is_not(None)),
        "open_reports": select(func.count(RatingReport.rating_id.distinct())).where(RatingReport.decided_at.is_(None)),
    }
    return {name: int(session().scalar(count) or 0) for name, count in counts.items()}


def _like(operator: str, value: str) -> Any:
    """The key begins so, or the publisher's name looks so."""
    key = text.search_key(value)
    return or_(_app.key.startswith(key, autoescape=True), Publisher.name_key.contains(text.lookalike_key(value)))


APPS = Listing(id_column=_app.id, filters={}, sorts={"key": Sort(_app.key)}, default_sort="key")
_SEARCHED = replace(APPS, filters={"q": Filter(clause=_like, operators=("eq",))})


def _apps() -> Select[Any]:
    return (
        select(
            _app.id,
            _app.key,
            _app.visibility,
            _app.publisher_id,
            Publisher.name.label("publisher_name"),
            _version.name.label("texts"),
            icons.address().label("icon_url"),
        )
        .join(Publisher, Publisher.id == _app.publisher_id)
        .join(AppVersion, and_(_version.app_id == _app.id, _version.number == _app.last_number))
    )


def _shown(row: Any, locale: str | None, stops: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "key": row.key,
        "name": manifests.localised(row.texts, locale),
        "icon_url": row.icon_url,
        "visibility": row.visibility,
        "publisher": {"id": row.publisher_id, "name": row.publisher_name},
        "stops": stops.get(row.id, []),
    }


def page_of_all_apps(query: ListQuery, locale: str | None) -> Page:
    if query.q:
        query = replace(query, q=None, conditions=(*query.conditions, Condition("q", "eq", query.q)))
    found = page(_apps(), _SEARCHED, "operator", query)
    stops = stops_of([row.id for row in found.rows])
    return replace(found, rows=[_shown(row, locale, stops) for row in found.rows])


def publishers_like(q: str, limit: int) -> list[dict[str, Any]]:
    """Those whose name looks so, by name."""
    key = text.lookalike_key(q)
    named = select(Publisher.id, Publisher.name).where(Publisher.name_key.contains(key, autoescape=True))
    rows = session().execute(named.order_by(Publisher.name_key, Publisher.id).limit(limit)) if key else ()
    return [{"id": row.id, "name": row.name} for row in rows]


def any_app(app_id: str, locale: str | None) -> dict[str, Any]:
    """One app, whoever's. Raises NotFound."""
    row = session().execute(_apps().where(_app.id == app_id)).one_or_none()
    if row is None:
        raise NotFound()
    return _shown(row, locale, stops_of([app_id]))


def apps_of_publisher(publisher_id: str, locale: str | None) -> list[dict[str, Any]]:
    rows = session().execute(_apps().where(_app.publisher_id == publisher_id).order_by(_app.key)).all()
    stops = stops_of([row.id for row in rows])
    return [_shown(row, locale, stops) for row in rows]


def workspace_name(workspace_id: str) -> str:
    return str(session().scalar(select(Workspace.name).where(Workspace.id == workspace_id)) or "")
