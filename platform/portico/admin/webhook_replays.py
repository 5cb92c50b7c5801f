"""Sending a stretch of time to an endpoint again: count first, then send, then watch."""

from __future__ import annotations

from typing import Any

from flask import flash, request
from flask_babel import gettext

from portico.admin.blueprint import blueprint, go
from portico.domains.webhooks import queries, service
from portico.domains.webhooks.schemas import UNDELIVERED
from portico.kernel.actor import Actor
from portico.web.acting import act
from portico.web.replay_forms import ReplayForm

ROLE = "app_manager"
_ENDPOINT = '/webhooks/<id("whe"):endpoint_id>'


@blueprint.page(f"{_ENDPOINT}/replay", methods=("GET", "POST"), role=ROLE)
def webhooks_replay(actor: Actor, endpoint_id: str) -> Any:
    row = queries.endpoint(actor, endpoint_id)
    form, counted = ReplayForm(), None
    if form.validate_on_submit():
        with form.attempt():
            if "start" in request.form:
                service.start_replay(actor, endpoint_id, form.body(UNDELIVERED))
                flash(gettext("It is being sent again, behind what happens now."), "success")
                return go("webhooks_endpoint", endpoint_id=endpoint_id)
            counted = service.preview_replay(actor, endpoint_id, form.body(UNDELIVERED))
    return form.page("admin/webhooks/replay.html", row=row, counted=counted)


@blueprint.page(f'{_ENDPOINT}/replays/<id("rpl"):replay_id>/cancel', methods=("POST",), role=ROLE)
def webhooks_replay_cancel(actor: Actor, endpoint_id: str, replay_id: str) -> Any:
    stopped = gettext("Stopped. What had been sent stays sent.")
    act(lambda: service.cancel_replay(actor, endpoint_id, replay_id), stopped)
    return go("webhooks_endpoint", endpoint_id=endpoint_id)
