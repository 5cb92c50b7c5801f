"""The catalogue of a workspace; it begins at `visible_to(actor)`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select

from portico.domains.catalogue import icons, manifests, screenshots
from portico.domains.catalogue.manifests import APP_KEY
from portico.domains.catalogue.models import App, AppListing, AppVersion, Publisher
from portico.domains.catalogue.queries.releases import is_stable
from portico.domains.catalogue.queries.standing import with_standing
from portico.kernel import text
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.listing import Condition, Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.scopes import SCOPES
from portico.kernel.unit_of_work import session

_app = App.__table__.c
_version = AppVersion.__table__.c
_listing = AppListing.__table__.c


def _has_word(column: ColumnElement[str]) -> Any:
    def clause(operator: str, value: Any) -> ColumnElement[bool]:
        return column.contains(f" {value} ", autoescape=True)

    return clause


def _begins_words(operator: str, value: str) -> ColumnElement[bool]:
    """Each term is the beginning of a word. The catalogue is small and global: a scan is cheap."""
    return and_(*(_listing.search_words.contains(f" {term}", autoescape=True) for term in value.split()))


CATALOGUE = Listing(
    id_column=_listing.id,
    filters={
        "category": Filter(clause=_has_word(_listing.category_words), operators=("eq",)),
        "publisher_id": Filter(column=_app.publisher_id, operators=("eq", "in")),
        "visibility": Filter(column=_app.visibility, operators=("eq",), choices=("private", "public")),
    },
    sorts={"published_at": Sort(_listing.published_at, instant=True), "app_key": Sort(_app.key)},
    default_sort="app_key",
)
_SEARCHED = replace(CATALOGUE, filters={**CATALOGUE.filters, "q": Filter(clause=_begins_words, operators=("eq",))})


def visible_to(actor: Actor, *, by_link: bool = False) -> Select[Any]:
    """Released apps that are public, or of a publisher at home here; by link the unlisted too."""
    open_ones = ("public", "unlisted") if by_link else ("public",)
    return (
        select(
            _listing.id,
            _listing.published_at,
            _app.key,
            _app.visibility,
            _app.publisher_id,
            Publisher.name.label("publisher_name"),
            _version.id.label("version_id"),
            _version.number,
            _version.status,
            _version.created_at,
            _version.manifest,
        )
        .join(App, _app.id == _listing.id)
        .join(Publisher, Publisher.id == _app.publisher_id)
        .join(AppVersion, and_(_version.app_id == _app.id, is_stable(), _version.status == "released"))
        .where(or_(_app.visibility.in_(open_ones), Publisher.workspace_id == actor.workspace_id))
    )


def page_of_catalogue(actor: Actor, query: ListQuery) -> Page:
    if query.q:
        terms = Condition("q", "eq", text.search_key(query.q))
        query = replace(query, q=None, conditions=(*query.conditions, terms))
    found = page(visible_to(actor), _SEARCHED, actor.workspace_id, query)
    return replace(found, rows=with_standing(actor, [_listing_dict(row, actor.locale) for row in found.rows]))


def listing(actor: Actor, app_key: str) -> dict[str, Any]:
    """One app's page. Raises NotFound."""
    if not APP_KEY.fullmatch(app_key):
        raise NotFound()
    row = session().execute(visible_to(actor, by_link=True).where(_app.key == app_key)).one_or_none()
    if row is None:
        raise NotFound()
    return with_standing(actor, [_listing_dict(row, actor.locale)])[0]


def _listing_dict(row: Row[Any], locale: str | None) -> dict[str, Any]:
    about = row.manifest["app"]
    return {
        "id": row.id,
        "app_key": row.key,
        "name": manifests.localised(about["name"], locale),
        "summary": manifests.localised(about["summary"], locale),
        "description": manifests.localised(about.get("description"), locale) or None,
        "icon": about.get("icon"),
        "icon_url": icons.address_of(row.version_id, row.manifest),
        "categories": about.get("categories", []),
        "publisher": {"id": row.publisher_id, "name": row.publisher_name},
        "visibility": row.visibility,
        "version": {"id": row.version_id, "number": row.number, "status": row.status, "created_at": row.created_at},
        "scopes": scopes_asked(row.manifest, locale),
        "egress": egress(row.manifest, locale),
        "screenshots": screenshots.shown(row.manifest, locale),
        "support_url": about.get("support_url"),
        "privacy_url": about.get("privacy_url"),
        "published_at": row.published_at,
    }


def scopes_asked(manifest: manifests.Manifest, locale: str | None) -> list[dict[str, Any]]:
    """What the app asks for itself: required scopes first, each with the platform's sentence and its reason."""
    answer = []
    for group in ("scopes", "optional_scopes"):
        for row in manifests.access(manifest, group):
            scope = SCOPES.get(row["name"])
            if scope is not None:
                answer.append(
                    {
                        "name": scope.name,
                        "sentence": scope.sentence,
                        "risk": scope.risk,
                        "reason": manifests.localised(row["reason"], locale),
                        "required": group == "scopes",
                    }
                )
    return answer


def egress(manifest: manifests.Manifest, locale: str | None) -> list[dict[str, Any]]:
    return [
        {
            "host": row["host"],
            "purpose": manifests.localised(row["purpose"], locale),
            "personal_data": bool(row.get("personal_data", False)),
        }
        for row in manifests.access(manifest, "egress")
    ]
