"""Where one may clock: places on the map, Wi-Fi networks, and terminals with their keys."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import flash, render_template
from flask_babel import gettext, lazy_gettext
from wtforms import FloatField, IntegerField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from portico.admin.attendance_days import GROUP, SCOPE
from portico.admin.blueprint import blueprint, go
from portico.domains.attendance.queries import setup
from portico.domains.attendance.schemas import places
from portico.domains.attendance.service import placing
from portico.kernel.actor import Actor
from portico.kernel.listing import MAX_LIMIT, ListQuery
from portico.kernel.schemas import load
from portico.kernel.text import N_
from portico.web.acting import act
from portico.web.forms import Form, one_line
from portico.web.navigation import Entry

MENU = [Entry("admin", N_("Places and devices"), "map-pinned", "admin.attendance_places", 43, scope=SCOPE, group=GROUP)]
_LOCATION = '/attendance/places/<id("loc"):location_id>'
_MOST = ListQuery(limit=MAX_LIMIT)


class Location(Form):
    name = StringField(lazy_gettext("Name"), [DataRequired(), Length(max=100)], filters=[one_line])
    lat = FloatField(lazy_gettext("Latitude"), [InputRequired(), NumberRange(-90, 90)])
    lng = FloatField(lazy_gettext("Longitude"), [InputRequired(), NumberRange(-180, 180)])
    radius_m = IntegerField(lazy_gettext("Radius in metres"), [InputRequired(), NumberRange(20, 2000)], default=200)
    min_accuracy_m = IntegerField(
        lazy_gettext("A position counts when it is exact to metres"),
        [InputRequired(), NumberRange(1, 5000)],
        default=100,
    )

    def values(self) -> dict[str, Any]:
        return {name: self[name].data for name in ("name", "lat", "lng", "radius_m", "min_accuracy_m")}


class Wifi(Form):
    pointers: ClassVar = {"/bssid": "bssid"}

    ssid = StringField(lazy_gettext("Network name"), [DataRequired(), Length(max=64)], filters=[one_line])
    bssid = StringField(
        lazy_gettext("Address of the access point"),
        [DataRequired(), Length(max=40)],
        description=lazy_gettext("Such as aa:bb:cc:dd:ee:ff. A network name alone anybody can have."),
    )
    location_id = SelectField(lazy_gettext("At the place"))

    def values(self) -> dict[str, Any]:
        given = {"ssid": self.ssid.data, "bssid": self.bssid.data, "location_id": self.location_id.data or None}
        return dict(load(places.AttendanceWifiCreate(), given))


class Device(Form):
    name = StringField(lazy_gettext("Name"), [DataRequired(), Length(max=100)], filters=[one_line])
    location_id = SelectField(lazy_gettext("At the place"))

    def values(self) -> dict[str, Any]:
        return {"name": self.name.data, "location_id": self.location_id.data or None}


def _locations(actor: Actor) -> dict[str, str]:
    rows = setup.page_of(actor, placing.LOCATION.table, setup.LOCATIONS, _MOST).rows
    return {row["id"]: row["name"] for row in rows}


def _page(actor: Actor, key: dict[str, Any] | None = None) -> str:
    locations = setup.page_of(actor, placing.LOCATION.table, setup.LOCATIONS, _MOST).rows
    return render_template(
        "admin/attendance/places.html",
        locations=locations,
        names={row["id"]: row["name"] for row in locations},
        networks=setup.page_of(actor, placing.WIFI.table, setup.WIFI, _MOST).rows,
        devices=setup.page_of(actor, placing.DEVICE.table, setup.DEVICES, _MOST).rows,
        key=key,
    )


@blueprint.page("/attendance/places", scope=SCOPE)
def attendance_places(actor: Actor) -> str:
    return _page(actor)


@blueprint.page("/attendance/places/new", methods=("GET", "POST"), scope=SCOPE)
def attendance_places_new(actor: Actor) -> Any:
    form = Location()
    if form.validate_on_submit():
        with form.attempt():
            row = placing.create_location(actor, form.values())
            flash(gettext("%(name)s is made.", name=row["name"]), "success")
            return go("attendance_places")
    return form.page("admin/attendance/place.html", row=None)


@blueprint.page(_LOCATION, methods=("GET", "POST"), scope=SCOPE)
def attendance_place(actor: Actor, location_id: str) -> Any:
    row = setup.one(actor, placing.LOCATION.table, location_id)
    form = Location(**{name: row[name] for name in ("name", "lat", "lng", "radius_m", "min_accuracy_m")})
    if form.validate_on_submit():
        with form.attempt():
            placing.update_location(actor, location_id, form.values(), None)
            flash(gettext("Saved."), "success")
            return go("attendance_places")
    return form.page("admin/attendance/place.html", row=row)


@blueprint.page(f"{_LOCATION}/delete", methods=("POST",), scope=SCOPE)
def attendance_place_delete(actor: Actor, location_id: str) -> Any:
    act(lambda: placing.delete_location(actor, location_id, None), gettext("Deleted."))
    return go("attendance_places")


@blueprint.page("/attendance/wifi/new", methods=("GET", "POST"), scope=SCOPE)
def attendance_wifi_new(actor: Actor) -> Any:
    form = Wifi()
    form.location_id.choices = [("", gettext("None")), *_locations(actor).items()]
    if form.validate_on_submit():
        with form.attempt():
            placing.create_wifi(actor, form.values())
            flash(gettext("Saved."), "success")
            return go("attendance_places")
    return form.page("admin/attendance/wifi.html")


@blueprint.page('/attendance/wifi/<id("wif"):wifi_id>/delete', methods=("POST",), scope=SCOPE)
def attendance_wifi_delete(actor: Actor, wifi_id: str) -> Any:
    act(lambda: placing.delete_wifi(actor, wifi_id, None), gettext("Deleted."))
    return go("attendance_places")


@blueprint.page("/attendance/devices/new", methods=("GET", "POST"), scope=SCOPE)
def attendance_devices_new(actor: Actor) -> Any:
    """The page after this one shows the key, and no other does."""
    form = Device()
    form.location_id.choices = [("", gettext("None")), *_locations(actor).items()]
    if form.validate_on_submit():
        with form.attempt():
            made = placing.create_device(actor, form.values())
            return _page(actor, made)
    return form.page("admin/attendance/device.html")


_DEVICE = '/attendance/devices/<id("atd"):device_id>'


@blueprint.page(f"{_DEVICE}/key", methods=("POST",), scope=SCOPE)
def attendance_device_key(actor: Actor, device_id: str) -> str:
    return _page(actor, placing.renew_device_key(actor, device_id))


@blueprint.page(f"{_DEVICE}/delete", methods=("POST",), scope=SCOPE)
def attendance_device_delete(actor: Actor, device_id: str) -> Any:
    act(lambda: placing.delete_device(actor, device_id, None), gettext("Deleted."))
    return go("attendance_places")
