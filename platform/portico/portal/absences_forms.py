"""Forms of absences, overtime and corrections."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext
from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from portico.domains.attendance.schemas.absences import AbsenceCreate, AbsenceShorten
from portico.domains.attendance.schemas.feeds import CalendarFeedCreate
from portico.domains.attendance.schemas.requests import MOST_MINUTES, AttendanceCorrectionCreate, OvertimeCreate
from portico.kernel import clock
from portico.kernel.schemas import load
from portico.web.forms import Form, blank_to_none, one_line

_SLOTS = [
    SelectChoice("full", lazy_gettext("all day")),
    SelectChoice("am", lazy_gettext("morning")),
    SelectChoice("pm", lazy_gettext("afternoon")),
]


def _at(on: Any, time: Any, zone: str) -> str:
    """What the clocks of the zone show there and then."""
    return clock.rfc3339(datetime.combine(on, time, ZoneInfo(zone)))


class _Halves(Form):
    pointers: ClassVar = {"/from_at": "from_time", "/until_at": "until_time", "/from": "from_on", "/to": "to_on"}
    from_on = DateField(lazy_gettext("From"), [InputRequired()])
    from_slot = SelectField(lazy_gettext("Part of the first day"), [InputRequired()], choices=_SLOTS)
    to_on = DateField(lazy_gettext("To"), [Optional()], description=lazy_gettext("Empty: only this one day."))
    to_slot = SelectField(lazy_gettext("Part of the last day"), [InputRequired()], choices=_SLOTS)

    def edges(self) -> dict[str, Any]:
        first = {"on": str(self.from_on.data), "slot": self.from_slot.data}
        one_day = self.to_on.data in (None, self.from_on.data)
        same = one_day and self.to_slot.data == "full"
        last = {"on": str(self.to_on.data or self.from_on.data), "slot": self.to_slot.data}
        return {"from": first, "to": first if same else last}


class AbsenceForm(_Halves):
    type_key = SelectField(lazy_gettext("Type"), [InputRequired()])
    from_time = TimeField(lazy_gettext("From what time"), [Optional()])
    until_time = TimeField(lazy_gettext("Until what time"), [Optional()])
    note = TextAreaField(lazy_gettext("Note"), [Optional(), Length(max=1000)])

    def values(self, zone: str) -> dict[str, Any]:
        """Raises Invalid."""
        body = {"type_key": self.type_key.data, **self.span(zone)}
        note = blank_to_none(self.note.data)
        return load(AbsenceCreate(), {**body, **({"note": note} if note else {})})  # type: ignore[no-any-return]

    def span(self, zone: str) -> dict[str, Any]:
        on, start, end = self.from_on.data, self.from_time.data, self.until_time.data
        if start is None and end is None:
            return self.edges()
        hours = {"from_at": _at(on, start, zone)} if start is not None else {}
        return {**hours, **({"until_at": _at(on, end, zone)} if end is not None else {})}


class ShortenForm(_Halves):
    def values(self) -> dict[str, Any]:
        """Raises Invalid."""
        return load(AbsenceShorten(), self.edges())  # type: ignore[no-any-return]


class FeedForm(Form):
    name = StringField(
        lazy_gettext("Name"),
        [DataRequired(), Length(max=60)],
        filters=[one_line],
        description=lazy_gettext("So that you know later which calendar reads it."),
    )

    def values(self) -> dict[str, Any]:
        return load(CalendarFeedCreate(), {"name": self.name.data})  # type: ignore[no-any-return]


class OvertimeForm(Form):
    pointers: ClassVar = {"/minutes": "minutes"}
    work_on = DateField(lazy_gettext("Day"), [InputRequired()])
    minutes = IntegerField(lazy_gettext("Minutes"), [InputRequired(), NumberRange(1, MOST_MINUTES)])
    reason = StringField(lazy_gettext("Reason"), [Optional(), Length(max=1000)])

    def values(self) -> dict[str, Any]:
        reason = blank_to_none(self.reason.data)
        body = {"work_on": str(self.work_on.data), "minutes": self.minutes.data}
        return load(OvertimeCreate(), {**body, **({"reason": reason} if reason else {})})  # type: ignore[no-any-return]


class CorrectionForm(Form):
    pointers: ClassVar = {"/occurred_at": "time"}
    punch_id = SelectField(lazy_gettext("Which punch is wrong"), validate_choice=True)
    kind = SelectField(lazy_gettext("What is missing"))
    time = TimeField(lazy_gettext("Time"), [Optional()])
    after_midnight = SelectField(
        lazy_gettext("On which date"),
        choices=[SelectChoice("", lazy_gettext("that day")), SelectChoice("1", lazy_gettext("the day after"))],
    )
    reason = TextAreaField(lazy_gettext("Reason"), [DataRequired(), Length(max=1000)])

    def values(self, on: Any, next_day: Any, zone: str) -> dict[str, Any]:
        """Raises Invalid."""
        body: dict[str, Any] = {"work_on": str(on), "reason": (self.reason.data or "").strip()}
        if self.punch_id.data:
            body["punch_id"] = self.punch_id.data
        if self.kind.data:
            body["kind"] = self.kind.data
        if self.time.data is not None:
            body["occurred_at"] = _at(next_day if self.after_midnight.data else on, self.time.data, zone)
        return load(AttendanceCorrectionCreate(), body)  # type: ignore[no-any-return]
