"""How what this workspace sends fares: for each endpoint what comes through, since when not, and what waits."""

from __future__ import annotations

from flask import render_template, request

from portico.admin.blueprint import blueprint
from portico.domains.webhooks import faring, queries
from portico.kernel.actor import Actor
from portico.kernel.text import N_
from portico.web.navigation import Entry
from portico.web.refreshing import refreshing

MENU = [Entry("admin", N_("Health"), "heart-pulse", "admin.health", 65, role="app_manager", group=N_("Apps"), key="h")]


@blueprint.page("/health", role="app_manager")
def health(actor: Actor) -> str:
    rows = queries.with_apps(actor, faring.endpoints_faring(actor))
    return render_template(
        "admin/health.html",
        rows=rows,
        summary=faring.summary(rows),
        last=faring.LAST,
        most=faring.MOST_WAITING,
        shown=faring.MOST_ENDPOINTS,
        refreshing=refreshing(request.args.get("refresh") != "off"),
    )
