"""Where one may clock: places, Wi-Fi networks and devices."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, select

from portico.domains.attendance import events
from portico.domains.attendance.errors.rules import InUse, NameTaken
from portico.domains.attendance.models import (
    AttendanceDevice,
    AttendanceGroupVersion,
    AttendanceLocation,
    AttendanceWifi,
)
from portico.domains.attendance.queries import setup
from portico.domains.attendance.service import keeping
from portico.domains.attendance.service.keeping import Kept
from portico.kernel import clock, secrets
from portico.kernel.actor import Actor
from portico.kernel.unit_of_work import session

_LOCATION = cast(Table, AttendanceLocation.__table__)
_version = AttendanceGroupVersion.__table__.c
LOCATION = Kept(_LOCATION, "loc", events.LOCATION_CREATED, events.LOCATION_UPDATED, events.LOCATION_DELETED)
WIFI = Kept(cast(Table, AttendanceWifi.__table__), "wif", events.WIFI_CREATED, events.WIFI_UPDATED, events.WIFI_DELETED)
DEVICE = Kept(
    cast(Table, AttendanceDevice.__table__),
    "atd",
    events.DEVICE_CREATED,
    events.DEVICE_UPDATED,
    events.DEVICE_DELETED,
    NameTaken,
)
KEY_PREFIX = "pak_"


def create_location(actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    return keeping.create(actor, LOCATION, values)


def update_location(actor: Actor, row_id: str, values: dict[str, Any], expected: int | None) -> dict[str, Any]:
    return keeping.change(actor, LOCATION, row_id, values, expected)


def delete_location(actor: Actor, row_id: str, expected: int | None) -> None:
    _require_unnamed(actor, "location_ids", row_id)
    keeping.remove(actor, LOCATION, row_id, expected)


def create_wifi(actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    _require_location(actor, values)
    return keeping.create(actor, WIFI, values)


def update_wifi(actor: Actor, row_id: str, values: dict[str, Any], expected: int | None) -> dict[str, Any]:
    _require_location(actor, values)
    return keeping.change(actor, WIFI, row_id, values, expected)


def delete_wifi(actor: Actor, row_id: str, expected: int | None) -> None:
    _require_unnamed(actor, "wifi_ids", row_id)
    keeping.remove(actor, WIFI, row_id, expected)


def create_device(actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    """A device with its key, which is shown here and never again."""
    _require_location(actor, values)
    key = secrets.new_token(KEY_PREFIX)
    made = keeping.create(actor, DEVICE, {**values, **_key(key), "disabled_at": None})
    return {**made, "key": key}


def _key(key: str) -> dict[str, Any]:
    return {"key_digest": secrets.digest(key), "key_hint": f"…{key[-4:]}"}


def update_device(actor: Actor, row_id: str, values: dict[str, Any], expected: int | None) -> dict[str, Any]:
    _require_location(actor, values)
    wanted = {name: value for name, value in values.items() if name != "disabled"}
    if "disabled" in values:
        before = setup.one(actor, DEVICE.table, row_id)
        if values["disabled"] != (before["disabled_at"] is not None):
            wanted["disabled_at"] = clock.now() if values["disabled"] else None
    return keeping.change(actor, DEVICE, row_id, wanted, expected)


def renew_device_key(actor: Actor, row_id: str) -> dict[str, Any]:
    """Another key; the one before lets nothing in any more."""
    key = secrets.new_token(KEY_PREFIX)
    return {**keeping.change(actor, DEVICE, row_id, _key(key), None), "key": key}


def delete_device(actor: Actor, row_id: str, expected: int | None) -> None:
    _require_unnamed(actor, "device_ids", row_id)
    keeping.remove(actor, DEVICE, row_id, expected)


def _require_location(actor: Actor, values: dict[str, Any]) -> None:
    setup.require_there(actor, _LOCATION, [values.get("location_id")], "/location_id")


def _require_unnamed(actor: Actor, policy: str, row_id: str) -> None:
    """No group names it. Raises InUse."""
    rows = session().scalars(select(_version.policies).where(_version.workspace_id == actor.workspace_id))
    if any(row_id in policies[policy] for policies in rows):
        raise InUse("An attendance group names it; take it out there first.")
