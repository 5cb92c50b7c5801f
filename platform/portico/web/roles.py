"""What the roles are called, and what each adds: for people who choose one."""

from __future__ import annotations

from flask_babel import gettext

from portico.kernel.actor import ROLES, CustomRole
from portico.kernel.text import N_

LABELS: dict[str, str] = {
    "employee": N_("Employee"),
    "agent": N_("Agent"),
    "support_admin": N_("Support admin"),
    "announcer": N_("Announcer"),
    "hr_admin": N_("HR admin"),
    "app_manager": N_("App manager"),
    "developer": N_("Developer"),
    "admin": N_("Admin"),
    "owner": N_("Owner"),
}
SENTENCES: dict[str, str] = {
    "employee": N_("Sees the directory, asks for help, uses the apps that are made available."),
    "agent": N_("Works on contacts and tickets, and reads internal notes."),
    "support_admin": N_("An agent who may also delete and restore."),
    "announcer": N_("Writes announcements."),
    "hr_admin": N_("Manages people, departments and attendance."),
    "app_manager": N_("Installs apps and watches their deliveries."),
    "developer": N_("Registers apps and sees how they do. No contacts, no tickets."),
    "admin": N_("All of these, and members and settings."),
    "owner": N_("An admin who may also make and unmake owners."),
}


def label(role: str) -> str:
    if isinstance(role, CustomRole):
        return role.label
    return str(gettext(LABELS.get(role, role)))


def choices() -> list[tuple[str, str]]:
    """For a select: (role, label), in the order of the roles."""
    return [(role, label(role)) for role in ROLES]
