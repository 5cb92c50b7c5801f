"""Webhooks: where this workspace sends its events, and each delivery with what was asked and answered."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, ClassVar

from flask import flash, render_template, request
from flask_babel import gettext, lazy_gettext, ngettext
from wtforms import BooleanField, RadioField, SelectField, TextAreaField, URLField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from portico.admin import webhook_filters
from portico.admin.blueprint import blueprint, go
from portico.domains.webhooks import queries, replays, schemas, service
from portico.domains.webhooks.models import FIFO, PARALLEL
from portico.kernel.actor import Actor
from portico.kernel.events import EVENT_TYPES
from portico.kernel.listing import Condition, ListQuery
from portico.kernel.schemas import load
from portico.kernel.text import N_
from portico.web.acting import act
from portico.web.forms import Form, blank_to_none, strip
from portico.web.lists import page_links, page_query
from portico.web.navigation import Entry

MENU = [Entry("admin", N_("Webhooks"), "webhook", "admin.webhooks", 60, role="app_manager", group=N_("Apps"), key="w")]
ROLE = "app_manager"
_ENDPOINT = '/webhooks/<id("whe"):endpoint_id>'
_DELIVERY = '/webhooks/deliveries/<id("dlv"):delivery_id>'
_CREATE, _UPDATE = schemas.WebhookEndpointCreate(), schemas.WebhookEndpointUpdate()
_RECENT = 8
_REPLAYS = 3
ALL, SOME = "all", "some"
ORDERS = (PARALLEL, FIFO)
WINDOWS = (0, 2, 5, 10, 30)


class Endpoint(Form):
    pointers: ClassVar = {"/types": "which", "/url": "url"}

    url = URLField(
        lazy_gettext("Address"),
        [InputRequired(), Length(max=2048)],
        filters=[strip],
        description=lazy_gettext("We POST each event here as JSON, signed with a secret of its own."),
        render_kw={"placeholder": "https://hooks.example.com/portico", "inputmode": "url"},
    )
    description = TextAreaField(
        lazy_gettext("What is it for?"), [Length(max=2000)], filters=[strip], render_kw={"rows": 2}
    )
    which = RadioField(
        lazy_gettext("Which events"),
        choices=[SelectChoice(ALL, lazy_gettext("All that I may read")), SelectChoice(SOME, lazy_gettext("These"))],
    )

    payload = RadioField(
        lazy_gettext("What a call carries"),
        choices=[SelectChoice("full", lazy_gettext("The whole event")), SelectChoice("thin", lazy_gettext("A notice"))],
        default="full",
    )
    filter = TextAreaField(
        lazy_gettext("Only when"),
        [Length(max=6000)],
        description=lazy_gettext(
            "A condition a line, all of which have to hold; of its values any will do. Paths begin with data, resource"
            " or actor; changes names fields that have changed."
        ),
        render_kw={"rows": 3, "placeholder": "data.status = open, new", "spellcheck": "false", "data-source": ""},
    )
    v1a = BooleanField(
        lazy_gettext("Sign with a key pair as well (v1a)"),
        description=lazy_gettext("Receivers check it by a public key. The signature by the secret (v1) stays."),
    )
    order = RadioField(lazy_gettext("Order of sending"), choices=[SelectChoice(name, name) for name in ORDERS])
    coalesce_seconds = SelectField(
        lazy_gettext("Gather changes"),
        coerce=int,
        choices=[],
        description=lazy_gettext(
            "Changes of one object within this time come as one call, with all fields that have changed. Good for "
            "objects that are edited often; the first of them waits so long. With a filter nothing is gathered."
        ),
    )

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        # One that an app or the API has chosen stays, though the page would not offer it.
        offered = sorted({*WINDOWS, given.get("coalesce_seconds", 0)})
        self.coalesce_seconds.choices = [
            (
                seconds,
                ngettext("Within %(num)s second", "Within %(num)s seconds", seconds) if seconds else gettext("No"),
            )
            for seconds in offered
        ]

    def types(self) -> list[str]:
        if self.which.data == ALL:
            return ["*"]
        return list(dict.fromkeys(request.form.getlist("types")))

    def body(self) -> dict[str, Any]:
        return {
            "url": self.url.data,
            "description": blank_to_none(self.description.data),
            "types": self.types(),
            "payload": self.payload.data,
            "filter": webhook_filters.read(self.filter.data),
            "signatures": ["v1", "v1a"] if self.v1a.data else ["v1"],
            "order": self.order.data,
            "coalesce_seconds": self.coalesce_seconds.data,
        }


def _within(seconds: int) -> str:
    return str(ngettext("Within %(num)s second", "Within %(num)s seconds", seconds) if seconds else gettext("No"))


def type_groups(actor: Actor, chosen: Iterable[str]) -> list[dict[str, Any]]:
    """The event types that this person may read, by what they are about; a pattern ticks its whole group."""
    ticked = set(chosen)
    grouped: dict[str, list[Any]] = {}
    for kind in EVENT_TYPES:
        if actor.may(kind.scope):
            grouped.setdefault(kind.resource, []).append(kind)
    return [
        {
            "name": name,
            "pattern": f"{name}.*",
            "names": [kind.name for kind in kinds],
            "whole": f"{name}.*" in ticked,
            "kinds": [{"name": kind.name, "title": kind.title, "chosen": kind.name in ticked} for kind in kinds],
        }
        for name, kinds in sorted(grouped.items())
    ]


@blueprint.page("/webhooks", role=ROLE)
def webhooks(actor: Actor) -> str:
    found = queries.page_of_endpoints(actor, page_query(queries.ENDPOINTS))
    rows = queries.with_apps(actor, [dict(row._mapping) for row in found.rows])
    return render_template("admin/webhooks/endpoints.html", rows=rows, links=page_links(found))


@blueprint.page("/webhooks/new", methods=("GET", "POST"), role=ROLE)
def webhooks_new(actor: Actor) -> Any:
    """The answer to the POST shows the secret, and no other page ever does."""
    form = Endpoint(which=SOME, order=PARALLEL, coalesce_seconds=0)
    if form.validate_on_submit():
        with form.attempt():
            row = service.create_endpoint(actor, load(_CREATE, form.body()))
            return _secret(row, row["secret"], gettext("The endpoint is added."))
    types = form.types() if request.method == "POST" else []
    return form.page("admin/webhooks/edit.html", row=None, type_groups=type_groups(actor, types))


def _secret(row: dict[str, Any], secret: str, title: str) -> str:
    return render_template("admin/webhooks/secret.html", row=row, secret=secret, title=title)


@blueprint.page(_ENDPOINT, role=ROLE)
def webhooks_endpoint(actor: Actor, endpoint_id: str) -> str:
    row = queries.with_apps(actor, [dict(queries.endpoint(actor, endpoint_id)._mapping)])[0]
    here = Condition("endpoint_id", "eq", endpoint_id)
    found = queries.page_of_deliveries(actor, ListQuery(limit=_RECENT, conditions=(here,)))
    return render_template(
        "admin/webhooks/endpoint.html",
        row=row,
        conditions=webhook_filters.shown(row["filter"]),
        signing=queries.signing_keys(actor, endpoint_id) if "v1a" in row["signatures"] else None,
        turns_key=row["installation_id"] is None,
        deliveries=queries.with_apps(actor, found.rows),
        replays=replays.page_of_replays(actor, endpoint_id, ListQuery(limit=_REPLAYS)).rows,
    )


@blueprint.page(f"{_ENDPOINT}/edit", methods=("GET", "POST"), role=ROLE)
def webhooks_edit(actor: Actor, endpoint_id: str) -> Any:
    row = queries.endpoint(actor, endpoint_id)
    form = Endpoint(
        url=row.url,
        description=row.description,
        which=ALL if "*" in row.types else SOME,
        payload=row.payload,
        filter=webhook_filters.shown(row.filter),
        v1a="v1a" in row.signatures,
        order=row.order,
        coalesce_seconds=row.coalesce_seconds,
    )
    if form.validate_on_submit():
        with form.attempt():
            service.update_endpoint(actor, endpoint_id, load(_UPDATE, _given(actor, form.body(), row)))
            flash(gettext("Saved."), "success")
            return go("webhooks_endpoint", endpoint_id=endpoint_id)
    types = form.types() if request.method == "POST" else row.types
    return form.page("admin/webhooks/edit.html", row=row, type_groups=type_groups(actor, types))


def _given(actor: Actor, body: dict[str, Any], row: Any) -> dict[str, Any]:
    """Types that the page does not show, because this person may not read them, stay."""
    shown = {name for group in type_groups(actor, ()) for name in (group["pattern"], *group["names"])}
    kept = [name for name in row.types if name not in shown and name != "*"]
    types = sorted({*body["types"], *kept}) if body["types"] != ["*"] else ["*"]
    return {**body, "types": list(row.types) if types == sorted(row.types) else types}


@blueprint.page(f"{_ENDPOINT}/rotate", methods=("POST",), role=ROLE)
def webhooks_rotate(actor: Actor, endpoint_id: str) -> Any:
    """Shows the new secret in its answer."""
    made: list[dict[str, Any]] = []
    if act(lambda: made.append(service.rotate_secret(actor, endpoint_id)), gettext("There is a new secret.")):
        return _secret(made[0], made[0]["secret"], gettext("A new secret"))
    return go("webhooks_endpoint", endpoint_id=endpoint_id)


@blueprint.page(f"{_ENDPOINT}/key", methods=("POST",), role=ROLE)
def webhooks_key(actor: Actor, endpoint_id: str) -> Any:
    act(lambda: service.rotate_key(actor, endpoint_id), gettext("There is a new key. The one before it signs along."))
    return go("webhooks_endpoint", endpoint_id=endpoint_id)


@blueprint.page(f"{_ENDPOINT}/ping", methods=("POST",), role=ROLE)
def webhooks_ping(actor: Actor, endpoint_id: str) -> Any:
    sent: list[dict[str, Any]] = []
    if act(lambda: sent.append(service.ping(actor, endpoint_id)), gettext("A ping is on its way.")):
        return go("webhooks_delivery", delivery_id=sent[0]["id"])
    return go("webhooks_endpoint", endpoint_id=endpoint_id)


@blueprint.page(f"{_ENDPOINT}/enable", methods=("POST",), role=ROLE)
def webhooks_enable(actor: Actor, endpoint_id: str) -> Any:
    act(lambda: service.enable_endpoint(actor, endpoint_id), gettext("Enabled. What was held is delivered now."))
    return go("webhooks_endpoint", endpoint_id=endpoint_id)


@blueprint.page(f"{_ENDPOINT}/delete", methods=("POST",), role=ROLE)
def webhooks_delete(actor: Actor, endpoint_id: str) -> Any:
    if act(lambda: service.delete_endpoint(actor, endpoint_id), gettext("Deleted. Its log stays for its time.")):
        return go("webhooks")
    return go("webhooks_endpoint", endpoint_id=endpoint_id)


@blueprint.page("/webhooks/deliveries", role=ROLE)
def webhooks_deliveries(actor: Actor) -> str:
    filters = {name: request.args.get(name) for name in ("endpoint_id", "installation_id", "type")}
    filters |= queries.about(request.args.get("about"))
    state = request.args.get("state")
    filters["state"] = state if state in schemas.DELIVERY_STATES else None
    found = queries.page_of_deliveries(actor, page_query(queries.DELIVERIES, filters))
    endpoints = queries.page_of_endpoints(actor, ListQuery(limit=100))
    return render_template(
        "admin/webhooks/deliveries.html",
        rows=queries.with_apps(actor, found.rows),
        links=page_links(found),
        types=[(kind.name, kind.name) for kind in EVENT_TYPES],
        endpoints=[(row.id, row.url) for row in endpoints.rows],
        filtered=any(filters.values()),
    )


@blueprint.page(_DELIVERY, role=ROLE)
def webhooks_delivery(actor: Actor, delivery_id: str) -> str:
    row = queries.with_apps(actor, [queries.delivery_with_event(actor, delivery_id)])[0]
    body = json.dumps(row["event"], indent=2, ensure_ascii=False) if row["event"] else None
    attempts = queries.page_of_attempts(actor, delivery_id, ListQuery(limit=50))
    return render_template("admin/webhooks/delivery.html", row=row, attempts=attempts.rows, body=body)


@blueprint.page(f"{_DELIVERY}/redeliver", methods=("POST",), role=ROLE)
def webhooks_redeliver(actor: Actor, delivery_id: str) -> Any:
    sent: list[dict[str, Any]] = []
    act(lambda: sent.append(service.redeliver(actor, delivery_id)), gettext("It goes out once more."))
    return go("webhooks_delivery", delivery_id=sent[0]["id"] if sent else delivery_id)
