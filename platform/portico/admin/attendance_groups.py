"""Attendance groups: who is in them, by which shifts they work, where they clock, what counts."""

from __future__ import annotations

from typing import Any, ClassVar
from zoneinfo import available_timezones

from flask import flash, render_template
from flask_babel import gettext, lazy_gettext
from wtforms import DateField, IntegerField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange
from wtforms.validators import Optional as Empty

from portico.admin.attendance_days import GROUP, SCOPE
from portico.admin.blueprint import blueprint, go, here
from portico.admin.picker import EXCLUDE, INCLUDE, chosen, is_search, kept_depth, names_of_rules, picked, picker, rules
from portico.domains.attendance.queries import groups, holidays, setup, shifts
from portico.domains.attendance.schemas.groups import AttendanceGroupRules
from portico.domains.attendance.service import grouping, placing
from portico.kernel.actor import Actor
from portico.kernel.listing import MAX_LIMIT, ListQuery
from portico.kernel.schemas import load
from portico.kernel.text import N_
from portico.web.acting import act
from portico.web.forms import Form, MultiCheckboxField, one_line
from portico.web.lists import page_links, page_query
from portico.web.navigation import Entry

MENU = [Entry("admin", N_("Attendance groups"), "users-round", "admin.attendance_groups", 41, scope=SCOPE, group=GROUP)]
_GROUP = '/attendance/groups/<id("atg"):attendance_group_id>'
KINDS = {
    "fixed": N_("By the week: the same shifts every Monday, every Tuesday …"),
    "roster": N_("By the roster: somebody plans each day"),
    "free": N_("Freely: only the hours are counted"),
}
WEEKDAYS = (
    *(N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday")),
    *(N_("Friday"), N_("Saturday"), N_("Sunday")),
)
METHODS = {
    "web": N_("In the portal"),
    "mobile": N_("By phone"),
    "kiosk": N_("At a kiosk"),
    "device": N_("At a terminal"),
    "api": N_("By an app"),
}
_ZONES = sorted(available_timezones())
_MOST = ListQuery(limit=MAX_LIMIT)


def _choices(known: dict[str, str]) -> list[tuple[str, Any]]:
    return [(name, lazy_gettext(label)) for name, label in known.items()]


class Rules(Form):
    """By steps: how they work, where they clock, what counts."""

    pointers: ClassVar = {
        **{f"/rules/week/{day}": f"day_{day}" for day in range(7)},
        "/rules/week": "day_0",
        "/rules/timezone": "timezone",
        "/rules/target_minutes": "target_hours",
        "/rules/punch_methods": "punch_methods",
    }

    kind = SelectField(lazy_gettext("How do they work?"), choices=_choices(KINDS))
    timezone = SelectField(lazy_gettext("Time zone"), choices=[(one, one) for one in _ZONES])
    day_0 = MultiCheckboxField(lazy_gettext("Monday"))
    day_1 = MultiCheckboxField(lazy_gettext("Tuesday"))
    day_2 = MultiCheckboxField(lazy_gettext("Wednesday"))
    day_3 = MultiCheckboxField(lazy_gettext("Thursday"))
    day_4 = MultiCheckboxField(lazy_gettext("Friday"))
    day_5 = MultiCheckboxField(lazy_gettext("Saturday"))
    day_6 = MultiCheckboxField(lazy_gettext("Sunday"))
    target_hours = IntegerField(lazy_gettext("Hours a day should come to"), [Empty(), NumberRange(0, 24)])
    holiday_calendar_id = SelectField(lazy_gettext("Holidays"))
    counting = SelectField(
        lazy_gettext("What counts as work"),
        choices=[
            ("first_last", lazy_gettext("From the first clock-in to the last clock-out, less breaks")),
            ("every_pair", lazy_gettext("Only the stretches between a clock-in and its clock-out")),
        ],
    )
    punch_methods = MultiCheckboxField(lazy_gettext("How one may clock"), choices=_choices(METHODS))
    location_ids = MultiCheckboxField(lazy_gettext("At these places"))
    wifi_ids = MultiCheckboxField(lazy_gettext("In these Wi-Fi networks"))
    device_ids = MultiCheckboxField(lazy_gettext("At these devices"))
    field_punch = SelectField(
        lazy_gettext("From elsewhere"),
        choices=[
            ("no", lazy_gettext("is not allowed")),
            ("approval", lazy_gettext("waits for approval")),
            ("allowed", lazy_gettext("is allowed")),
        ],
    )
    no_evidence = SelectField(
        lazy_gettext("When a device tells no position"),
        choices=[
            ("pending", lazy_gettext("it waits for approval")),
            ("allow", lazy_gettext("it counts")),
            ("reject", lazy_gettext("it is refused")),
        ],
    )
    overtime_mode = SelectField(
        lazy_gettext("Work beyond the plan"),
        choices=[
            ("approved", lazy_gettext("counts as far as it was approved")),
            ("actual", lazy_gettext("counts all")),
            ("none", lazy_gettext("does not count")),
        ],
    )
    overtime_minutes = IntegerField(
        lazy_gettext("Overtime begins at minutes"), [InputRequired(), NumberRange(0, 1440)], default=0
    )
    per_month = IntegerField(
        lazy_gettext("Corrections a person may ask for in a month"), [Empty(), NumberRange(0, 100)]
    )
    within_days = IntegerField(lazy_gettext("Corrections within so many days"), [Empty(), NumberRange(0, 366)])

    def offer(self, actor: Actor) -> None:
        """What there is to choose from."""
        found = [(row["id"], row["name"]) for row in shifts.all_shifts(actor)]
        for day in range(7):
            self[f"day_{day}"].choices = found
        calendars = [(one, name) for one, name in holidays.names(actor).items()]
        self.holiday_calendar_id.choices = [("", gettext("None")), *calendars]
        for field, kept, listing, label in (
            (self.location_ids, placing.LOCATION, setup.LOCATIONS, "name"),
            (self.wifi_ids, placing.WIFI, setup.WIFI, "ssid"),
            (self.device_ids, placing.DEVICE, setup.DEVICES, "name"),
        ):
            rows = setup.page_of(actor, kept.table, listing, _MOST).rows
            field.choices = [(row["id"], row[label]) for row in rows]

    def rules(self, members: dict[str, Any], before: dict[str, Any] | None = None) -> dict[str, Any]:
        """As the API takes them; what the form does not show stays as it was. Raises Invalid."""
        kind = self.kind.data
        given: dict[str, Any] = {
            **{name: (before or {})[name] for name in ("pairing", "photo_policy", "work_days") if before},
            "kind": kind,
            "timezone": self.timezone.data,
            "members": members,
            **({"week": [self[f"day_{day}"].data or [] for day in range(7)]} if kind == "fixed" else {}),
            "holiday_calendar_id": self.holiday_calendar_id.data or None,
            "target_minutes": (self.target_hours.data or 0) * 60 if kind == "free" else 0,
            "overtime": {"mode": self.overtime_mode.data, "min_minutes": self.overtime_minutes.data},
            "correction": {
                **((before or {}).get("correction") or {}),
                "per_month": self.per_month.data,
                "within_days": self.within_days.data,
            },
        }
        for name in (
            "counting",
            "punch_methods",
            "location_ids",
            "wifi_ids",
            "device_ids",
            "field_punch",
            "no_evidence",
        ):
            given[name] = self[name].data
        return dict(load(AttendanceGroupRules(), given, "/rules"))

    @staticmethod
    def filled(rules: dict[str, Any]) -> dict[str, Any]:
        names = ("kind", "timezone", "counting", "punch_methods", "location_ids", "wifi_ids", "device_ids")
        return {
            **{name: rules[name] for name in (*names, "field_punch", "no_evidence")},
            **{f"day_{day}": found for day, found in enumerate(rules["week"])},
            "target_hours": rules["target_minutes"] // 60 or None,
            "holiday_calendar_id": rules["holiday_calendar_id"] or "",
            "overtime_mode": rules["overtime"]["mode"],
            "overtime_minutes": rules["overtime"]["min_minutes"],
            "per_month": rules["correction"]["per_month"],
            "within_days": rules["correction"]["within_days"],
        }


class NewGroup(Rules):
    name = StringField(lazy_gettext("Name"), [DataRequired(), Length(max=100)], filters=[one_line])
    priority = IntegerField(
        lazy_gettext("Priority"),
        [InputRequired(), NumberRange(0, 1000)],
        default=0,
        description=lazy_gettext("Who fits several groups is in the one with the greatest number."),
    )
    effective_from = DateField(lazy_gettext("From this date on"), [DataRequired()])


class OtherRules(Rules):
    effective_from = DateField(
        lazy_gettext("From this date on"),
        [DataRequired()],
        description=lazy_gettext("Days before keep the rules that they had."),
    )


class About(Form):
    name = StringField(lazy_gettext("Name"), [DataRequired(), Length(max=100)], filters=[one_line])
    priority = IntegerField(
        lazy_gettext("Priority"),
        [InputRequired(), NumberRange(0, 1000)],
        description=lazy_gettext("Who fits several groups is in the one with the greatest number."),
    )
    ends_on = DateField(lazy_gettext("Ends with the day before"), [Empty()])


def _members(before: dict[str, Any] | None) -> dict[str, Any]:
    """What is ticked, and the rules that this page does not show: of roles and of conditions."""
    was = before or {"include": [], "exclude": []}
    found = {}
    for effect in (INCLUDE, EXCLUDE):
        kept = [rule for rule in was[effect] if rule["kind"] in ("role", "predicate", "all")]
        found[effect] = [*kept_depth(rules(picked(effect)), was[effect]), *kept]
    return found


def _pickers(actor: Actor, members: dict[str, Any] | None) -> list[Any]:
    was = members or {"include": [], "exclude": []}
    shown = {effect: [rule for rule in was[effect] if "id" in rule] for effect in (INCLUDE, EXCLUDE)}
    return [picker(actor, chosen(shown[effect], effect), name=effect) for effect in (INCLUDE, EXCLUDE)]


@blueprint.page("/attendance/groups", scope=SCOPE)
def attendance_groups(actor: Actor) -> str:
    found = groups.page_of_groups(actor, page_query(setup.GROUPS))
    overlaps = groups.overlaps(actor, setup.today(actor), ListQuery(limit=50))
    return render_template(
        "admin/attendance/groups.html",
        rows=found.rows,
        links=page_links(found),
        overlaps=overlaps.rows,
        names=groups.names(actor),
        kinds=KINDS,
    )


@blueprint.page("/attendance/groups/new", methods=("GET", "POST"), scope=SCOPE)
def attendance_groups_new(actor: Actor) -> Any:
    today = setup.today(actor)
    zone = setup.zone(actor)
    form = NewGroup(effective_from=today, timezone=zone, punch_methods=["web", "mobile", "kiosk", "device"])
    form.offer(actor)
    if not is_search() and form.validate_on_submit():
        with form.attempt():
            values = {
                "name": form.name.data,
                "priority": form.priority.data,
                "effective_from": form.effective_from.data,
            }
            row = grouping.create_group(actor, {**values, "rules": form.rules(_members(None))})
            flash(gettext("%(name)s is made.", name=row["name"]), "success")
            return go("attendance_group", attendance_group_id=row["id"])
    return form.page(
        "admin/attendance/group_new.html",
        pickers=_pickers(actor, None),
        weekdays=WEEKDAYS,
        back=here("attendance_groups"),
    )


@blueprint.page(_GROUP, methods=("GET", "POST"), scope=SCOPE)
def attendance_group(actor: Actor, attendance_group_id: str) -> Any:
    row = groups.group(actor, attendance_group_id)
    form = About(name=row["name"], priority=row["priority"], ends_on=row["ends_on"])
    if form.validate_on_submit():
        with form.attempt():
            values = {"name": form.name.data, "priority": form.priority.data, "ends_on": form.ends_on.data}
            grouping.update_group(actor, attendance_group_id, values, None)
            flash(gettext("Saved."), "success")
            return go("attendance_group", attendance_group_id=attendance_group_id)
    found = groups.members_of(actor, attendance_group_id, setup.today(actor), page_query(groups.ASSIGNMENTS))
    members = row["current"]["rules"]["members"]
    known = {one["id"]: one["name"] for one in shifts.all_shifts(actor, archived=True)}
    return form.page(
        "admin/attendance/group.html",
        row=row,
        rules=row["current"]["rules"],
        versions=groups.versions_of(actor, attendance_group_id)[::-1],
        people=found.rows,
        links=page_links(found),
        included=names_of_rules(actor, [one for one in members["include"] if "id" in one and one["kind"] != "role"]),
        excluded=names_of_rules(actor, [one for one in members["exclude"] if "id" in one and one["kind"] != "role"]),
        shifts=known,
        calendars=holidays.names(actor),
        weekdays=WEEKDAYS,
        kinds=KINDS,
        methods=METHODS,
        today=setup.today(actor),
    )


@blueprint.page(f"{_GROUP}/rules", methods=("GET", "POST"), scope=SCOPE)
def attendance_group_rules(actor: Actor, attendance_group_id: str) -> Any:
    row = groups.group(actor, attendance_group_id)
    before = row["current"]["rules"]
    form = OtherRules(effective_from=setup.today(actor), **Rules.filled(before))
    form.offer(actor)
    if not is_search() and form.validate_on_submit():
        with form.attempt():
            new = form.rules(_members(before["members"]), before)
            values = {"effective_from": form.effective_from.data, "rules": new}
            grouping.create_version(actor, attendance_group_id, values)
            flash(gettext("Saved. Days from then on are computed anew."), "success")
            return go("attendance_group", attendance_group_id=attendance_group_id)
    return form.page(
        "admin/attendance/group_rules.html", row=row, pickers=_pickers(actor, before["members"]), weekdays=WEEKDAYS
    )


@blueprint.page(f'{_GROUP}/versions/<id("agv"):version_id>/delete', methods=("POST",), scope=SCOPE)
def attendance_group_version_delete(actor: Actor, attendance_group_id: str, version_id: str) -> Any:
    act(lambda: grouping.delete_version(actor, attendance_group_id, version_id, None), gettext("Deleted."))
    return go("attendance_group", attendance_group_id=attendance_group_id)


@blueprint.page(f"{_GROUP}/delete", methods=("POST",), scope=SCOPE)
def attendance_group_delete(actor: Actor, attendance_group_id: str) -> Any:
    if act(lambda: grouping.delete_group(actor, attendance_group_id, None), gettext("Deleted.")):
        return go("attendance_groups")
    return go("attendance_group", attendance_group_id=attendance_group_id)
