"""What people are told about announcements, in their inbox."""

from __future__ import annotations

from portico.domains.notifications.kinds import KINDS, MAIL_AND_PUSH, NotificationKind
from portico.kernel.text import N_

PUBLISHED = KINDS.add(NotificationKind("announcement.published", N_("New announcements")))
# What is urgent has a limit a day, and is why one wants to be told at all.
URGENT = KINDS.add(NotificationKind("announcement.urgent", N_("Urgent announcements"), MAIL_AND_PUSH, mutable=False))
CHANGED = KINDS.add(NotificationKind("announcement.changed", N_("Announcements that have changed")))
REMINDER = KINDS.add(NotificationKind("announcement.reminder", N_("Reminders of announcements"), MAIL_AND_PUSH))
REVIEW = KINDS.add(NotificationKind("announcement.review", N_("Announcements to review"), MAIL_AND_PUSH))
OWN = KINDS.add(NotificationKind("announcement.own", N_("What becomes of your announcements"), MAIL_AND_PUSH))
