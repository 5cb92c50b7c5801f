"""Calls to the developer's own apps in this workspace, for actions and cards: what was asked, and what came back."""

from __future__ import annotations

import json
from typing import Any

from flask import render_template

from portico.console.apps import APP, tabs
from portico.console.blueprint import ROLE, blueprint
from portico.domains.catalogue import queries as catalogue
from portico.domains.interactions import queries, requests
from portico.domains.webhooks import queries as webhooks
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.ids import is_id

_RECENT = 50


@blueprint.page(f"{APP}/calls", role=ROLE)
def apps_calls(actor: Actor, app_id: str) -> str:
    app = catalogue.own_app(actor, app_id)
    mine = webhooks.own_installations(actor, app_id)
    return render_template(
        "console/calls/list.html",
        app=app,
        tabs=tabs(app_id, "apps_calls"),
        runs=queries.runs_of_installations(actor, mine, _RECENT),
        cards=queries.calls_for_cards(actor, mine, _RECENT),
    )


def _indented(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False)


def _received(text: str | None) -> str | None:
    """What came, with its lines apart where it is JSON."""
    try:
        return _indented(json.loads(text)) if text else None
    except ValueError:
        return text


@blueprint.page(f'{APP}/calls/<id("int"):interaction_id>', role=ROLE)
def apps_call(actor: Actor, app_id: str, interaction_id: str) -> str:
    """One run, whole."""
    app = catalogue.own_app(actor, app_id)
    row = queries.run_of_installations(actor, webhooks.own_installations(actor, app_id), interaction_id)
    return render_template(
        "console/calls/call.html",
        app=app,
        row=row,
        title=row.action,
        at=row.updated_at,
        state=row.state,
        asked=_indented(requests.of_run(row._mapping)),
        received=_received(row.received) or (_indented(row.answer) if row.answer else None),
    )


@blueprint.page(f"{APP}/calls/cards/<surface>/<employee_id>", role=ROLE)
def apps_card_call(actor: Actor, app_id: str, surface: str, employee_id: str) -> str:
    """The last call for a person's card."""
    app = catalogue.own_app(actor, app_id)
    if not is_id(employee_id, "emp"):
        raise NotFound()
    row = queries.call_for_card(actor, webhooks.own_installations(actor, app_id), surface, employee_id)
    _, _, _, locale, zone = row.power.split("|")
    body = requests.of_card(actor.workspace_id, row.installation_id, surface, employee_id, locale, zone)
    return render_template(
        "console/calls/call.html",
        app=app,
        row=row,
        title=surface,
        at=row.called_at,
        state="failed" if row.failure else "answered",
        asked=_indented(body),
        received=_received(row.received),
    )
