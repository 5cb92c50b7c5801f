"""Shapes of where one may clock."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from portico.kernel.dump import InstantField
from portico.kernel.schemas import Input, Name, Reference

_BSSID = re.compile(r"[0-9a-f]{12}")


class Bssid(fields.String):
    """The address of an access point, however it is written: kept as `aa:bb:cc:dd:ee:ff`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        digits = re.sub(r"[:.\-\s]", "", super()._deserialize(value, attr, data, **kwargs)).lower()
        if not _BSSID.fullmatch(digits):
            raise ValidationError("Give twelve hexadecimal digits, such as aa:bb:cc:dd:ee:ff.")
        return ":".join(digits[place : place + 2] for place in range(0, 12, 2))


class AttendanceLocation(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)
    lat = fields.Float(required=True)
    lng = fields.Float(required=True)
    radius_m = fields.Integer(required=True)
    min_accuracy_m = fields.Integer(required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)


_LAT = validate.Range(-90, 90)
_LNG = validate.Range(-180, 180)
_RADIUS = validate.Range(20, 2000)
_ACCURACY = validate.Range(1, 5000)


class AttendanceLocationCreate(Input):
    """A circle of 20 to 2,000 metres. A position less exact than `min_accuracy_m` proves nothing."""

    name = Name(longest=100, required=True)
    lat = fields.Float(required=True, validate=_LAT)
    lng = fields.Float(required=True, validate=_LNG)
    radius_m = fields.Integer(strict=True, load_default=200, validate=_RADIUS)
    min_accuracy_m = fields.Integer(strict=True, load_default=100, validate=_ACCURACY)


class AttendanceLocationUpdate(Input):
    name = Name(longest=100)
    lat = fields.Float(validate=_LAT)
    lng = fields.Float(validate=_LNG)
    radius_m = fields.Integer(strict=True, validate=_RADIUS)
    min_accuracy_m = fields.Integer(strict=True, validate=_ACCURACY)


class AttendanceWifi(Schema):
    id = fields.String(required=True)
    ssid = fields.String(required=True)
    bssid = fields.String(required=True)
    location_id = fields.String(allow_none=True, required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)


class AttendanceWifiCreate(Input):
    ssid = Name(longest=64, required=True)
    bssid = Bssid(required=True)
    location_id = Reference("loc", allow_none=True, load_default=None)


class AttendanceWifiUpdate(Input):
    ssid = Name(longest=64)
    bssid = Bssid()
    location_id = Reference("loc", allow_none=True)


class AttendanceDevice(Schema):
    """`key_hint`: how its key ends. The key itself is shown once, where it is made."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    location_id = fields.String(allow_none=True, required=True)
    key_hint = fields.String(required=True)
    disabled_at = InstantField(allow_none=True, required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)


class AttendanceDeviceWithKey(AttendanceDevice):
    key = fields.String(required=True)


class AttendanceDeviceCreate(Input):
    name = Name(longest=100, required=True)
    location_id = Reference("loc", allow_none=True, load_default=None)


class AttendanceDeviceUpdate(Input):
    """`disabled`: its key lets nothing in any more, until it is taken back."""

    name = Name(longest=100)
    location_id = Reference("loc", allow_none=True)
    disabled = fields.Boolean()
