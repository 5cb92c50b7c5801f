"""How long ago an instant was, in words: the same as `static/js/times.js` says, so that nothing moves when that begins.
`tests/browser/test_relative_times.py` holds the two together."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import format_timedelta, gettext

from portico.kernel import clock
from portico.kernel.text import N_

# Seconds, as in times.js and in Babel.
_UNITS = (
    ("year", 31_536_000),
    ("month", 2_592_000),
    ("week", 604_800),
    ("day", 86_400),
    ("hour", 3_600),
    ("minute", 60),
)
_NAMED = {
    ("year", -1): N_("last year"),
    ("year", 1): N_("next year"),
    ("month", -1): N_("last month"),
    ("month", 1): N_("next month"),
    ("week", -1): N_("last week"),
    ("week", 1): N_("next week"),
    ("day", -1): N_("yesterday"),
    ("day", 1): N_("tomorrow"),
}


def ago(moment: datetime, now: datetime | None = None) -> str:
    """ "3 minutes ago", "yesterday", "in 2 weeks": whole units, never rounded up."""
    seconds = (moment - (now or clock.now())).total_seconds()
    unit, size = next((one for one in _UNITS if abs(seconds) >= one[1]), ("second", 1))
    if unit == "second":
        return str(gettext("now"))
    count = int(seconds / size)
    if named := _NAMED.get((unit, count)):
        return str(gettext(named))
    return str(format_timedelta(timedelta(seconds=count * size), threshold=1, add_direction=True))
