"""Finding what operators look after: their pages, apps and publishers of whoever, and the way to their workspaces."""

from __future__ import annotations

from flask import g, render_template, url_for
from flask_babel import get_locale, gettext

from portico.admin.operator import operator_page
from portico.domains.catalogue.queries import operating
from portico.kernel.authn import Login
from portico.kernel.listing import ListQuery
from portico.web import navigation
from portico.web.palette import ON_THIS_PAGE, Row, Section, asked, draw, filled, is_named, said

ON_PAGE, IN_PALETTE = 10, 5


@operator_page("/search")
def search(login: Login) -> str:
    q = asked()
    sections = _found(q, ON_PAGE) if q else []
    return render_template("admin/operator/search.html", q=q, sections=sections, said=said(q, sections))


@operator_page("/search/palette")
def search_palette(login: Login) -> str:
    q = asked()
    return draw(q, [*filled(_commands(q)), *_found(q, IN_PALETTE)])


def _found(q: str, most: int) -> list[Section]:
    records = (_apps(q, most), _publishers(q, most)) if q else ()
    return filled(_pages(q), *records, _workspaces(q))


def _commands(q: str) -> Section:
    rows = [Row(gettext(one.label), "", one.icon, action=one.action) for one in ON_THIS_PAGE]
    return Section("command", gettext("Commands"), [row for row in rows if is_named(q, row.title)])


def _pages(q: str) -> Section:
    rows = [Row(line["label"], "", line["icon"], line["url"]) for line in navigation.operator_menu()]
    return Section("page", gettext("Pages"), [row for row in rows if is_named(q, row.title)])


def _apps(q: str, most: int) -> Section:
    found = operating.page_of_all_apps(ListQuery(limit=most, q=q), str(get_locale() or "en"))
    rows = [
        Row(row["name"], row["publisher"]["name"], "blocks", url_for("operator.apps_show", app_id=row["id"]))
        for row in found.rows
    ]
    more = url_for("operator.apps", q=q) if found.next_cursor else None
    return Section("app", gettext("Apps"), rows, more)


def _publishers(q: str, most: int) -> Section:
    rows = [
        Row(row["name"], "", "building-2", url_for("operator.publishers_show", publisher_id=row["id"]))
        for row in operating.publishers_like(q, most)
    ]
    return Section("publisher", gettext("Publishers"), rows)


def _workspaces(q: str) -> Section:
    rows = [Row(place.name, "", "house", url_for("portal.home", slug=place.slug)) for place in g.operator_places]
    return Section("workspace", gettext("Workspaces"), [row for row in rows if is_named(q, row.title)])
