"""How the instance stands: what waits, who pumps, which receivers are unwell, and what the processes lean on."""

from __future__ import annotations

from importlib.metadata import version

from flask import current_app, render_template, request

from portico.admin.operator import operator_page
from portico.domains.webhooks.standing import MOST, standing, unwell
from portico.kernel import clock, leaning
from portico.kernel.authn import Login
from portico.kernel.text import N_
from portico.kernel.unit_of_work import system_unit
from portico.web.navigation import Entry
from portico.web.refreshing import refreshing

MENU = [Entry("operator", N_("Health"), "heart-pulse", "operator.health", 15, key="h")]
LATE_S = 60
"""Something that could be sent and has not been for so long is a reason to look."""


@operator_page("/health", own_units=True)
def health(login: Login) -> str:
    # Redis is asked before the unit: nobody's answer is waited for inside one.
    leans = leaning.on_what(current_app.extensions["portico_settings"])
    with system_unit("operator page: how the instance stands"):
        found, ill = standing(), unwell()
    late = found.age(found.oldest_due, clock.now()) > LATE_S or found.age(found.oldest_event, clock.now()) > LATE_S
    return render_template(
        "admin/operator/health.html",
        found=found,
        unwell=ill,
        leans=leans,
        late=late,
        most=MOST,
        pumping=any(pump.lives for pump in found.pumps),
        version=version("portico"),
        refreshing=refreshing(request.args.get("refresh") != "off"),
    )
