"""Breaks, and when and how this person is told."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from flask import flash, redirect, request
from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField, SelectField, StringField, TimeField
from wtforms.validators import Length, Optional

from portico.domains.directory import presence, working_hours
from portico.domains.directory import service as directory
from portico.domains.directory.presence_schemas import LONGEST_BREAK
from portico.domains.notifications import queries, service
from portico.domains.notifications.kinds import KINDS
from portico.domains.notifications.schemas import NotificationPolicyPut
from portico.domains.notifications.senders import SENDERS
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.schemas import load
from portico.kernel.text import N_
from portico.portal.blueprint import blueprint
from portico.portal.browsers import own_browsers
from portico.portal.notifications import READ, back
from portico.web.forms import Form, strip, version_in
from portico.web.language import zones
from portico.web.navigation import Entry
from portico.web.pages import workspace_url

MENU = [Entry("account", N_("Notifications"), "bell", "portal.notification_settings", 15, scope=READ)]
MORNING = time(8)
"""When a break until tomorrow ends for who has no working hours on that day."""
_DAYS = {
    "mon": lazy_gettext("Monday"),
    "tue": lazy_gettext("Tuesday"),
    "wed": lazy_gettext("Wednesday"),
    "thu": lazy_gettext("Thursday"),
    "fri": lazy_gettext("Friday"),
    "sat": lazy_gettext("Saturday"),
    "sun": lazy_gettext("Sunday"),
}
_TIME = r"(\d{1,2})(?:[:.](\d{2}))?"
_INTERVAL = re.compile(rf"\s*{_TIME}\s*[-\u2013\u2014~\uff5e]\s*{_TIME}\s*", re.ASCII)


@blueprint.page("/presence/break", methods=("POST",), scope="presence:write")
def take_break(actor: Actor) -> Response:
    """So many minutes, or until tomorrow."""
    asked = request.form.get("minutes") or ""
    minutes = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else _until_tomorrow(actor)
    directory.take_break(actor, minutes=min(max(minutes, 1), LONGEST_BREAK))
    flash(gettext("Enjoy your break. What comes meanwhile waits for you."), "success")
    return back("portal.home")


def _until_tomorrow(actor: Actor) -> int:
    """To the first of tomorrow's working hours, in the person's zone."""
    now = clock.now()
    (known,) = presence.facts_of(actor.workspace_id, [actor.employee_id or ""], now, seen=False)
    day = (now.astimezone(known.zone) + timedelta(days=1)).date()
    begins = working_hours.spans(known.hours or {}, known.zone, day)
    until = begins[0][0] if begins else _morning(day, known.zone)
    return -int((now - until).total_seconds() // 60)


def _morning(day: Any, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, MORNING, zone)


@blueprint.page("/presence/break/end", methods=("POST",), scope="presence:write")
def end_break(actor: Actor) -> Response:
    directory.end_break(actor)
    flash(gettext("Welcome back."), "success")
    return back("portal.home")


def _hours_field(day: str) -> StringField:
    return StringField(_DAYS[day], [Length(max=200)], filters=[strip])


class QuietHours(Form):
    """The intervals of a day are one line: `9:00-12:30, 13:30-18:00`."""

    pointers: ClassVar = {f"/working_hours/{day}": day for day in working_hours.WEEKDAYS}

    mon, tue, wed, thu, fri, sat, sun = (_hours_field(day) for day in working_hours.WEEKDAYS)
    timezone = SelectField(lazy_gettext("Time zone"))
    hold_outside = BooleanField(
        lazy_gettext("Hold what comes outside of these hours"),
        description=lazy_gettext("It stands in your inbox at once, but neither rings nor leaves by mail until then."),
    )
    digest_at = TimeField(
        lazy_gettext("Send me what was held at"),
        [Optional()],
        description=lazy_gettext("On days with hours. Left empty, it comes when your hours begin."),
    )
    urgent_allowed = BooleanField(
        lazy_gettext("Urgent things may reach me all the same"),
        description=lazy_gettext("Few people may send them, and you see who did under What can be seen about me."),
    )
    version = HiddenField()

    def hours(self) -> dict[str, Any]:
        """By day; what cannot be read marks its field."""
        found: dict[str, Any] = {}
        for day in working_hours.WEEKDAYS:
            text = self[day].data or ""
            intervals = read_intervals(text)
            if intervals is None:
                self[day].errors = [gettext("Write it as 9:00-12:30, 13:30-18:00.")]
            elif intervals:
                found[day] = intervals
        return found


def read_intervals(text: str) -> list[dict[str, str]] | None:
    """`9-12:30, 13:30-18` → intervals; None for what is none."""
    found = []
    for part in re.split(r"[,;\uff0c\u3001\uff1b]", text) if text.strip() else []:
        read = _INTERVAL.fullmatch(part)
        if read is None:
            return None
        start, start_minutes, end, end_minutes = read.groups(default="00")
        found.append({"from": f"{start:0>2}:{start_minutes}", "to": f"{end:0>2}:{end_minutes}"})
    return found


def _shown(policy: dict[str, Any]) -> dict[str, Any]:
    """The policy as the form has it."""
    lines = {
        day: ", ".join(f"{each['from']}-{each['to']}" for each in policy["working_hours"].get(day, ()))
        for day in working_hours.WEEKDAYS
    }
    return {
        **lines,
        "timezone": policy["timezone"] or "",
        "hold_outside": policy["hold_outside"],
        "digest_at": time.fromisoformat(policy["digest_at"]) if policy["digest_at"] else None,
        "urgent_allowed": policy["urgent_allowed"],
        "version": policy["version"],
    }


@blueprint.page("/notifications/settings", methods=("GET", "POST"), scope=READ)
def notification_settings(actor: Actor) -> Any:
    """Quiet hours, and for each kind by which ways it comes."""
    policy, mutes = queries.policy_of(actor), queries.mutes_of(actor)
    form = QuietHours(**_shown(policy))
    form.timezone.choices = [("", gettext("As in your profile")), *((zone, zone) for zone in zones())]
    if form.validate_on_submit():
        hours = form.hours()
        if not form.errors:
            with form.attempt():
                _save(actor, form, hours)
                flash(gettext("Saved."), "success")
                return redirect(workspace_url("portal.notification_settings"), 303)
    return form.page(
        "portal/notifications/settings.html",
        days=working_hours.WEEKDAYS,
        kinds=_kinds(policy["channels"], mutes["kinds"], request.form if request.method == "POST" else None),
        browsers=own_browsers(actor),
        ways=[(sender.name, gettext(sender.title)) for sender in SENDERS],
        muted_apps=[(one, queries.apps_of(actor).get(one) or one) for one in mutes["installation_ids"]],
    )


def _save(actor: Actor, form: QuietHours, hours: dict[str, Any]) -> None:
    asked = {
        "working_hours": hours,
        "timezone": form.timezone.data or None,
        "hold_outside": bool(form.hold_outside.data),
        "digest_at": f"{form.digest_at.data:%H:%M}" if form.digest_at.data else None,
        "urgent_allowed": bool(form.urgent_allowed.data),
        "channels": _chosen(request.form),
    }
    values = load(NotificationPolicyPut(), asked)
    service.put_policy(actor, values, expected_version=version_in(form.version.data))
    wanted = set(request.form.getlist("muted"))
    kinds = {each.name for each in KINDS if each.mutable}
    service.change_mutes(actor, mute={"kinds": sorted(kinds & wanted)}, unmute={"kinds": sorted(kinds - wanted)})


def _chosen(form: MultiDict[str, str]) -> dict[str, list[str]]:
    """The kinds whose ways are not those of the kind itself."""
    ticked = set(form.getlist("ways"))
    found = {each.name: [way.name for way in SENDERS if f"{each.name} {way.name}" in ticked] for each in KINDS}
    return {name: ways for name, ways in found.items() if set(ways) != set(KINDS[name].channels)}


def _kinds(channels: dict[str, list[str]], muted: list[str], sent: MultiDict[str, str] | None) -> list[dict[str, Any]]:
    """The kinds as the table shows them: as they are, or as the person ticked them in a form that was refused."""
    if sent is not None:
        channels, muted = _chosen(sent), sent.getlist("muted")
    return [
        {
            "name": each.name,
            "title": gettext(each.title),
            "ways": channels.get(each.name, list(each.channels)),
            "mutable": each.mutable,
            "muted": each.name in muted,
        }
        for each in KINDS
    ]
