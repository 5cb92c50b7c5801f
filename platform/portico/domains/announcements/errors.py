"""What announcements refuse."""

from __future__ import annotations

from portico.kernel.errors import Refusal


class CategoryExists(Refusal):
    code, status, title = "announcement_category_exists", 409, "There is a category of this name already; take another."


class CategoryInUse(Refusal):
    code, status, title = (
        "announcement_category_in_use",
        409,
        "Announcements have this category; give them another one first.",
    )


class ReviewRequired(Refusal):
    code, status, title = (
        "review_required",
        409,
        "What is announced in this category is reviewed first; submit it.",
    )


class ReviewNotRequired(Refusal):
    code, status, title = "review_not_required", 409, "This category has no review; publish it."


class AudienceBusy(Refusal):
    code, status, title = (
        "audience_busy",
        409,
        "The audience is being brought up to date at this moment; try again when that is done.",
    )


class AckOfOldRevision(Refusal):
    code, status, title = (
        "revision_outdated",
        409,
        "The text has changed since; read it again and acknowledge the present revision.",
    )


class AckNotAsked(Refusal):
    code, status, title = "ack_not_asked", 409, "This announcement asks for no acknowledgement."


class AnnouncementWithdrawn(Refusal):
    code, status, title = "announcement_withdrawn", 410, "This announcement was withdrawn."


class RemindedRecently(Refusal):
    code, status, title = "reminded_recently", 409, "People were reminded less than four hours ago."


class UrgentLimitReached(Refusal):
    code, status, title = (
        "urgent_limit_reached",
        409,
        "This day has had all its urgent announcements; publish it as important, or on another day.",
    )


class CommentsOff(Refusal):
    code, status, title = "comments_off", 409, "This announcement takes no comments."


class ReceiptsCountsOnly(Refusal):
    code, status, title = (
        "receipts_counts_only",
        403,
        "Of this announcement only counts are shown; nobody sees who has read it.",
    )
