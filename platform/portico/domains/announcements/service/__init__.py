"""Changes of announcements: `writing` and `revising` what they say, `reviewing` it, `publishing`, `spreading` it to its
`audiences`, `receiving` and `commenting` by readers, `reporting` on them, `categorising`; `telling`
and `reminding` people, `following` what happens in the directory; `urgency` keeps the limit of
urgent ones, `holding` the row of the one that is changed."""

from portico.domains.announcements.service.audiences import preview, put_audience
from portico.domains.announcements.service.categorising import create_category, delete_category, update_category
from portico.domains.announcements.service.commenting import add_comment, page_of_comments, readable, remove_comment
from portico.domains.announcements.service.following import (
    follow_people,
    let_go,
    mark,
    put_mark,
    reconcile,
    take_mark,
)
from portico.domains.announcements.service.holding import note_listing, note_reading
from portico.domains.announcements.service.publishing import (
    archive,
    expire_when_due,
    hold_back_all,
    pin,
    publish,
    publish_when_due,
    schedule,
    unpin,
    unschedule,
    withdraw,
)
from portico.domains.announcements.service.receiving import acknowledge, read, recount
from portico.domains.announcements.service.reminding import remind, remind_when_due, tell_overdue, tell_own_overdue
from portico.domains.announcements.service.reporting import page_of_receipts, stats
from portico.domains.announcements.service.reviewing import approve, reject, request_ended, submit
from portico.domains.announcements.service.spreading import KIND as SPREAD
from portico.domains.announcements.service.spreading import forget_runs, give_up, spread
from portico.domains.announcements.service.telling import REMIND, TELL, tell
from portico.domains.announcements.service.telling import remind as remind_pending
from portico.domains.announcements.service.writing import (
    create_announcement,
    delete_announcement,
    hand_over,
    update_announcement,
)

__all__ = [
    "REMIND",
    "SPREAD",
    "TELL",
    "acknowledge",
    "add_comment",
    "approve",
    "archive",
    "create_announcement",
    "create_category",
    "delete_announcement",
    "delete_category",
    "expire_when_due",
    "follow_people",
    "forget_runs",
    "give_up",
    "hand_over",
    "hold_back_all",
    "let_go",
    "mark",
    "note_listing",
    "note_reading",
    "page_of_comments",
    "page_of_receipts",
    "pin",
    "preview",
    "publish",
    "publish_when_due",
    "put_audience",
    "put_mark",
    "read",
    "readable",
    "reconcile",
    "recount",
    "reject",
    "remind",
    "remind_pending",
    "remind_when_due",
    "remove_comment",
    "request_ended",
    "schedule",
    "spread",
    "stats",
    "submit",
    "take_mark",
    "tell",
    "tell_overdue",
    "tell_own_overdue",
    "unpin",
    "unschedule",
    "update_announcement",
    "update_category",
    "withdraw",
]
