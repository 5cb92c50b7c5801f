"""The absences of a person and what else they asked for, as they see them themselves."""

from __future__ import annotations

from portico.domains.attendance.queries import absences as queries
from portico.domains.attendance.queries import requests
from portico.domains.attendance.schemas.absences import Absence
from portico.domains.attendance.schemas.requests import AttendanceCorrection, OvertimeRequest
from portico.kernel.actor import Actor
from portico.kernel.dump import dumper
from portico.kernel.exporting import Rows, of_a_person


@of_a_person("absences")
def absences(actor: Actor) -> Rows:
    return [dumper(Absence)(row) for row in queries.own_absences(actor)]


@of_a_person("overtime_requests")
def overtime(actor: Actor) -> Rows:
    return [dumper(OvertimeRequest)(row) for row in requests.own_overtime(actor)]


@of_a_person("attendance_corrections")
def corrections(actor: Actor) -> Rows:
    return [dumper(AttendanceCorrection)(row) for row in requests.own_corrections(actor)]
