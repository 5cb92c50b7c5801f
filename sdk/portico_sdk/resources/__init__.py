"""One class per resource, one method per operation. `client.<resource>` makes them."""

from portico_sdk.resources.absences import Absences, AbsenceTypes
from portico_sdk.resources.activities import ContactActivities, ContactConsents
from portico_sdk.resources.announcement_parts import AnnouncementCategories, AnnouncementComments
from portico_sdk.resources.announcements import Announcements
from portico_sdk.resources.app_credentials import AppSecrets
from portico_sdk.resources.approvals import ApprovalDelegations, Approvals
from portico_sdk.resources.apps import Apps, Catalogue
from portico_sdk.resources.associations import ContactAssociations, ContactIdentifiers, ContactSettingsAPI
from portico_sdk.resources.attachments import Attachments
from portico_sdk.resources.attendance import Attendance
from portico_sdk.resources.attendance_days import AttendancePeriods, AttendanceReports, Workdays
from portico_sdk.resources.attendance_groups import AttendanceGroups
from portico_sdk.resources.attendance_places import AttendanceDevices, AttendanceLocations, AttendanceWifiNetworks
from portico_sdk.resources.attendance_requests import AttendanceCorrections, OvertimeRequests
from portico_sdk.resources.attendance_shifts import Roster, Shifts
from portico_sdk.resources.audit import Audit
from portico_sdk.resources.calendar_feeds import CalendarFeeds
from portico_sdk.resources.companies import Companies, Tags
from portico_sdk.resources.contacts import Contacts
from portico_sdk.resources.deliveries import Deliveries
from portico_sdk.resources.departments import Departments
from portico_sdk.resources.employees import Employees
from portico_sdk.resources.events import Events
from portico_sdk.resources.groups import Groups
from portico_sdk.resources.holidays import HolidayCalendars
from portico_sdk.resources.identity import Invitations, Members, Roles, WorkspaceSettings
from portico_sdk.resources.installations import InstallationRequests, Installations, Policy
from portico_sdk.resources.interactions import Actions, Interactions
from portico_sdk.resources.notifications import Notifications
from portico_sdk.resources.presence import PresenceAPI
from portico_sdk.resources.properties import Properties
from portico_sdk.resources.publishers import Publishers, Ratings
from portico_sdk.resources.punches import Punches
from portico_sdk.resources.tasks import Exports, Jobs
from portico_sdk.resources.ticket_parts import TicketComments
from portico_sdk.resources.ticket_setup import Macros, Queues, TicketStatuses
from portico_sdk.resources.tickets import Tickets
from portico_sdk.resources.views import Views
from portico_sdk.resources.webhooks import WebhookEndpoints

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
