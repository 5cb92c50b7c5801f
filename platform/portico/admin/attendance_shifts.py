"""Shifts: a picture of the day, and forms for their times."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

from flask import flash, render_template
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange
from wtforms.validators import Optional as Empty

from portico.admin.attendance_days import GROUP, SCOPE
from portico.admin.attendance_picture import picture_of
from portico.admin.blueprint import blueprint, go, here
from portico.domains.attendance.queries import groups, setup, shifts
from portico.domains.attendance.schemas.fields import COLORS
from portico.domains.attendance.schemas.shifts import ShiftRules
from portico.domains.attendance.service import shifting
from portico.kernel.actor import Actor
from portico.kernel.schemas import load
from portico.kernel.text import N_
from portico.web.acting import act
from portico.web.forms import Form, one_line, strip
from portico.web.navigation import Entry

MENU = [Entry("admin", N_("Shifts"), "sun-moon", "admin.attendance_shifts", 40, scope=SCOPE, group=GROUP)]
_SHIFT = '/attendance/shifts/<id("shf"):shift_id>'
_VERSION = f'{_SHIFT}/versions/<id("shv"):version_id>'
COLOR_WORDS = {
    "blue": N_("Blue"),
    "green": N_("Green"),
    "orange": N_("Orange"),
    "purple": N_("Purple"),
    "red": N_("Red"),
    "teal": N_("Teal"),
    "yellow": N_("Yellow"),
    "gray": N_("Gray"),
}
_MINUTES = [Empty(), NumberRange(0, 1440)]
_NIGHT = lazy_gettext("Such as 08:30. After midnight count on: 30:00 is six in the morning of the next day.")


def _clock(label: Any, *, needed: bool = False, **more: Any) -> StringField:
    return StringField(label, [*([DataRequired()] if needed else []), Length(max=5)], filters=[strip], **more)


class Times(Form):
    """The times of a shift, as a person fills them in: up to three parts and two breaks."""

    pointers: ClassVar = {
        **{f"/rules/segments/{n}/{edge}": f"{edge}_{n + 1}" for n in range(3) for edge in ("start", "end")},
        **{f"/rules/segments/{n}": f"start_{n + 1}" for n in range(3)},
        **{f"/rules/breaks/{n}/{edge}": f"break_{edge}_{n + 1}" for n in range(2) for edge in ("start", "end")},
        **{f"/rules/breaks/{n}": f"break_start_{n + 1}" for n in range(2)},
        "/rules/segments": "start_1",
        "/rules/grace/late": "late",
        "/rules/grace/serious_late": "serious_late",
        "/rules/grace/absent_late": "absent_late",
        "/rules/grace/early": "early",
        "/rules/min_half_day": "late",
        "/effective_from": "effective_from",
    }

    start_1 = _clock(lazy_gettext("Begins"), needed=True, description=_NIGHT, default="09:00")
    end_1 = _clock(lazy_gettext("Ends"), needed=True, default="18:00")
    start_2 = _clock(lazy_gettext("Second part begins"))
    end_2 = _clock(lazy_gettext("Second part ends"))
    start_3 = _clock(lazy_gettext("Third part begins"))
    end_3 = _clock(lazy_gettext("Third part ends"))
    break_start_1 = _clock(lazy_gettext("Break begins"))
    break_end_1 = _clock(lazy_gettext("Break ends"))
    break_paid_1 = BooleanField(lazy_gettext("This break is paid"))
    break_start_2 = _clock(lazy_gettext("Second break begins"))
    break_end_2 = _clock(lazy_gettext("Second break ends"))
    break_paid_2 = BooleanField(lazy_gettext("The second break is paid"))
    before = IntegerField(
        lazy_gettext("Clock in from so many minutes ahead"), [InputRequired(), NumberRange(0, 720)], default=120
    )
    after = IntegerField(
        lazy_gettext("Clock out until so many minutes after"), [InputRequired(), NumberRange(0, 720)], default=240
    )
    late = IntegerField(
        lazy_gettext("Minutes late that are forgiven"), [InputRequired(), NumberRange(0, 1440)], default=0
    )
    serious_late = IntegerField(lazy_gettext("Seriously late after minutes"), _MINUTES)
    absent_late = IntegerField(lazy_gettext("Absence after minutes late"), _MINUTES)
    early = IntegerField(
        lazy_gettext("Minutes early that are forgiven"), [InputRequired(), NumberRange(0, 1440)], default=0
    )
    flex_late = IntegerField(
        lazy_gettext("Flexible: may come so many minutes later"),
        _MINUTES,
        description=lazy_gettext("And leaves as much later. Empty: the hours are fixed."),
    )
    flex_early = IntegerField(lazy_gettext("Flexible: may come, and go, so many minutes earlier"), _MINUTES)
    rounding = SelectField(
        lazy_gettext("Count work in units of"),
        choices=[("0", lazy_gettext("seconds, as they are")), *((str(n), f"{n} min") for n in (1, 5, 10, 15, 30))],
        default="0",
    )
    dst_pay = SelectField(
        lazy_gettext("When the clocks change in the shift, pay"),
        choices=[
            ("elapsed", lazy_gettext("the hours that pass")),
            ("nominal", lazy_gettext("the hours on the clock")),
        ],
    )

    def rules(self) -> dict[str, Any]:
        """As the API takes them. Raises Invalid."""
        edges = {"in_open_before": self.before.data, "out_close_after": self.after.data}
        flex = None
        if self.flex_late.data or self.flex_early.data:
            flex = {"come_late_max": self.flex_late.data or 0, "leave_early_max": self.flex_early.data or 0}
        given = {
            "segments": [{"start": start, "end": end, **edges} for start, end in self._pairs("start", "end", 3)],
            "breaks": [
                {"start": start, "end": end, "paid": self[f"break_paid_{place + 1}"].data}
                for place, (start, end) in enumerate(self._pairs("break_start", "break_end", 2))
            ],
            "grace": {
                "late": self.late.data,
                "serious_late": self.serious_late.data,
                "absent_late": self.absent_late.data,
                "early": self.early.data,
            },
            "flex": flex,
            "rounding": {"unit": int(self.rounding.data)},
            "dst_pay": self.dst_pay.data,
        }
        return dict(load(ShiftRules(), given, "/rules"))

    def _pairs(self, start: str, end: str, most: int) -> Iterator[tuple[str, str]]:
        for place in range(1, most + 1):
            found = (self[f"{start}_{place}"].data or "", self[f"{end}_{place}"].data or "")
            if any(found):
                yield found

    @staticmethod
    def filled(rules: dict[str, Any]) -> dict[str, Any]:
        """What the fields hold for these rules."""
        found: dict[str, Any] = {
            "before": rules["segments"][0]["in_open_before"],
            "after": rules["segments"][-1]["out_close_after"],
            **rules["grace"],
            "rounding": str(rules["rounding"]["unit"]),
            "dst_pay": rules["dst_pay"],
            "flex_late": (rules["flex"] or {}).get("come_late_max"),
            "flex_early": (rules["flex"] or {}).get("leave_early_max"),
        }
        for place in range(3):
            one = rules["segments"][place] if place < len(rules["segments"]) else {"start": "", "end": ""}
            found |= {f"start_{place + 1}": one["start"], f"end_{place + 1}": one["end"]}
        for place, one in enumerate(rules["breaks"][:2]):
            found |= {f"break_start_{place + 1}": one["start"], f"break_end_{place + 1}": one["end"]}
            found[f"break_paid_{place + 1}"] = one["paid"]
        return found


class NewShift(Times):
    name = StringField(lazy_gettext("Name"), [DataRequired(), Length(max=100)], filters=[one_line])
    color = SelectField(
        lazy_gettext("Colour"), choices=[SelectChoice(one, lazy_gettext(COLOR_WORDS[one])) for one in COLORS]
    )


class OtherTimes(Times):
    effective_from = DateField(
        lazy_gettext("From this date on"),
        [DataRequired()],
        description=lazy_gettext("Days before keep the times that they had."),
    )


class Name(Form):
    name = StringField(lazy_gettext("Name"), [DataRequired(), Length(max=100)], filters=[one_line])
    color = SelectField(
        lazy_gettext("Colour"), choices=[SelectChoice(one, lazy_gettext(COLOR_WORDS[one])) for one in COLORS]
    )


@blueprint.page("/attendance/shifts", scope=SCOPE)
def attendance_shifts(actor: Actor) -> str:
    rows = shifts.all_shifts(actor)
    put_away = [row for row in shifts.all_shifts(actor, archived=True) if row["archived_at"]]
    pictures = {row["id"]: picture_of(row["current"]["rules"]) for row in rows}
    return render_template("admin/attendance/shifts.html", rows=rows, put_away=put_away, pictures=pictures)


@blueprint.page("/attendance/shifts/new", methods=("GET", "POST"), scope=SCOPE)
def attendance_shifts_new(actor: Actor) -> Any:
    form = NewShift()
    if form.validate_on_submit():
        with form.attempt():
            values = {"name": form.name.data, "color": form.color.data, "effective_from": None, "rules": form.rules()}
            row = shifting.create_shift(actor, values)
            flash(gettext("%(name)s is made.", name=row["name"]), "success")
            return go("attendance_shift", shift_id=row["id"])
    return form.page("admin/attendance/shift_new.html", back=here("attendance_shifts"))


@blueprint.page(_SHIFT, methods=("GET", "POST"), scope=SCOPE)
def attendance_shift(actor: Actor, shift_id: str) -> Any:
    row = shifts.shift(actor, shift_id)
    form = Name(name=row["name"], color=row["color"])
    if form.validate_on_submit():
        with form.attempt():
            shifting.update_shift(actor, shift_id, {"name": form.name.data, "color": form.color.data}, None)
            flash(gettext("Saved."), "success")
            return go("attendance_shift", shift_id=shift_id)
    versions = [dict(one._mapping) for one in shifts.versions_of(actor, shift_id)][::-1]
    names = groups.names(actor)
    return form.page(
        "admin/attendance/shift.html",
        row=row,
        versions=versions,
        today=setup.today(actor),
        pictures={one["id"]: picture_of(one["rules"]) for one in versions},
        used_by=[names[one] for one in shifts.groups_with(actor, shift_id) if one in names],
    )


@blueprint.page(f"{_SHIFT}/times", methods=("GET", "POST"), scope=SCOPE)
def attendance_shift_times(actor: Actor, shift_id: str) -> Any:
    row = shifts.shift(actor, shift_id)
    form = OtherTimes(effective_from=setup.today(actor), **Times.filled(row["current"]["rules"]))
    if form.validate_on_submit():
        with form.attempt():
            start: date = form.effective_from.data
            shifting.create_version(actor, shift_id, {"effective_from": start, "rules": form.rules()})
            flash(gettext("Saved. Days from then on are computed anew."), "success")
            return go("attendance_shift", shift_id=shift_id)
    return form.page("admin/attendance/shift_times.html", row=row)


@blueprint.page(f"{_VERSION}/delete", methods=("POST",), scope=SCOPE)
def attendance_shift_version_delete(actor: Actor, shift_id: str, version_id: str) -> Any:
    act(lambda: shifting.delete_version(actor, shift_id, version_id, None), gettext("Deleted."))
    return go("attendance_shift", shift_id=shift_id)


@blueprint.page(f"{_SHIFT}/delete", methods=("POST",), scope=SCOPE)
def attendance_shift_delete(actor: Actor, shift_id: str) -> Any:
    if act(lambda: shifting.delete_shift(actor, shift_id, None), gettext("Put away. Days that were worked keep it.")):
        return go("attendance_shifts")
    return go("attendance_shift", shift_id=shift_id)


@blueprint.page(f"{_SHIFT}/restore", methods=("POST",), scope=SCOPE)
def attendance_shift_restore(actor: Actor, shift_id: str) -> Any:
    act(lambda: shifting.restore_shift(actor, shift_id), gettext("It is offered again."))
    return go("attendance_shift", shift_id=shift_id)
