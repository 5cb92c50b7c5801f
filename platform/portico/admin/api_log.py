"""What an installed app asked of the API here, for who manages the apps of the workspace."""

from __future__ import annotations

from flask import render_template

from portico.admin.blueprint import blueprint
from portico.admin.installations import with_looks
from portico.domains.api_log import queries
from portico.domains.installations import queries as installations
from portico.kernel.actor import Actor
from portico.settings import current as settings
from portico.web.lists import page_links
from portico.web.logged_requests import STRETCHES, asked, follows
from portico.web.pages import workspace_url

_REQUESTS = '/apps/<id("ins"):installation_id>/requests'
_ROLE = "app_manager"


@blueprint.page(_REQUESTS, role=_ROLE)
def installations_requests(actor: Actor, installation_id: str) -> str:
    installation = with_looks(actor, [installations.installation(actor, installation_id)])[0]
    query, filtered = asked(queries.REQUESTS)
    found = queries.page_of_installation(actor, query, installation_id)
    address = workspace_url("admin.installations_requests", installation_id=installation_id)
    return render_template(
        "admin/installations/requests.html",
        installation=installation,
        rows=found.rows,
        links=page_links(found),
        filtered=filtered,
        operations=[(name, name) for name in queries.operations_of(actor, [installation_id])],
        stretches=[(name, str(label)) for name, (_, label) in STRETCHES.items()],
        follow=follows(address),
        address=address,
        days=settings().api_log_kept_days,
    )


@blueprint.page(f'{_REQUESTS}/<id("req"):logged_id>', role=_ROLE)
def installations_request(actor: Actor, installation_id: str, logged_id: str) -> str:
    """One call, whole."""
    installation = with_looks(actor, [installations.installation(actor, installation_id)])[0]
    row = queries.request_of_installation(actor, installation_id, logged_id)
    return render_template("admin/installations/request.html", installation=installation, row=row)
