"""Sending a stretch of time to an endpoint again: count first, then send, then watch."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, request
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice

from portico.admin.blueprint import blueprint, go
from portico.domains.webhooks import queries, service
from portico.domains.webhooks.schemas import UNDELIVERED
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.web.acting import act
from portico.web.forms import Form

ROLE = "app_manager"
_ENDPOINT = '/webhooks/<id("whe"):endpoint_id>'
_STRETCHES = {
    "hour": (timedelta(hours=1), lazy_gettext("The last hour")),
    "day": (timedelta(days=1), lazy_gettext("The last 24 hours")),
    "week": (timedelta(days=7), lazy_gettext("The last 7 days")),
    "month": (timedelta(days=30), lazy_gettext("All that is kept: 30 days")),
}


class Replay(Form):
    stretch = RadioField(
        lazy_gettext("What happened in"),
        choices=[SelectChoice(name, label) for name, (_, label) in _STRETCHES.items()],
        default="day",
    )
    undelivered = BooleanField(lazy_gettext("Only what never came through"))

    def body(self) -> dict[str, Any]:
        since = clock.now() - _STRETCHES[self.stretch.data][0]
        return {"since": since, **({"states": list(UNDELIVERED)} if self.undelivered.data else {})}


@blueprint.page(f"{_ENDPOINT}/replay", methods=("GET", "POST"), role=ROLE)
def webhooks_replay(actor: Actor, endpoint_id: str) -> Any:
    row = queries.endpoint(actor, endpoint_id)
    form, counted = Replay(), None
    if form.validate_on_submit():
        with form.attempt():
            if "start" in request.form:
                service.start_replay(actor, endpoint_id, form.body())
                flash(gettext("It is being sent again, behind what happens now."), "success")
                return go("webhooks_endpoint", endpoint_id=endpoint_id)
            counted = service.preview_replay(actor, endpoint_id, form.body())
    return form.page("admin/webhooks/replay.html", row=row, counted=counted)


@blueprint.page(f'{_ENDPOINT}/replays/<id("rpl"):replay_id>/cancel', methods=("POST",), role=ROLE)
def webhooks_replay_cancel(actor: Actor, endpoint_id: str, replay_id: str) -> Any:
    stopped = gettext("Stopped. What had been sent stays sent.")
    act(lambda: service.cancel_replay(actor, endpoint_id, replay_id), stopped)
    return go("webhooks_endpoint", endpoint_id=endpoint_id)
