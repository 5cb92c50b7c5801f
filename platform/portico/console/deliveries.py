"""Deliveries to the developer's own apps in this workspace: each attempt with what was asked and answered."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from flask import render_template, request
from flask_babel import gettext

from portico.console.apps import APP, tabs
from portico.console.blueprint import ROLE, blueprint, go, here
from portico.domains.catalogue import queries as catalogue
from portico.domains.webhooks import queries, schemas, service
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.events import EVENT_TYPES
from portico.kernel.listing import MAX_LIMIT, Condition, ListQuery
from portico.kernel.text import N_
from portico.web.acting import act
from portico.web.lists import page_links, page_query
from portico.web.navigation import Entry
from portico.web.replay_forms import STRETCHES

MENU = [Entry("console", N_("Deliveries"), "send", "console.deliveries", 20, role=ROLE, key="d")]
_FRESH = timedelta(seconds=30)
"""For so long the page of a delivery that was not tried yet looks again by itself."""
_DELIVERY = '/deliveries/<id("dlv"):delivery_id>'


def _own(actor: Actor, app_id: str | None = None) -> Condition:
    """Who also manages the workspace's apps sees in the console no more than their own."""
    ids = queries.own_installations(actor, app_id)
    return Condition("installation_id", "in", ids or ["none"])


def _list(actor: Actor, template: str, app_id: str | None = None, **context: Any) -> str:
    state, kind = request.args.get("state"), request.args.get("type")
    endpoints = {row.id: row for row in _endpoints(actor, app_id)}
    filters = {
        "state": state if state in schemas.DELIVERY_STATES else None,
        "type": kind if kind in EVENT_TYPES else None,
        "endpoint_id": whe if (whe := request.args.get("endpoint", "")) in endpoints else None,
        "created_at__gte": _since(request.args.get("since", "")),
        **queries.about(request.args.get("about")),
    }
    query = page_query(queries.DELIVERIES, filters)
    found = queries.page_of_deliveries(actor, _with(query, _own(actor, app_id)))
    return render_template(
        template,
        rows=queries.with_apps(actor, found.rows),
        links=page_links(found),
        types=[(each.name, each.name) for each in EVENT_TYPES],
        filtered=any(filters.values()),
        endpoints=list(endpoints.values()),
        endpoint_choices=[(row.id, row.url) for row in endpoints.values()],
        stretches=[(name, str(label)) for name, (_, label) in STRETCHES.items()],
        **context,
    )


def _endpoints(actor: Actor, app_id: str | None) -> list[Any]:
    """Where the developer's apps, or this one, receive events in this workspace."""
    return list(queries.page_of_endpoints(actor, ListQuery(limit=MAX_LIMIT, conditions=(_own(actor, app_id),))).rows)


def _since(name: str) -> str | None:
    return clock.rfc3339(clock.now() - STRETCHES[name][0]) if name in STRETCHES else None


def _with(query: ListQuery, condition: Condition) -> ListQuery:
    return ListQuery(limit=query.limit, cursor=query.cursor, conditions=(*query.conditions, condition))


@blueprint.page("/deliveries", role=ROLE)
def deliveries(actor: Actor) -> str:
    return _list(actor, "console/deliveries/list.html", app=None)


@blueprint.page(f"{APP}/deliveries", role=ROLE)
def apps_deliveries(actor: Actor, app_id: str) -> str:
    app = catalogue.own_app(actor, app_id)
    return _list(actor, "console/deliveries/list.html", app_id, app=app, tabs=tabs(app_id, "apps_deliveries"))


def _own_delivery(actor: Actor, delivery_id: str) -> dict[str, Any]:
    """Raises NotFound for deliveries to anything but the developer's own apps."""
    row = queries.delivery(actor, delivery_id)
    if row["installation_id"] not in queries.own_installations(actor):
        raise NotFound()
    return row


@blueprint.page(_DELIVERY, role=ROLE)
def deliveries_show(actor: Actor, delivery_id: str) -> str:
    _own_delivery(actor, delivery_id)
    row = queries.with_apps(actor, [queries.delivery_with_event(actor, delivery_id)])[0]
    body = json.dumps(row["event"], indent=2, ensure_ascii=False) if row["event"] else None
    attempts = queries.page_of_attempts(actor, delivery_id, ListQuery(limit=50))
    fresh = row["state"] in ("waiting", "sending") and not row["attempts"] and clock.now() - row["created_at"] < _FRESH
    return render_template(
        "console/deliveries/delivery.html",
        row=row,
        attempts=attempts.rows,
        body=body,
        progress=here("deliveries_show", delivery_id=delivery_id) if fresh else None,
    )


@blueprint.page(f"{_DELIVERY}/redeliver", methods=("POST",), role=ROLE)
def deliveries_redeliver(actor: Actor, delivery_id: str) -> Any:
    _own_delivery(actor, delivery_id)
    sent: list[dict[str, Any]] = []
    act(lambda: sent.append(service.redeliver(actor, delivery_id)), gettext("It goes out once more."))
    return go("deliveries_show", delivery_id=sent[0]["id"] if sent else delivery_id)
