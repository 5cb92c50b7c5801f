"""From rules, punches and overlays to a workday: pure functions over frozen values. No session, no clock, no Flask.

`plan_day` says what a date was meant to be, `instances` when that is in UTC and which punches could belong to it,
`attach` makes pairs, `workday` the day.
"""

from portico.domains.attendance.reckoning.day import DEFINITION_VERSION, Known, inputs_hash, next_edge, workday
from portico.domains.attendance.reckoning.instances import attended, instances, planned
from portico.domains.attendance.reckoning.instants import instant, local_date
from portico.domains.attendance.reckoning.pairing import DOUBLE_TAP, LONGEST_FREE, attach
from portico.domains.attendance.reckoning.planning import plan_day

__all__ = [
    "DEFINITION_VERSION",
    "DOUBLE_TAP",
    "LONGEST_FREE",
    "Known",
    "attach",
    "attended",
    "inputs_hash",
    "instances",
    "instant",
    "local_date",
    "next_edge",
    "plan_day",
    "planned",
    "workday",
]
