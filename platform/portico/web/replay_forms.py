"""The form by which a stretch of time is sent again, for admins and for developers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext
from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice

from portico.kernel import clock
from portico.web.forms import Form

STRETCHES = {
    "hour": (timedelta(hours=1), lazy_gettext("The last hour")),
    "day": (timedelta(days=1), lazy_gettext("The last 24 hours")),
    "week": (timedelta(days=7), lazy_gettext("The last 7 days")),
    "month": (timedelta(days=30), lazy_gettext("All that is kept: 30 days")),
}


class ReplayForm(Form):
    stretch = RadioField(
        lazy_gettext("What happened in"),
        choices=[SelectChoice(name, label) for name, (_, label) in STRETCHES.items()],
        default="day",
    )
    undelivered = BooleanField(lazy_gettext("Only what never came through"))

    def body(self, states: Iterable[str]) -> dict[str, Any]:
        """What the service takes; `states` are those of what never came through."""
        since = clock.now() - STRETCHES[self.stretch.data][0]
        return {"since": since, **({"states": list(states)} if self.undelivered.data else {})}
