"""What absences refuse."""

from __future__ import annotations

from portico.kernel.errors import Refusal


class AbsenceOverlap(Refusal):
    code, status, title = "absence_overlap", 409, "There is an absence at that time already, asked for or agreed."


class AbsenceDecided(Refusal):
    code, status, title = "absence_decided", 409, "This absence has been decided or cancelled already."


class AbsenceTypeExists(Refusal):
    code, status, title = "absence_type_exists", 409, "There is a type of absence with this key already."


class AbsenceRefTaken(Refusal):
    code, status, title = "absence_ref_taken", 409, "This reference of yours names another absence already."


class AbsenceChangePending(Refusal):
    code, status, title = "absence_change_pending", 409, "A change of this absence is asked for and not decided yet."


class TooManyFeeds(Refusal):
    code, status, title = "too_many_feeds", 409, "You have 10 calendar feeds already; end one first."
