"""The first page of an admin: what is still to do on day one, how large the workspace is, what apps received."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_babel import gettext

from portico import settings as instance
from portico.admin.blueprint import blueprint, here
from portico.admin.guided import guide
from portico.domains.directory import queries as directory
from portico.domains.identity import queries as identity
from portico.domains.installations import queries as installations
from portico.domains.webhooks import queries as webhooks
from portico.kernel.actor import Actor
from portico.kernel.listing import Condition, ListQuery
from portico.kernel.text import N_
from portico.web.lists import counted
from portico.web.navigation import Entry

MENU = [Entry("admin", N_("Overview"), "layout-dashboard", "admin.overview", 10, role="admin", key="o")]
_RECENT = 6


def _count(*conditions: Condition) -> ListQuery:
    return ListQuery(limit=1, conditions=conditions, count="exact")


def _count_failed(actor: Actor) -> int:
    """No further than pages count: there may be very many."""
    failed = (Condition("state", "eq", "failed"),)
    return webhooks.page_of_deliveries(actor, ListQuery(limit=1, conditions=failed, count="bounded")).total or 0


def _facts(actor: Actor) -> dict[str, int]:
    apps = Condition("status", "in", ["active", "suspended"])
    return {
        "departments": directory.page_of_departments(actor, _count()).total or 0,
        "people": directory.page_of_employees(actor, _count(Condition("status", "eq", "active"))).total or 0,
        "invited": directory.page_of_employees(actor, _count(Condition("status", "eq", "invited"))).total or 0,
        "apps": installations.page_of_installations(actor, _count(apps)).total or 0,
        "failed": _count_failed(actor),
    }


def _checklist(actor: Actor, facts: dict[str, int]) -> list[dict[str, Any]]:
    workspace = identity.workspace(actor.workspace_id)
    return [
        {
            "title": gettext("Give the workspace its name and logo"),
            "detail": gettext("Everybody sees them at the top of each page, and where they sign in."),
            "done": workspace.logo_id is not None or workspace.version > 1,
            "url": here("settings"),
            "action": gettext("Open the settings"),
        },
        {
            "title": gettext("Make departments"),
            "detail": gettext("Apps and tickets can then be for some people and not for others."),
            "done": facts["departments"] > 0,
            "url": here("departments"),
            "action": gettext("Make one"),
        },
        {
            "title": gettext("Invite people"),
            "detail": gettext("Each gets a link that works once. No password travels."),
            "done": facts["people"] > 1 or facts["invited"] > 0,
            "url": here("people_invite"),
            "action": gettext("Invite"),
        },
        {
            "title": gettext("Install the first app"),
            "detail": gettext("Each one says beforehand what it may read, change and send outside."),
            "done": facts["apps"] > 0,
            "url": here("catalogue"),
            "action": gettext("Open the catalogue"),
        },
        {
            "title": gettext("Let mail go out"),
            "detail": gettext("Until the operator sets PORTICO_SMTP_URL, links of invitations are copied by hand."),
            "done": instance.current().smtp_url is not None,
            "url": here("settings"),
            "action": gettext("Send a test mail"),
        },
        {
            "title": gettext("Tell other systems what happens"),
            "detail": gettext("A webhook endpoint hears of it within a second, and nothing is lost while it is down."),
            "done": webhooks.page_of_endpoints(actor, ListQuery(limit=1)).rows != [],
            "url": here("webhooks"),
            "action": gettext("Add an endpoint"),
        },
    ]


@blueprint.page("/", role="admin")
def overview(actor: Actor) -> str:
    facts = _facts(actor)
    found = webhooks.page_of_deliveries(actor, ListQuery(limit=_RECENT))
    return render_template(
        "admin/overview.html",
        facts=facts,
        counted=counted,
        checklist=_checklist(actor, facts),
        guide=guide(actor),
        deliveries=webhooks.with_apps(actor, found.rows),
    )
