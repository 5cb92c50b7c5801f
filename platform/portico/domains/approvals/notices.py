"""What approvals tell people."""

from __future__ import annotations

from portico.domains.notifications.kinds import KINDS, MAIL_AND_PUSH, NotificationKind
from portico.kernel.text import N_

WAITING = KINDS.add(NotificationKind("approval.waiting", N_("Requests that wait for my decision"), MAIL_AND_PUSH))
DECIDED = KINDS.add(NotificationKind("approval.decided", N_("What was decided about my requests"), MAIL_AND_PUSH))
STUCK = KINDS.add(NotificationKind("approval.stuck", N_("Requests that nobody can decide about"), MAIL_AND_PUSH))
