"""One search for people: a page that works without scripts, and what the palette (Ctrl-K) shows of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import render_template
from flask_babel import gettext
from markupsafe import Markup, escape

from portico.domains.search import queries
from portico.domains.search.kinds import KINDS, Hit
from portico.domains.tickets.permissions import works_on_tickets
from portico.kernel.actor import Actor
from portico.kernel.text import N_
from portico.portal.blueprint import blueprint
from portico.web import navigation
from portico.web.local_apps import marked_html
from portico.web.pages import workspace_url
from portico.web.palette import ON_THIS_PAGE, Command, Row, Section, asked, draw, filled, is_named, said

ON_PAGE, IN_PALETTE = 10, 5


@dataclass(frozen=True, slots=True)
class Shown:
    """How a kind is called on pages, and the list that has all of it."""

    label: str
    icon: str
    more: str | None = None


SHOWN = {
    "employee": Shown(N_("People"), "users", "portal.people"),
    "contact": Shown(N_("Contacts"), "contact", "portal.contacts"),
    "company": Shown(N_("Companies"), "building-2", "portal.companies"),
    "ticket": Shown(N_("Tickets"), "ticket", "portal.tickets"),
    "announcement": Shown(N_("Announcements"), "megaphone", "portal.announcements"),
    "app": Shown(N_("Apps"), "blocks", "portal.catalogue"),
    "action": Shown(N_("Actions"), "zap"),
}


COMMANDS = (
    Command(N_("New ticket"), "plus", "portal.tickets_new", "tickets:write"),
    Command(N_("New contact"), "plus", "portal.contacts_new", "contacts:write"),
    Command(N_("New company"), "plus", "portal.companies_new", "companies:write"),
    Command(N_("Your settings"), "user-round-cog", "account.settings"),
    *ON_THIS_PAGE,
)
_ASKING = Command(N_("Ask for help"), "life-buoy", "portal.tickets_new", "tickets:write")


@blueprint.page("/search")
def search(actor: Actor) -> str:
    q = asked()
    found = queries.search(actor, q, KINDS, ON_PAGE) if q else queries.Answer(())
    sections = [_of_kind(group, q) for group in found.groups]
    if q:
        sections += filled(_pages(actor, q))
    return render_template(
        "portal/search/search.html", q=q, sections=sections, corrected=found.corrected, said=said(q, sections)
    )


@blueprint.page("/search/palette")
def search_palette(actor: Actor) -> str:
    """What the palette shows below its box: commands and pages first, they are few and meant when they are named."""
    q = asked()
    sections = filled(_commands(actor, q), _pages(actor, q))
    found = queries.search(actor, q, KINDS, IN_PALETTE) if q else queries.Answer(())
    sections += [_of_kind(group, q) for group in found.groups]
    return draw(q, sections, corrected=found.corrected)


def _of_kind(group: queries.Group, q: str) -> Section:
    shown = SHOWN[group.type]
    rows = [
        Row(
            marked_html(_marked(hit, q), hit.local),
            hit.subtitle,
            shown.icon,
            workspace_url("portal.home")[:-1] + hit.path,
        )
        for hit in group.hits
    ]
    more = workspace_url(shown.more, q=q) if group.has_more and shown.more else None
    return Section(group.type, gettext(shown.label), rows, more)


def _marked(hit: Hit, q: str) -> Markup:
    """The title with what was looked for in it."""
    done, at = Markup(""), 0
    for start, end in queries.highlights(hit.title, q):
        done += escape(hit.title[at:start]) + Markup("<mark>%s</mark>") % hit.title[start:end]
        at = end
    return done + escape(hit.title[at:])


def _commands(actor: Actor, q: str) -> Section:
    begun = COMMANDS if works_on_tickets(actor) else (_ASKING, *COMMANDS[1:])
    allowed = [each for each in begun if each.scope is None or actor.may(each.scope)]
    named = [each for each in allowed if is_named(q, gettext(each.label))]
    rows = [
        Row(gettext(each.label), "", each.icon, workspace_url(each.endpoint) if each.endpoint else None, each.action)
        for each in named
    ]
    return Section("command", gettext("Commands"), rows)


def _pages(actor: Actor, q: str) -> Section:
    found: Iterable[navigation.Destination] = navigation.pages_named(actor, q or None)
    base = workspace_url("portal.home")[:-1]
    rows = [Row(one.label, one.face, one.icon, base + one.path) for one in found]
    return Section("page", gettext("Pages"), rows[: ON_PAGE if q else None])
