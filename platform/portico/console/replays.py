"""Sending a stretch of time to an endpoint of an own app again: count first, then send, then watch."""

from __future__ import annotations

from typing import Any

from flask import flash, request
from flask_babel import gettext

from portico.console.blueprint import ROLE, blueprint, go
from portico.domains.webhooks import queries, replays, service
from portico.domains.webhooks.schemas import UNDELIVERED
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.listing import ListQuery
from portico.web.acting import act
from portico.web.replay_forms import ReplayForm

_ENDPOINT = '/endpoints/<id("whe"):endpoint_id>'


def _own(actor: Actor, endpoint_id: str) -> Any:
    """Raises NotFound for endpoints of anything but the developer's own apps."""
    row = queries.endpoint(actor, endpoint_id)
    if row.installation_id not in queries.own_installations(actor):
        raise NotFound()
    return row


@blueprint.page(f"{_ENDPOINT}/replay", methods=("GET", "POST"), role=ROLE)
def endpoints_replay(actor: Actor, endpoint_id: str) -> Any:
    row = _own(actor, endpoint_id)
    form, counted = ReplayForm(), None
    if form.validate_on_submit():
        with form.attempt():
            if "start" in request.form:
                service.start_replay(actor, endpoint_id, form.body(UNDELIVERED))
                flash(gettext("It is being sent again, behind what happens now."), "success")
                return go("endpoints_replay", endpoint_id=endpoint_id)
            counted = service.preview_replay(actor, endpoint_id, form.body(UNDELIVERED))
    earlier = replays.page_of_replays(actor, endpoint_id, ListQuery(limit=10)).rows
    return form.page("console/deliveries/replay.html", row=row, counted=counted, earlier=earlier)


@blueprint.page(f'{_ENDPOINT}/replays/<id("rpl"):replay_id>/cancel', methods=("POST",), role=ROLE)
def endpoints_replay_cancel(actor: Actor, endpoint_id: str, replay_id: str) -> Any:
    _own(actor, endpoint_id)
    stopped = gettext("Stopped. What had been sent stays sent.")
    act(lambda: service.cancel_replay(actor, endpoint_id, replay_id), stopped)
    return go("endpoints_replay", endpoint_id=endpoint_id)
