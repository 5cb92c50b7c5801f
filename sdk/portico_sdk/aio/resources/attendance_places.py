# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/attendance_places.py: change that instead.
"""Where one may clock: places, Wi-Fi networks and devices."""

from __future__ import annotations

from typing import Any

from portico_sdk._encoding import path
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI, given
from portico_sdk.models import AttendanceDevice, AttendanceLocation, AttendanceWifi


class AttendanceLocations(ResourceAPI):
    def list(
        self, *, sort: str | None = None, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> AsyncResults[AttendanceLocation]:
        asked = {"sort": sort, "limit": limit, "cursor": cursor}
        return self._list("/attendance/locations", AttendanceLocation.parse, asked, filters)

    async def get(self, location_id: str) -> AttendanceLocation:
        return await self._get(path("attendance", "locations", location_id), AttendanceLocation)

    async def create(
        self, *, name: str, lat: float, lng: float, idempotency_key: str | None = None, **fields: Any
    ) -> AttendanceLocation:
        body = {"name": name, "lat": lat, "lng": lng, **fields}
        return await self._post("/attendance/locations", AttendanceLocation, body, key=idempotency_key)

    async def update(self, location_id: str, *, if_match: str | None = None, **fields: Any) -> AttendanceLocation:
        return await self._patch(
            path("attendance", "locations", location_id), AttendanceLocation, fields, if_match=if_match
        )

    async def delete(self, location_id: str, *, if_match: str | None = None) -> None:
        await self._delete(path("attendance", "locations", location_id), if_match=if_match)


class AttendanceWifiNetworks(ResourceAPI):
    def list(
        self, *, sort: str | None = None, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> AsyncResults[AttendanceWifi]:
        asked = {"sort": sort, "limit": limit, "cursor": cursor}
        return self._list("/attendance/wifi", AttendanceWifi.parse, asked, filters)

    async def get(self, wifi_id: str) -> AttendanceWifi:
        return await self._get(path("attendance", "wifi", wifi_id), AttendanceWifi)

    async def create(
        self, *, ssid: str, bssid: str, location_id: str | None = None, idempotency_key: str | None = None
    ) -> AttendanceWifi:
        body = given(ssid=ssid, bssid=bssid, location_id=location_id)
        return await self._post("/attendance/wifi", AttendanceWifi, body, key=idempotency_key)

    async def update(self, wifi_id: str, *, if_match: str | None = None, **fields: Any) -> AttendanceWifi:
        return await self._patch(path("attendance", "wifi", wifi_id), AttendanceWifi, fields, if_match=if_match)

    async def delete(self, wifi_id: str, *, if_match: str | None = None) -> None:
        await self._delete(path("attendance", "wifi", wifi_id), if_match=if_match)


class AttendanceDevices(ResourceAPI):
    def list(
        self, *, sort: str | None = None, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> AsyncResults[AttendanceDevice]:
        asked = {"sort": sort, "limit": limit, "cursor": cursor}
        return self._list("/attendance/devices", AttendanceDevice.parse, asked, filters)

    async def get(self, device_id: str) -> AttendanceDevice:
        return await self._get(path("attendance", "devices", device_id), AttendanceDevice)

    async def create(
        self, *, name: str, location_id: str | None = None, idempotency_key: str | None = None
    ) -> AttendanceDevice:
        """`key` is in this answer and in no other."""
        body = given(name=name, location_id=location_id)
        return await self._post("/attendance/devices", AttendanceDevice, body, key=idempotency_key)

    async def renew_key(self, device_id: str) -> AttendanceDevice:
        return await self._post(path("attendance", "devices", device_id, "key"), AttendanceDevice)

    async def update(self, device_id: str, *, if_match: str | None = None, **fields: Any) -> AttendanceDevice:
        return await self._patch(path("attendance", "devices", device_id), AttendanceDevice, fields, if_match=if_match)

    async def delete(self, device_id: str, *, if_match: str | None = None) -> None:
        await self._delete(path("attendance", "devices", device_id), if_match=if_match)
