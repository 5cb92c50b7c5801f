"""One search for people: a page that works without scripts, and what the palette (Ctrl-K) shows of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import render_template, request
from flask_babel import gettext, ngettext
from markupsafe import Markup, escape

from portico.domains.search import queries
from portico.domains.search.kinds import KINDS, Hit
from portico.domains.tickets.permissions import works_on_tickets
from portico.kernel import search as words
from portico.kernel import text
from portico.kernel.actor import Actor
from portico.kernel.text import N_
from portico.portal.blueprint import blueprint
from portico.portal.local import marked_html
from portico.web import navigation
from portico.web.pages import workspace_url

ON_PAGE, IN_PALETTE = 10, 5
_LONGEST = 200


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


@dataclass(frozen=True, slots=True)
class Command:
    """Something to do from anywhere: a page that begins it, or what a script does on this page."""

    label: str
    icon: str
    endpoint: str | None = None
    scope: str | None = None
    action: str | None = None
    """`theme` or `shortcuts`, which the palette knows."""


COMMANDS = (
    Command(N_("New ticket"), "plus", "portal.tickets_new", "tickets:write"),
    Command(N_("New contact"), "plus", "portal.contacts_new", "contacts:write"),
    Command(N_("New company"), "plus", "portal.companies_new", "companies:write"),
    Command(N_("Your settings"), "user-round-cog", "account.settings"),
    Command(N_("Switch between light and dark"), "sun-moon", action="theme"),
    Command(N_("Keyboard shortcuts"), "keyboard", action="shortcuts"),
)
_ASKING = Command(N_("Ask for help"), "life-buoy", "portal.tickets_new", "tickets:write")


@dataclass(frozen=True, slots=True)
class Row:
    title: str | Markup
    detail: str
    icon: str
    url: str | None = None
    action: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    label: str
    rows: Sequence[Row]
    more: str | None = None


@blueprint.page("/search")
def search(actor: Actor) -> str:
    q = _q()
    found = queries.search(actor, q, KINDS, ON_PAGE) if q else queries.Answer(())
    sections = [_of_kind(group, q) for group in found.groups]
    if q:
        sections += _filled(_pages(actor, q))
    count = sum(len(section.rows) for section in sections)
    return render_template(
        "portal/search/search.html", q=q, sections=sections, corrected=found.corrected, said=_said(q, count)
    )


@blueprint.page("/search/palette")
def search_palette(actor: Actor) -> str:
    """What the palette shows below its box: commands and pages first, they are few and meant when they are named."""
    q = _q()
    sections = _filled(_commands(actor, q), _pages(actor, q))
    found = queries.search(actor, q, KINDS, IN_PALETTE) if q else queries.Answer(())
    sections += [_of_kind(group, q) for group in found.groups]
    count = sum(len(section.rows) for section in sections)
    return render_template(
        "portal/search/palette.html", q=q, sections=sections, corrected=found.corrected, said=_said(q, count)
    )


def _q() -> str:
    q = text.clean_name(request.args.get("q", "")[:_LONGEST])
    return q if words.terms(q) else ""


def _said(q: str, count: int) -> str:
    if not q:
        return ""
    if not count:
        return str(gettext("Nothing found for “%(q)s”.", q=q))
    return str(ngettext("%(num)s result", "%(num)s results", count))


def _filled(*sections: Section) -> list[Section]:
    return [section for section in sections if section.rows]


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
    named = [each for each in allowed if _is_named(q, gettext(each.label))]
    rows = [
        Row(gettext(each.label), "", each.icon, workspace_url(each.endpoint) if each.endpoint else None, each.action)
        for each in named
    ]
    return Section("command", gettext("Commands"), rows)


def _is_named(q: str, label: str) -> bool:
    known = text.search_words(label)
    return all(any(word.startswith(term) for word in known) for term in words.terms(q))


def _pages(actor: Actor, q: str) -> Section:
    found: Iterable[navigation.Destination] = navigation.pages_named(actor, q or None)
    base = workspace_url("portal.home")[:-1]
    rows = [Row(one.label, one.face, one.icon, base + one.path) for one in found]
    return Section("page", gettext("Pages"), rows[: ON_PAGE if q else None])
