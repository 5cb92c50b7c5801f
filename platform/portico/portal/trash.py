"""The trash of contacts, companies and tickets: what may come back within 30 days."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import render_template
from flask_babel import gettext

from portico.domains.contacts import queries, service
from portico.domains.tickets import queries as tickets
from portico.domains.tickets import service as ticket_service
from portico.kernel import clock, sightings
from portico.kernel.actor import Actor
from portico.kernel.listing import Page
from portico.portal.blueprint import blueprint
from portico.web.lists import page_links, page_query
from portico.web.pages import workspace_url


@blueprint.page("/contacts/trash", endpoint="contacts_trash", scope="contacts:write", role="support_admin")
def contacts_trash(actor: Actor) -> str:
    sightings.note(actor, "contact", way="list")
    found = queries.page_of_trashed_contacts(actor, _since(service.TRASH_DAYS), page_query(queries.TRASHED_CONTACTS))
    urls = {row.id: workspace_url("portal.restore_contact", contact_id=row.id) for row in found.rows}
    return _page(found, urls, str(gettext("Contacts")), "portal.contacts")


@blueprint.page("/companies/trash", endpoint="companies_trash", scope="companies:write", role="support_admin")
def companies_trash(actor: Actor) -> str:
    found = queries.page_of_trashed_companies(actor, _since(service.TRASH_DAYS), page_query(queries.TRASHED_COMPANIES))
    urls = {row.id: workspace_url("portal.restore_company", company_id=row.id) for row in found.rows}
    return _page(found, urls, str(gettext("Companies")), "portal.companies")


@blueprint.page("/tickets/trash", endpoint="tickets_trash", scope="tickets:write", role="support_admin")
def tickets_trash(actor: Actor) -> str:
    since = _since(ticket_service.TRASH_DAYS)
    found = tickets.page_of_trashed_tickets(actor, since, page_query(tickets.TRASHED_TICKETS))
    urls = {row.id: workspace_url("portal.restore_ticket", ticket_id=row.id) for row in found.rows}
    return _page(found, urls, str(gettext("Tickets")), "portal.tickets", is_purged=False)


def _since(days: int) -> datetime:
    return clock.now() - timedelta(days=days)


def _page(found: Page, urls: dict[str, str], title: str, back: str, *, is_purged: bool = True) -> str:
    return render_template(
        "portal/trash/trash.html",
        found=found,
        links=page_links(found),
        urls=urls,
        list_name=title,
        back=workspace_url(back),
        is_purged=is_purged,
    )
