# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/attendance.py: change that instead.
"""Attendance, by what it is about: `client.attendance.shifts` and so on."""

from __future__ import annotations

from functools import cached_property

from portico_sdk.aio.resources._base import ResourceAPI
from portico_sdk.aio.resources.attendance_days import AttendancePeriods, AttendanceReports, Workdays
from portico_sdk.aio.resources.attendance_groups import AttendanceGroups
from portico_sdk.aio.resources.attendance_places import AttendanceDevices, AttendanceLocations, AttendanceWifiNetworks
from portico_sdk.aio.resources.attendance_shifts import Roster, Shifts


class Attendance(ResourceAPI):
    """Rules, punches and days."""

    @cached_property
    def shifts(self) -> Shifts:
        return Shifts(self._transport)

    @cached_property
    def roster(self) -> Roster:
        return Roster(self._transport)

    @cached_property
    def groups(self) -> AttendanceGroups:
        return AttendanceGroups(self._transport)

    @cached_property
    def locations(self) -> AttendanceLocations:
        return AttendanceLocations(self._transport)

    @cached_property
    def wifi(self) -> AttendanceWifiNetworks:
        return AttendanceWifiNetworks(self._transport)

    @cached_property
    def devices(self) -> AttendanceDevices:
        return AttendanceDevices(self._transport)

    @cached_property
    def workdays(self) -> Workdays:
        return Workdays(self._transport)

    @cached_property
    def periods(self) -> AttendancePeriods:
        return AttendancePeriods(self._transport)

    @cached_property
    def reports(self) -> AttendanceReports:
        return AttendanceReports(self._transport)
