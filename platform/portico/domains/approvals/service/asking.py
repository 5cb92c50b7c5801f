"""Asking for approval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, cast

from sqlalchemy import Table, insert
from sqlalchemy.exc import IntegrityError

from portico.domains.approvals import permissions, queries
from portico.domains.approvals.errors import ApprovalPending
from portico.domains.approvals.events import APPROVAL_CHANGED, APPROVAL_REQUESTED
from portico.domains.approvals.models import Approval, ApprovalApprover
from portico.domains.approvals.service import closing, writing
from portico.domains.approvals.service.choosing import Choosing, Slot, unknown
from portico.domains.directory import queries as directory
from portico.domains.directory import ranges
from portico.kernel import clock
from portico.kernel.actor import Actor, system
from portico.kernel.errors import FieldError, Invalid, invalid
from portico.kernel.ids import is_id, new_id
from portico.kernel.unit_of_work import session

_table = cast(Table, Approval.__table__)
_approvers = cast(Table, ApprovalApprover.__table__)
Details = Mapping[str, str | date | datetime]


@dataclass(frozen=True, slots=True)
class Step:
    """`approvers`: ids of employees, or "manager", "department_lead", "role:<name>"."""

    approvers: str | Sequence[str]
    mode: Literal["any", "all"] = "any"


class Word(str):
    """A value that is a text of the catalogue."""

    __slots__ = ()


def ask(
    actor: Actor,
    *,
    kind: str,
    title: str,
    subject: tuple[str, str],
    requester_id: str,
    steps: Sequence[Step],
    expires_at: datetime | None = None,
    details: Details | Sequence[Mapping[str, str]] = (),
    url: str | None = None,
    source: str = queries.CORE,
) -> dict[str, Any]:
    """Ask for approval in the name of `requester_id`. Of the core, `title` and the labels of `details` are texts of the
    catalogue, which are translated where they are shown, and so is a value that is a `Word`. Raises ApprovalPending."""
    _make_room(actor, source, subject)
    now = clock.now()
    row: dict[str, Any] = {
        "workspace_id": actor.workspace_id,
        "id": new_id("apv"),
        "kind": kind,
        "title": title,
        "subject_type": subject[0],
        "subject_id": subject[1],
        "subject_url": url,
        "requester_id": requester_id,
        "source": source,
        "asked_by": writing.who(actor),
        "status": "pending",
        "step": 0,
        "modes": [step.mode for step in steps],
        "details": _rows(details),
        "stuck": False,
        "expires_at": expires_at,
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }
    choosing = Choosing(actor, requester_id)
    slots = [choosing.slots(step.approvers, step.mode) for step in steps]
    row["stuck"] = is_stuck(steps[0].mode, [slot.people for slot in slots[0]])
    try:
        with session().begin_nested():
            session().execute(insert(_table), [row])
    except IntegrityError:
        raise _pending(actor, source, subject) from None
    for place, found in enumerate(slots):
        add_approvers(actor, row["id"], place, list(enumerate(found)), "waiting" if place == 0 else "later")
    return writing.tell(actor, row["id"], APPROVAL_REQUESTED)


def _make_room(actor: Actor, source: str, subject: tuple[str, str]) -> None:
    """What has expired makes room, also before the sweep came by."""
    known = queries.open_about(actor, source, *subject)
    if known is not None and not closing.expire_when_due(actor, known):
        raise _pending(actor, source, subject)


def _pending(actor: Actor, source: str, subject: tuple[str, str]) -> ApprovalPending:
    return ApprovalPending(extra={"approval_id": queries.open_about(actor, source, *subject)})


def restate(actor: Actor, subject: tuple[str, str], details: Details) -> None:
    """For the domain of the subject: less is asked for than before, so what was said of it stands."""
    known = queries.open_about(actor, queries.CORE, *subject)
    if known is not None:
        before = queries.approval(system(actor.workspace_id), known, lock=True)
        writing.write(actor, before, {"details": _rows(details)})
        writing.tell(actor, known, APPROVAL_CHANGED)


def _rows(details: Details | Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    if not isinstance(details, Mapping):
        return [dict(one) for one in details]
    return [_fact(label, value) for label, value in details.items()]


def _fact(label: str, value: str | date | datetime) -> dict[str, str]:
    if isinstance(value, Word):
        return {"label": label, "value": str(value), "kind": "word"}
    if isinstance(value, datetime):
        return {"label": label, "value": clock.rfc3339(value), "kind": "instant"}
    if isinstance(value, date):
        return {"label": label, "value": value.isoformat(), "kind": "date"}
    return {"label": label, "value": value, "kind": "text"}


def is_stuck(mode: str, people: Sequence[Sequence[str]]) -> bool:
    """Whether a step cannot be decided: `any` needs one slot with somebody in it, `all` needs that of each."""
    return not any(people) if mode == "any" else not all(people)


def add_approvers(actor: Actor, approval_id: str, step: int, slots: Sequence[tuple[int, Slot]], state: str) -> None:
    rows = [
        {
            "workspace_id": actor.workspace_id,
            "id": new_id("apa"),
            "approval_id": approval_id,
            "step": step,
            "slot": number,
            "employee_id": one,
            "origin_id": slot.origin_id,
            "state": state,
        }
        for number, slot in slots
        for one in slot.people or (None,)
    ]
    session().execute(insert(_approvers), rows)


def ask_over_api(actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    """A person asks for themselves, an app for somebody in its range.

    Raises Forbidden, Invalid, OutOfRange and ApprovalPending.
    """
    requester_id = values["employee_id"]
    if directory.active_employee(actor, requester_id) is None:
        raise invalid("/employee_id", "invalid", "There is no active employee with this id.")
    permissions.require_may_ask_for(actor, requester_id)
    ranges.require_within(actor, requester_id)
    _require_others(actor, values["steps"], requester_id)
    subject = values["subject"]
    return ask(
        actor,
        kind=values["kind"],
        title=values["title"],
        subject=(subject["type"], subject["id"]),
        url=subject.get("url"),
        requester_id=requester_id,
        steps=[Step(step["approvers"], step["mode"]) for step in values["steps"]],
        expires_at=values.get("expires_at"),
        details=values.get("details", ()),
        source=(actor.installation_id if actor.through_app else None) or queries.CORE,
    )


def _require_others(actor: Actor, steps: Sequence[dict[str, Any]], requester_id: str) -> None:
    """That each id is somebody's, and nobody's who asks. Raises Invalid."""
    named = {
        f"/steps/{place}/approvers/{number}": one
        for place, step in enumerate(steps)
        for number, one in enumerate(step["approvers"])
        if is_id(one, "emp")
    }
    nobody = unknown(actor, named.values())
    wrong = [FieldError(at, "invalid", "There is no employee with this id.") for at, o in named.items() if o in nobody]
    wrong += [
        FieldError(at, "requester", "Nobody decides about what they asked for themselves.")
        for at, one in named.items()
        if one == requester_id
    ]
    if wrong:
        raise Invalid(errors=wrong)
