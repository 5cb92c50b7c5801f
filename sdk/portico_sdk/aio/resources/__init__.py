# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/__init__.py: change that instead.
"""One class per resource, one method per operation. `client.<resource>` makes them."""

from portico_sdk.aio.resources.absences import Absences, AbsenceTypes
from portico_sdk.aio.resources.activities import ContactActivities, ContactConsents
from portico_sdk.aio.resources.announcement_parts import AnnouncementCategories, AnnouncementComments
from portico_sdk.aio.resources.announcements import Announcements
from portico_sdk.aio.resources.app_credentials import AppSecrets
from portico_sdk.aio.resources.approvals import ApprovalDelegations, Approvals
from portico_sdk.aio.resources.apps import Apps, Catalogue
from portico_sdk.aio.resources.associations import ContactAssociations, ContactIdentifiers, ContactSettingsAPI
from portico_sdk.aio.resources.attachments import Attachments
from portico_sdk.aio.resources.attendance import Attendance
from portico_sdk.aio.resources.attendance_days import AttendancePeriods, AttendanceReports, Workdays
from portico_sdk.aio.resources.attendance_groups import AttendanceGroups
from portico_sdk.aio.resources.attendance_places import AttendanceDevices, AttendanceLocations, AttendanceWifiNetworks
from portico_sdk.aio.resources.attendance_requests import AttendanceCorrections, OvertimeRequests
from portico_sdk.aio.resources.attendance_shifts import Roster, Shifts
from portico_sdk.aio.resources.audit import Audit
from portico_sdk.aio.resources.calendar_feeds import CalendarFeeds
from portico_sdk.aio.resources.companies import Companies, Tags
from portico_sdk.aio.resources.contacts import Contacts
from portico_sdk.aio.resources.deliveries import Deliveries
from portico_sdk.aio.resources.departments import Departments
from portico_sdk.aio.resources.employees import Employees
from portico_sdk.aio.resources.events import Events
from portico_sdk.aio.resources.groups import Groups
from portico_sdk.aio.resources.holidays import HolidayCalendars
from portico_sdk.aio.resources.identity import Invitations, Members, Roles, WorkspaceSettings
from portico_sdk.aio.resources.installations import InstallationRequests, Installations, Policy
from portico_sdk.aio.resources.interactions import Actions, Interactions
from portico_sdk.aio.resources.notifications import Notifications
from portico_sdk.aio.resources.presence import PresenceAPI
from portico_sdk.aio.resources.properties import Properties
from portico_sdk.aio.resources.publishers import Publishers, Ratings
from portico_sdk.aio.resources.punches import Punches
from portico_sdk.aio.resources.tasks import Exports, Jobs
from portico_sdk.aio.resources.ticket_parts import TicketComments
from portico_sdk.aio.resources.ticket_setup import Macros, Queues, TicketStatuses
from portico_sdk.aio.resources.tickets import Tickets
from portico_sdk.aio.resources.views import Views
from portico_sdk.aio.resources.webhooks import WebhookEndpoints

__all__ = [
    "AbsenceTypes",
    "Absences",
    "Actions",
    "AnnouncementCategories",
    "AnnouncementComments",
    "Announcements",
    "AppSecrets",
    "ApprovalDelegations",
    "Approvals",
    "Apps",
    "Attachments",
    "Attendance",
    "AttendanceCorrections",
    "AttendanceDevices",
    "AttendanceGroups",
    "AttendanceLocations",
    "AttendancePeriods",
    "AttendanceReports",
    "AttendanceWifiNetworks",
    "Audit",
    "CalendarFeeds",
    "Catalogue",
    "Companies",
    "ContactActivities",
    "ContactAssociations",
    "ContactConsents",
    "ContactIdentifiers",
    "ContactSettingsAPI",
    "Contacts",
    "Deliveries",
    "Departments",
    "Employees",
    "Events",
    "Exports",
    "Groups",
    "HolidayCalendars",
    "InstallationRequests",
    "Installations",
    "Interactions",
    "Invitations",
    "Jobs",
    "Macros",
    "Members",
    "Notifications",
    "OvertimeRequests",
    "Policy",
    "PresenceAPI",
    "Properties",
    "Publishers",
    "Punches",
    "Queues",
    "Ratings",
    "Roles",
    "Roster",
    "Shifts",
    "Tags",
    "TicketComments",
    "TicketStatuses",
    "Tickets",
    "Views",
    "WebhookEndpoints",
    "Workdays",
    "WorkspaceSettings",
]
