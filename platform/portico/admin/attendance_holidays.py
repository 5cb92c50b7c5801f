"""Holiday calendars: of the company and of regions, by hand or from a calendar file."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from flask import flash, render_template, request
from flask_babel import gettext, lazy_gettext
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from portico.admin.attendance_days import GROUP, SCOPE
from portico.admin.attendance_groups import WEEKDAYS
from portico.admin.blueprint import blueprint, go
from portico.domains.attendance import ics
from portico.domains.attendance.queries import groups, holiday_effects, holidays, setup
from portico.domains.attendance.schemas.holidays import HolidayCreate
from portico.domains.attendance.service import holding
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.schemas import load
from portico.kernel.text import N_
from portico.web import attendance_words as words
from portico.web.acting import act
from portico.web.downloads import Download, file_response
from portico.web.forms import Form, one_line, strip
from portico.web.navigation import Entry

MENU = [Entry("admin", N_("Holidays"), "party-popper", "admin.attendance_holidays", 42, scope=SCOPE, group=GROUP)]
_CALENDAR = '/attendance/holidays/<id("cal"):holiday_calendar_id>'
_HOLIDAY = f'{_CALENDAR}/<id("hol"):holiday_id>'
KINDS = {
    "off": N_("Nobody works"),
    "makeup": N_("A makeup day: one works"),
    "partial": N_("Off for some hours"),
}


class Calendar(Form):
    name = StringField(lazy_gettext("Name"), [DataRequired(), Length(max=100)], filters=[one_line])
    region = StringField(lazy_gettext("Region"), [Length(max=60)], filters=[one_line])
    parent_id = SelectField(
        lazy_gettext("With the holidays of"),
        description=lazy_gettext("What this calendar says of a date itself comes first."),
    )

    def values(self) -> dict[str, Any]:
        return {
            "name": self.name.data,
            "region": self.region.data or None,
            "parent_id": self.parent_id.data or None,
        }


class Holiday(Form):
    pointers: ClassVar = {"/on": "on"}

    on = DateField(lazy_gettext("Date"), [DataRequired()])
    name = StringField(lazy_gettext("Name"), [DataRequired(), Length(max=100)], filters=[one_line])
    kind = SelectField(
        lazy_gettext("Kind"), choices=[SelectChoice(one, lazy_gettext(label)) for one, label in KINDS.items()]
    )
    works_as = SelectField(
        lazy_gettext("One works as on"),
        choices=[
            SelectChoice("", lazy_gettext("the first working day of the week")),
            *(SelectChoice(str(n), lazy_gettext(name)) for n, name in enumerate(WEEKDAYS, 1)),
        ],
        description=lazy_gettext("Of a makeup day."),
    )
    off_from = StringField(
        lazy_gettext("Off from"), filters=[strip], description=lazy_gettext("Of a partial holiday, such as 14:00.")
    )
    off_until = StringField(lazy_gettext("Off until"), filters=[strip])

    def values(self) -> dict[str, Any]:
        """As the API takes them. Raises Invalid."""
        kind = self.kind.data
        given: dict[str, Any] = {"on": self.on.data.isoformat(), "name": self.name.data, "kind": kind}
        if kind == "makeup" and self.works_as.data:
            given["works_as"] = int(self.works_as.data)
        if kind == "partial":
            given |= {"off_from": self.off_from.data or None, "off_until": self.off_until.data or None}
        return dict(load(HolidayCreate(), given))


class Import(Form):
    pointers: ClassVar = {"/ics": "ics"}

    ics = TextAreaField(
        lazy_gettext("The text of the file"),
        [DataRequired(), Length(max=1_000_000)],
        description=lazy_gettext("A calendar file (.ics). Each all-day event becomes a holiday."),
    )


@blueprint.page("/attendance/holidays", methods=("GET", "POST"), scope=SCOPE)
def attendance_holidays(actor: Actor) -> Any:
    form = Calendar()
    names = holidays.names(actor)
    form.parent_id.choices = [SelectChoice("", gettext("None")), *(SelectChoice(*one) for one in names.items())]
    if form.validate_on_submit():
        with form.attempt():
            row = holding.create_calendar(actor, form.values())
            flash(gettext("%(name)s is made.", name=row["name"]), "success")
            return go("attendance_calendar", holiday_calendar_id=row["id"])
    parents = holidays.parents(actor)
    return form.page("admin/attendance/holidays.html", names=names, parents=parents)


def _year(today: date) -> int:
    shown = request.args.get("year", "")
    return int(shown) if shown.isascii() and shown.isdigit() and 1900 <= int(shown) <= 2199 else today.year


def _looks() -> bool:
    """Whether the button was pressed that only shows what would happen."""
    return bool(request.form.get("look"))


@blueprint.page(_CALENDAR, methods=("GET", "POST"), scope=SCOPE)
def attendance_calendar(actor: Actor, holiday_calendar_id: str) -> Any:
    row = setup.one(actor, holidays.CALENDAR, holiday_calendar_id)
    year = _year(setup.today(actor))
    form, effects = Holiday(), None
    if form.validate_on_submit():
        year = form.on.data.year
        with form.attempt():
            values = form.values()
            if not _looks():
                holding.create_holiday(actor, holiday_calendar_id, values)
                flash(gettext("Saved. Days that were computed are computed anew."), "success")
                return go("attendance_calendar", holiday_calendar_id=holiday_calendar_id, year=year)
            effects = holiday_effects.effects(actor, holiday_calendar_id, put=[values])
    return form.page("admin/attendance/calendar.html", effects=effects, **_shown(actor, row, year))


@blueprint.page(f"{_HOLIDAY}/delete", scope=SCOPE)
def attendance_holiday_end(actor: Actor, holiday_calendar_id: str, holiday_id: str) -> str:
    """What it does to delete a holiday, and the button."""
    row = setup.one(actor, holidays.CALENDAR, holiday_calendar_id)
    holiday = setup.one(actor, holidays.HOLIDAY, holiday_id)
    if holiday["calendar_id"] != holiday_calendar_id:
        raise NotFound()
    effects = holiday_effects.effects(actor, holiday_calendar_id, removed=[holiday_id])
    return render_template(
        "admin/attendance/holiday_delete.html", row=row, holiday=holiday, effects=effects, kinds=KINDS, words=words
    )


def _shown(actor: Actor, row: dict[str, Any], year: int) -> dict[str, Any]:
    names = holidays.names(actor)
    found = holidays.holidays_between(actor, row["id"], date(year, 1, 1), date(year, 12, 31))
    teams = groups.names(actor)
    return {
        "row": row,
        "year": year,
        "found": sorted(found.items()),
        "names": names,
        "used_by": [teams[one] for one in sorted(holidays.groups_of(actor, row["id"])) if one in teams],
        "parent": names.get(row["parent_id"] or ""),
        "kinds": KINDS,
        "weekdays": WEEKDAYS,
        "words": words,
        "upload": Import(formdata=None),
    }


@blueprint.page(f"{_CALENDAR}/import", methods=("GET", "POST"), scope=SCOPE)
def attendance_calendar_import(actor: Actor, holiday_calendar_id: str) -> Any:
    row = setup.one(actor, holidays.CALENDAR, holiday_calendar_id)
    form, effects = Import(), None
    if form.validate_on_submit():
        with form.attempt():
            if not _looks():
                counts = holding.import_holidays(actor, holiday_calendar_id, form.ics.data)
                flash(gettext("%(added)s added, %(changed)s changed, %(skipped)s left out.", **counts), "success")
                return go("attendance_calendar", holiday_calendar_id=holiday_calendar_id)
            effects = holiday_effects.effects(actor, holiday_calendar_id, put=holding.in_file(form.ics.data)[0])
    shown = {"row": row, "effects": effects, "kinds": KINDS, "words": words}
    return form.page("admin/attendance/calendar_import.html", **shown)


@blueprint.page(f"{_CALENDAR}/holidays.ics", scope=SCOPE)
def attendance_calendar_file(actor: Actor, holiday_calendar_id: str) -> Any:
    row = setup.one(actor, holidays.CALENDAR, holiday_calendar_id)
    body = ics.write(row["name"], holidays.holidays_of(actor, holiday_calendar_id), row["id"])
    return file_response(Download(iter([body]), "holidays.ics", "text/calendar; charset=utf-8", len(body)))


@blueprint.page(f"{_HOLIDAY}/delete", methods=("POST",), scope=SCOPE)
def attendance_holiday_delete(actor: Actor, holiday_calendar_id: str, holiday_id: str) -> Any:
    act(lambda: holding.delete_holiday(actor, holiday_calendar_id, holiday_id, None), gettext("Deleted."))
    return go("attendance_calendar", holiday_calendar_id=holiday_calendar_id)


@blueprint.page(f"{_CALENDAR}/delete", methods=("POST",), scope=SCOPE)
def attendance_calendar_delete(actor: Actor, holiday_calendar_id: str) -> Any:
    if act(lambda: holding.delete_calendar(actor, holiday_calendar_id, None), gettext("Deleted.")):
        return go("attendance_holidays")
    return go("attendance_calendar", holiday_calendar_id=holiday_calendar_id)
