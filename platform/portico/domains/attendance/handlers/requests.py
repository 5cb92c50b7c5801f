"""What becomes of requests when those decide whom they were put to."""

from __future__ import annotations

from typing import Any

from portico.domains.attendance.service import corrections, overtime
from portico.kernel.actor import Actor
from portico.kernel.events import on


@on("approval.approved")
@on("approval.rejected")
@on("approval.withdrawn")
@on("approval.expired")
def request_decided(actor: Actor, event: dict[str, Any]) -> None:
    subject, outcome = event["data"]["subject"], event["type"].removeprefix("approval.")
    if subject["type"] == overtime.SUBJECT:
        overtime.approval_ended(actor, subject["id"], outcome)
    elif subject["type"] == corrections.SUBJECT:
        corrections.approval_ended(actor, subject["id"], outcome)
