"""The admin face: the workspace's people, its departments, its apps, and what is sent where."""

from __future__ import annotations

from portico.admin import (
    announcements_categories,
    announcements_writing,
    api_log,
    app_power,
    department_places,
    group_rules,
    operator,
    operator_apps,
    operator_health,
    operator_publishers,
    operator_search,
    people_details,
    people_life,
    uninstalling,
    webhook_replays,
)
from portico.admin.announcements import MENU as ANNOUNCEMENTS
from portico.admin.app_requests import MENU as APP_REQUESTS
from portico.admin.attendance_absence_types import MENU as ABSENCE_TYPES
from portico.admin.attendance_days import MENU as DAYS
from portico.admin.attendance_groups import MENU as ATTENDANCE_GROUPS
from portico.admin.attendance_holidays import MENU as HOLIDAYS
from portico.admin.attendance_months import MENU as MONTHS
from portico.admin.attendance_places import MENU as PLACES
from portico.admin.attendance_roster import MENU as ROSTER
from portico.admin.attendance_shifts import MENU as SHIFTS
from portico.admin.audit import MENU as AUDIT
from portico.admin.blueprint import blueprint
from portico.admin.catalogue import MENU as CATALOGUE
from portico.admin.contacts import MENU as CONTACTS
from portico.admin.departments import MENU as DEPARTMENTS
from portico.admin.groups import MENU as GROUPS
from portico.admin.health import MENU as HEALTH
from portico.admin.installations import MENU as INSTALLATIONS
from portico.admin.operator_review import MENU as REVIEW
from portico.admin.overview import MENU as OVERVIEW
from portico.admin.people import MENU as PEOPLE
from portico.admin.properties import MENU as PROPERTIES
from portico.admin.punches import MENU as PUNCHES
from portico.admin.roles import MENU as ROLES
from portico.admin.settings import MENU as SETTINGS
from portico.admin.tickets import MENU as TICKETS
from portico.admin.webhooks import MENU as WEBHOOKS

OPERATOR = [*operator.MENU, *operator_health.MENU, *REVIEW, *operator_publishers.MENU, *operator_apps.MENU]
_PEOPLE = [*PEOPLE, *ROLES, *DEPARTMENTS, *GROUPS, *ANNOUNCEMENTS, *PROPERTIES, *CONTACTS, *TICKETS]
_RULES = [*ROSTER, *SHIFTS, *ATTENDANCE_GROUPS, *HOLIDAYS, *ABSENCE_TYPES, *PLACES]
_ATTENDANCE = [*DAYS, *PUNCHES, *_RULES, *MONTHS]
_APPS = [*INSTALLATIONS, *APP_REQUESTS, *CATALOGUE, *WEBHOOKS, *HEALTH]
MENU = [*OVERVIEW, *_PEOPLE, *_ATTENDANCE, *_APPS, *AUDIT, *SETTINGS, *OPERATOR]
BLUEPRINTS = (blueprint, operator.blueprint)

__all__ = [
    "BLUEPRINTS",
    "MENU",
    "announcements_categories",
    "announcements_writing",
    "api_log",
    "app_power",
    "blueprint",
    "department_places",
    "group_rules",
    "operator_search",
    "people_details",
    "people_life",
    "uninstalling",
    "webhook_replays",
]
