"""The life of an announcement over the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portico.domains.announcements import schemas, service
from portico.domains.announcements.api.blueprint import ONE, blp
from portico.kernel.actor import Actor
from portico.kernel.schemas import Nothing
from portico.web.api import Accepted

_PUBLISH = "announcements:publish"


def _step(path: str, summary: str, body: Any = Nothing, **more: Any) -> Callable[[Any], Any]:
    declared: dict[str, Any] = {
        "scope": _PUBLISH,
        "optional_body": body in (Nothing, schemas.AnnouncementWithdraw, schemas.AnnouncementApprove),
        **more,
    }
    declared["refusals"] = ("invalid_transition", *declared.get("refusals", ()))
    return blp.post(f"{ONE}/{path}", body=body, answer=schemas.Announcement, summary=summary, **declared)


@_step("submit", "Submit an announcement for review", scope="announcements:write", refusals=("review_not_required",))
def submit_announcement(actor: Actor, announcement_id: str, body: dict[str, Any]) -> Any:
    """Where its category asks for one."""
    return service.submit(actor, announcement_id)


@_step("approve", "Approve an announcement", schemas.AnnouncementApprove, people_only=True)
def approve_announcement(actor: Actor, announcement_id: str, body: dict[str, Any]) -> Any:
    """By somebody whom the category names, or an admin, and never by who wrote it."""
    return service.approve(actor, announcement_id, body["note"])


@_step("reject", "Send an announcement back", schemas.AnnouncementReject, people_only=True)
def reject_announcement(actor: Actor, announcement_id: str, body: dict[str, Any]) -> Any:
    return service.reject(actor, announcement_id, body["reason"])


@blp.post(
    f"{ONE}/publish",
    scope=_PUBLISH,
    body=Nothing,
    optional_body=True,
    answer=schemas.AnnouncementJob,
    status=202,
    summary="Publish an announcement",
    refusals=("invalid_transition", "review_required", "urgent_limit_reached", "audience_busy"),
)
def publish_announcement(actor: Actor, announcement_id: str, body: dict[str, Any]) -> Accepted:
    """Answers the job that brings it to its audience; a second call meanwhile answers the same one. One that failed
    goes on where it stood. More than 1,000 people, or `all`, need `announcements:publish_all`; nobody is `422`."""
    job = service.publish(actor, announcement_id)
    return Accepted(job, f"/api/v1/jobs/{job['id']}")


@_step(
    "schedule",
    "Publish an announcement at a time",
    schemas.AnnouncementSchedule,
    also=(202,),
    refusals=("review_required", "urgent_limit_reached"),
)
def schedule_announcement(actor: Actor, announcement_id: str, body: dict[str, Any]) -> Any:
    """A time that has passed is now: `202`. What clocks skip is taken for as much later."""
    made, under_way = service.schedule(actor, announcement_id, body)
    return Accepted(made, f"/api/v1/announcements/{announcement_id}") if under_way else made


@_step("unschedule", "Take an announcement off its time")
def unschedule_announcement(actor: Actor, announcement_id: str, body: dict[str, Any]) -> Any:
    return service.unschedule(actor, announcement_id)


@_step("withdraw", "Withdraw an announcement", schemas.AnnouncementWithdraw)
def withdraw_announcement(actor: Actor, announcement_id: str, body: dict[str, Any]) -> Any:
    """Its readers do not see it any more; the reason is for who manages it. Also while it is being published."""
    return service.withdraw(actor, announcement_id, body["reason"])


@_step("archive", "Archive an announcement")
def archive_announcement(actor: Actor, announcement_id: str, body: dict[str, Any]) -> Any:
    return service.archive(actor, announcement_id)


@_step("pin", "Pin an announcement", schemas.AnnouncementPin)
def pin_announcement(actor: Actor, announcement_id: str, body: dict[str, Any]) -> Any:
    """On top of its readers' lists until a time, or until it is over."""
    return service.pin(actor, announcement_id, body["until"], body["order"])


@_step("unpin", "Unpin an announcement")
def unpin_announcement(actor: Actor, announcement_id: str, body: dict[str, Any]) -> Any:
    return service.unpin(actor, announcement_id)


@_step("hand-over", "Give an announcement to somebody else", schemas.AnnouncementHandOver, scope="announcements:write")
def hand_over_announcement(actor: Actor, announcement_id: str, body: dict[str, Any]) -> Any:
    """To another person who writes announcements; they manage it from now on."""
    return service.hand_over(actor, announcement_id, body["employee_id"])


@blp.post(
    f"{ONE}/remind",
    scope=_PUBLISH,
    body=schemas.AnnouncementRemind,
    optional_body=True,
    answer=schemas.AnnouncementJob,
    status=202,
    summary="Remind people of an announcement",
    refusals=("invalid_transition", "reminded_recently"),
)
def remind_of_announcement(actor: Actor, announcement_id: str, body: dict[str, Any]) -> Accepted:
    """Who has not read it or, where that is asked, not acknowledged its present text; at most every four hours. People
    who want quiet hear of it later."""
    job = service.remind(actor, announcement_id, body["employee_ids"])
    return Accepted(job, f"/api/v1/jobs/{job['id']}")
