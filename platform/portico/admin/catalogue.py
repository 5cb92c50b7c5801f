"""The catalogue: what can be installed here, and one app's page before anybody decides."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import gettext

from portico.admin.blueprint import blueprint, here
from portico.admin.consent import groups
from portico.domains.catalogue import queries
from portico.domains.catalogue.categories import CATEGORIES
from portico.domains.catalogue.queries import ratings
from portico.domains.installations import queries as installations
from portico.domains.installations.consent import consent
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.listing import ListQuery
from portico.kernel.text import N_
from portico.web import markdown
from portico.web.lists import page_links, page_query
from portico.web.navigation import Entry

MENU = [
    Entry(
        "admin", N_("Catalogue"), "store", "admin.catalogue", 50, scope="installations:read", group=N_("Apps"), key="c"
    )
]
_TEXTS = 10


def category(key: str) -> str:
    """What people call a category; an unknown one is shown as the manifest has it."""
    return gettext(CATEGORIES[key]) if key in CATEGORIES else key


def _tile(row: dict[str, Any], installed: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "name": row["name"],
        "summary": row["summary"],
        "url": here("catalogue_app", app_key=row["app_key"]),
        "icon_url": row["icon_url"],
        "key": row["app_key"],
        "publisher": row["publisher"]["name"],
        "verified": row["publisher"]["verification"] != "none",
        "rating": row["rating"],
        "categories": [category(key) for key in row["categories"]],
        "private": row["visibility"] == "private",
        "installed": installed and here("installations_app", installation_id=installed["id"]),
        "install": here("catalogue_install", app_key=row["app_key"]),
    }


@blueprint.page("/catalogue", scope="installations:read")
def catalogue(actor: Actor) -> str:
    wanted = request.args.get("category")
    filters = {"category": wanted if wanted in CATEGORIES else None}
    found = queries.page_of_catalogue(actor, page_query(queries.CATALOGUE, filters, limit=24))
    live = installations.live_installations(actor, [row["id"] for row in found.rows])
    return render_template(
        "admin/catalogue/list.html",
        apps=[_tile(row, live.get(row["id"])) for row in found.rows],
        links=page_links(found),
        categories=[(key, gettext(label)) for key, label in CATEGORIES.items()],
    )


@blueprint.page("/catalogue/<app_key>", scope="installations:read")
def catalogue_app(actor: Actor, app_key: str) -> str:
    listing = queries.listing(actor, app_key)
    released = queries.installable(actor, app_key)
    if released is None:
        raise NotFound()
    return render_template(
        "admin/catalogue/app.html",
        app=listing,
        description=markdown.render(listing["description"]),
        groups=groups(actor, consent(released.manifest, actor.locale)),
        categories=[category(key) for key in listing["categories"]],
        installation=installations.live_installation(actor, released.app_id),
        may_install=actor.may("installations:write"),
        changes=queries.changes_of(released.app_id),
        ratings=ratings.page_of_ratings(actor, app_key, ListQuery(limit=_TEXTS)).rows,
    )
