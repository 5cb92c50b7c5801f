"""Scopes of attendance, and whose days and punches an actor sees.

Scope first, person second: `attendance:read` shows one's own, `attendance.team:read` the days of who reports to one.
HR sees and changes all; an app sees the people in its data range, with the scope of the team.
"""

from __future__ import annotations

from portico.kernel.actor import Actor
from portico.kernel.errors import Forbidden
from portico.kernel.scopes import Scope
from portico.kernel.text import N_

PUNCH = Scope(
    "attendance:punch", N_("clock in and out for themselves"), roles=("employee",), risk="write", for_apps=False
)
READ = Scope("attendance:read", N_("see the attendance rules, punches and days of the person"), roles=("employee",))
TEAM_READ = Scope(
    "attendance.team:read", N_("see the punches and days of who reports to the person"), roles=("employee",)
)
TEAM_APPROVE = Scope(
    "attendance.team:approve",
    N_("decide about punches of who reports to the person, where they wait for a decision"),
    roles=("employee",),
    risk="write",
    for_apps=False,
)
ADMIN = Scope(
    "attendance:admin",
    N_("set up attendance: groups, shifts, the roster, holidays, places and devices"),
    roles=("hr_admin",),
    marks="hr_admin",
    risk="write",
)
LOCATION_READ = Scope(
    "attendance.location:read", N_("see where people clocked in and out"), roles=("hr_admin",), risk="sensitive"
)
IMPORT = Scope("attendance:import", N_("bring in punches from devices"), roles=("hr_admin",), risk="write")
REPORTS_READ = Scope("attendance.reports:read", N_("read attendance reports about people"), roles=("hr_admin",))
REQUESTS_WRITE = Scope(
    "attendance.requests:write",
    N_("ask for overtime and for corrections of punches, and take that back"),
    roles=("employee",),
    risk="write",
)
ABSENCES_READ = Scope("absences:read", N_("see absences"), roles=("employee",))
ABSENCES_WRITE = Scope(
    "absences:write", N_("ask for absences, change and cancel them"), roles=("employee",), risk="write"
)
ABSENCES_APPROVE = Scope("absences:approve", N_("decide about absences"), roles=("hr_admin",), risk="write")


def sees_everybody(actor: Actor) -> bool:
    """HR, and apps as themselves; an app's data range narrows what it sees besides."""
    return actor.is_app or actor.has_role("hr_admin")


def require_hr(actor: Actor) -> None:
    """Raises Forbidden."""
    if not sees_everybody(actor):
        raise Forbidden("This belongs to those who keep attendance.")


def require_may_decide(actor: Actor, employee_id: str) -> None:
    """Whom one may see as a manager or as HR, one decides about; nobody about themselves. Raises Forbidden."""
    if actor.employee_id == employee_id:
        raise Forbidden("Somebody else decides about your own punches.")
