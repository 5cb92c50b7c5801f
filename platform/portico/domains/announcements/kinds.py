"""What people are told about announcements, in their inbox."""

from __future__ import annotations

from portico.domains.notifications.kinds import KINDS, NotificationKind
from portico.kernel.text import N_

PUBLISHED = KINDS.add(NotificationKind("announcement.published", N_("New announcements")))
# What is urgent has a limit a day, and is why one wants to be told at all.
URGENT = KINDS.add(NotificationKind("announcement.urgent", N_("Urgent announcements"), ("email",), mutable=False))
CHANGED = KINDS.add(NotificationKind("announcement.changed", N_("Announcements that have changed")))
REMINDER = KINDS.add(NotificationKind("announcement.reminder", N_("Reminders of announcements"), ("email",)))
REVIEW = KINDS.add(NotificationKind("announcement.review", N_("Announcements to review"), ("email",)))
OWN = KINDS.add(NotificationKind("announcement.own", N_("What becomes of your announcements"), ("email",)))
