"""What one says of a punch that is missing or wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import Any, ClassVar

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, SelectField, TextAreaField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.validators import Optional as MayBeBlank

from portico.domains.attendance.queries.punches import LIVE
from portico.domains.attendance.reckoning import instant
from portico.domains.attendance.schemas.requests import AttendanceCorrectionCreate
from portico.kernel import clock
from portico.kernel.schemas import load
from portico.web import attendance_words as words
from portico.web.forms import Form, strip

_KINDS = ("in", "out", "break_start", "break_end")


class CorrectionForm(Form):
    """A punch that is missing; one in place of another; or one that only goes."""

    pointers: ClassVar = {"/occurred_at": "at", "/work_on": "at", "/punch_id": "wrong"}

    wrong = SelectField(lazy_gettext("In place of"), default="", validate_choice=False)
    kind = SelectField(lazy_gettext("What happened"), [InputRequired()], default="out")
    at = TimeField(lazy_gettext("At what time"), [MayBeBlank()], render_kw={"step": 60})
    next_day = BooleanField(lazy_gettext("On the date after, as at the end of a night"))
    reason = TextAreaField(
        lazy_gettext("Reason"), [DataRequired(), Length(max=1000)], filters=[strip], render_kw={"rows": 2}
    )

    def offer(self, punches: Sequence[dict[str, Any]]) -> None:
        """The punches of the day that could be wrong."""
        found = [
            SelectChoice(
                one["id"],
                f"{words.words(words.KINDS, one['kind'])}, {words.time_in(one['occurred_at'], one['timezone'])}",
            )
            for one in punches
            if one["status"] in LIVE
        ]
        self.wrong.choices = [SelectChoice("", gettext("None: a punch is missing")), *found]
        self.kind.choices = [
            *(SelectChoice(name, words.words(words.STEPS, name)) for name in _KINDS),
            SelectChoice("none", gettext("Nothing: the punch above should not be there")),
        ]

    def values(self, on: date, zone: str) -> dict[str, Any]:
        """As the API takes it. Raises Invalid."""
        given: dict[str, Any] = {"work_on": on.isoformat(), "reason": self.reason.data}
        if self.wrong.data:
            given["punch_id"] = self.wrong.data
        if self.kind.data != "none":
            given["kind"] = self.kind.data
            shown: time | None = self.at.data
            if shown is not None:
                minute = shown.hour * 60 + shown.minute + (1440 if self.next_day.data else 0)
                given["occurred_at"] = clock.rfc3339(instant(zone, on, minute))
        loaded: dict[str, Any] = load(AttendanceCorrectionCreate(), given)
        return loaded
