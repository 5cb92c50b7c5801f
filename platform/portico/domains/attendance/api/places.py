"""Where one may clock, over the API."""

from __future__ import annotations

from typing import Any

from portico.domains.attendance.api.blueprint import ADMIN, blp
from portico.domains.attendance.queries import setup
from portico.domains.attendance.schemas import places as shapes
from portico.domains.attendance.service import placing
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery, Page
from portico.web.api import Created

_LOCATIONS, _WIFI, _DEVICES = "/attendance/locations", "/attendance/wifi", "/attendance/devices"
_LOCATION = f'{_LOCATIONS}/<id("loc"):location_id>'
_NETWORK = f'{_WIFI}/<id("wif"):wifi_id>'
_DEVICE = f'{_DEVICES}/<id("atd"):device_id>'


@blp.get(
    _LOCATIONS,
    scope=ADMIN,
    listing=setup.LOCATIONS,
    answer=shapes.AttendanceLocation,
    summary="List places for clocking",
)
def list_locations(actor: Actor, query: ListQuery) -> Page:
    return setup.page_of(actor, placing.LOCATION.table, setup.LOCATIONS, query)


@blp.post(
    _LOCATIONS,
    scope=ADMIN,
    body=shapes.AttendanceLocationCreate,
    answer=shapes.AttendanceLocation,
    status=201,
    summary="Add a place for clocking",
    refusals=("name_taken", "out_of_range"),
)
def create_location(actor: Actor, body: dict[str, Any]) -> Created:
    made = placing.create_location(actor, body)
    return Created(made, f"/api/v1{_LOCATIONS}/{made['id']}")


@blp.get(_LOCATION, scope=ADMIN, answer=shapes.AttendanceLocation, summary="Read a place for clocking")
def get_location(actor: Actor, location_id: str) -> Any:
    return setup.one(actor, placing.LOCATION.table, location_id)


@blp.patch(
    _LOCATION,
    scope=ADMIN,
    body=shapes.AttendanceLocationUpdate,
    answer=shapes.AttendanceLocation,
    versioned=True,
    summary="Change a place for clocking",
    refusals=("name_taken", "out_of_range"),
)
def update_location(actor: Actor, location_id: str, body: dict[str, Any], expected_version: int | None) -> Any:
    return placing.update_location(actor, location_id, body, expected_version)


@blp.delete(
    _LOCATION,
    scope=ADMIN,
    versioned=True,
    status=204,
    summary="Delete a place for clocking",
    refusals=("in_use", "out_of_range"),
)
def delete_location(actor: Actor, location_id: str, expected_version: int | None) -> None:
    placing.delete_location(actor, location_id, expected_version)


@blp.get(_WIFI, scope=ADMIN, listing=setup.WIFI, answer=shapes.AttendanceWifi, summary="List Wi-Fi networks")
def list_wifi(actor: Actor, query: ListQuery) -> Page:
    return setup.page_of(actor, placing.WIFI.table, setup.WIFI, query)


@blp.post(
    _WIFI,
    scope=ADMIN,
    body=shapes.AttendanceWifiCreate,
    answer=shapes.AttendanceWifi,
    status=201,
    summary="Add a Wi-Fi network",
    refusals=("name_taken", "out_of_range"),
)
def create_wifi(actor: Actor, body: dict[str, Any]) -> Created:
    """Known by the address of its access point, in whatever way it is written."""
    made = placing.create_wifi(actor, body)
    return Created(made, f"/api/v1{_WIFI}/{made['id']}")


@blp.get(_NETWORK, scope=ADMIN, answer=shapes.AttendanceWifi, summary="Read a Wi-Fi network")
def get_wifi(actor: Actor, wifi_id: str) -> Any:
    return setup.one(actor, placing.WIFI.table, wifi_id)


@blp.patch(
    _NETWORK,
    scope=ADMIN,
    body=shapes.AttendanceWifiUpdate,
    answer=shapes.AttendanceWifi,
    versioned=True,
    summary="Change a Wi-Fi network",
    refusals=("name_taken", "out_of_range"),
)
def update_wifi(actor: Actor, wifi_id: str, body: dict[str, Any], expected_version: int | None) -> Any:
    return placing.update_wifi(actor, wifi_id, body, expected_version)


@blp.delete(
    _NETWORK,
    scope=ADMIN,
    versioned=True,
    status=204,
    summary="Delete a Wi-Fi network",
    refusals=("in_use", "out_of_range"),
)
def delete_wifi(actor: Actor, wifi_id: str, expected_version: int | None) -> None:
    placing.delete_wifi(actor, wifi_id, expected_version)


@blp.get(_DEVICES, scope=ADMIN, listing=setup.DEVICES, answer=shapes.AttendanceDevice, summary="List devices")
def list_devices(actor: Actor, query: ListQuery) -> Page:
    return setup.page_of(actor, placing.DEVICE.table, setup.DEVICES, query)


@blp.post(
    _DEVICES,
    scope=ADMIN,
    body=shapes.AttendanceDeviceCreate,
    answer=shapes.AttendanceDeviceWithKey,
    status=201,
    summary="Add a device",
    refusals=("name_taken", "out_of_range"),
)
def create_device(actor: Actor, body: dict[str, Any]) -> Created:
    """`key` is shown here and never again."""
    made = placing.create_device(actor, body)
    return Created(made, f"/api/v1{_DEVICES}/{made['id']}")


@blp.get(_DEVICE, scope=ADMIN, answer=shapes.AttendanceDevice, summary="Read a device")
def get_device(actor: Actor, device_id: str) -> Any:
    return setup.one(actor, placing.DEVICE.table, device_id)


@blp.patch(
    _DEVICE,
    scope=ADMIN,
    body=shapes.AttendanceDeviceUpdate,
    answer=shapes.AttendanceDevice,
    versioned=True,
    summary="Change a device",
    refusals=("name_taken", "out_of_range"),
)
def update_device(actor: Actor, device_id: str, body: dict[str, Any], expected_version: int | None) -> Any:
    return placing.update_device(actor, device_id, body, expected_version)


@blp.post(
    f"{_DEVICE}/key",
    scope=ADMIN,
    answer=shapes.AttendanceDeviceWithKey,
    summary="Give a device another key",
    refusals=("out_of_range",),
)
def renew_device_key(actor: Actor, device_id: str) -> Any:
    """The one before lets nothing in any more. `key` is shown here and never again."""
    return placing.renew_device_key(actor, device_id)


@blp.delete(
    _DEVICE,
    scope=ADMIN,
    versioned=True,
    status=204,
    summary="Delete a device",
    refusals=("in_use", "out_of_range"),
)
def delete_device(actor: Actor, device_id: str, expected_version: int | None) -> None:
    placing.delete_device(actor, device_id, expected_version)
