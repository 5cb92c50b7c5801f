"""Events of approvals. What an app asked for is told to that app alone."""

from __future__ import annotations

from portico.domains.approvals import schemas
from portico.kernel.events import EventType

_READ = "approvals:read"
_AT = "2026-11-27T09:30:00.000Z"
_APPROVER = {
    "employee_id": "emp_01jd0000000000000000000001",
    "slot": 0,
    "state": "waiting",
    "decided_by_id": None,
    "decided_at": None,
    "note": None,
}
_EXAMPLE = {
    "id": "apv_01jd0000000000000000000000",
    "kind": "absence",
    "title": "Absence",
    "subject": {"type": "absence", "id": "abs_01jd0000000000000000000000", "url": None},
    "requester_id": "emp_01jd0000000000000000000000",
    "asked_by": {"kind": "employee", "id": "emp_01jd0000000000000000000000"},
    "status": "pending",
    "step": 0,
    "steps": [{"mode": "any", "state": "open", "approvers": [_APPROVER]}],
    "details": [{"label": "From", "value": "2026-12-01", "kind": "date"}],
    "stuck": False,
    "note": None,
    "expires_at": None,
    "closed_at": None,
    "closed_by": None,
    "created_at": _AT,
    "updated_at": _AT,
    "version": 1,
}
_COMMENT = {
    "id": "apc_01jd0000000000000000000000",
    "approval_id": "apv_01jd0000000000000000000000",
    "author": {"kind": "employee", "id": "emp_01jd0000000000000000000001"},
    "body": "Who stands in meanwhile?",
    "created_at": _AT,
}
_DELEGATION = {
    "id": "adl_01jd0000000000000000000000",
    "employee_id": "emp_01jd0000000000000000000000",
    "delegate_id": "emp_01jd0000000000000000000001",
    "from_on": "2026-12-01",
    "until_on": "2026-12-24",
    "timezone": "Europe/Berlin",
    "active": False,
    "created_at": _AT,
}


def _approval(verb: str, title: str) -> EventType:
    # The scope alone shows a person no more than what they asked for or decide.
    return EventType(f"approval.{verb}", _READ, title, schemas.Approval, _EXAMPLE, role="hr_admin")


def _delegation(verb: str, title: str) -> EventType:
    return EventType(
        f"approval_delegation.{verb}", _READ, title, schemas.ApprovalDelegation, _DELEGATION, record_only=True
    )


APPROVAL_REQUESTED = _approval("requested", "Somebody asked for approval")
APPROVAL_STEP_APPROVED = _approval("step_approved", "A step was approved, and the next one began")
APPROVAL_REASSIGNED = _approval("reassigned", "Somebody else decides, because an approver cannot")
APPROVAL_CHANGED = _approval("changed", "Less is asked for than before")
APPROVAL_APPROVED = _approval("approved", "A request was approved")
APPROVAL_REJECTED = _approval("rejected", "A request was rejected")
APPROVAL_WITHDRAWN = _approval("withdrawn", "A request was withdrawn")
APPROVAL_EXPIRED = _approval("expired", "Nobody decided in time")
APPROVAL_COMMENTED = EventType(
    "approval.commented",
    _READ,
    "Somebody wrote about a request",
    schemas.ApprovalComment,
    _COMMENT,
    role="hr_admin",
)
DELEGATION_CREATED = _delegation("created", "Somebody lets another decide for some days")
DELEGATION_ENDED = _delegation("ended", "A delegation ended")
