"""Reads of approvals; each begins at what the actor may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select, tuple_

from portico.domains.approvals.models import Approval, ApprovalApprover, ApprovalComment, ApprovalDelegation
from portico.domains.approvals.schemas import STATUSES
from portico.domains.directory import queries as directory
from portico.domains.directory.ranges import within_range
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.data_range import Reader, reaches
from portico.kernel.db import AnyRow, AnySelect
from portico.kernel.errors import NotFound
from portico.kernel.listing import ORDERED, Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

CORE = "core"
_approval = Approval.__table__.c
_approver = ApprovalApprover.__table__.c
_comment = ApprovalComment.__table__.c
_delegation = ApprovalDelegation.__table__.c


def _overdue(now: datetime) -> ColumnElement[bool]:
    return and_(_approval.status == "pending", _approval.expires_at <= now)


def _status(operator: str, value: Any) -> ColumnElement[bool]:
    """As it is now, also before the sweep has written it down."""
    present = case((_overdue(clock.now()), "expired"), else_=_approval.status)
    found = present.in_(value if operator == "in" else [value])
    return ~found if operator == "ne" else found


APPROVALS = Listing(
    id_column=_approval.id,
    filters={
        "status": Filter(clause=_status, operators=("eq", "ne", "in"), choices=STATUSES),
        "kind": Filter(column=_approval.kind, operators=("eq", "ne", "in")),
        "requester_id": Filter(column=_approval.requester_id, operators=("eq", "in")),
        "subject.type": Filter(column=_approval.subject_type, operators=("eq", "in")),
        "subject.id": Filter(column=_approval.subject_id, operators=("eq", "in")),
        "created_at": Filter(kind="instant", column=_approval.created_at, operators=ORDERED),
    },
    sorts={"created_at": Sort(_approval.id)},
)
COMMENTS = Listing(
    id_column=_comment.id, filters={}, sorts={"created_at": Sort(_comment.id)}, default_sort="created_at"
)
DELEGATIONS = Listing(
    id_column=_delegation.id,
    filters={"delegate_id": Filter(column=_delegation.delegate_id, operators=("eq",))},
    sorts={"created_at": Sort(_delegation.id)},
)


def delegators_of(actor: Actor) -> AnySelect:
    """The ids of those for whom this person may decide today."""
    now = clock.now()
    return select(_delegation.employee_id).where(
        _delegation.workspace_id == actor.workspace_id,
        _delegation.delegate_id == actor.employee_id,
        _delegation.starts_at <= now,
        _delegation.ends_at > now,
    )


def delegates_of(actor: Actor, employee_ids: Sequence[str]) -> list[str]:
    """Who may decide today for one of these."""
    now = clock.now()
    rows = select(_delegation.delegate_id).where(
        _delegation.workspace_id == actor.workspace_id,
        _delegation.employee_id.in_(employee_ids),
        _delegation.starts_at <= now,
        _delegation.ends_at > now,
    )
    return list(session().scalars(rows.distinct()))


def _waiting_for(actor: Actor) -> AnySelect:
    """The ids of requests whose open step waits for this person, or for whom they stand in."""
    return select(_approver.approval_id).where(
        _approver.workspace_id == actor.workspace_id,
        _approver.state == "waiting",
        or_(_approver.employee_id == actor.employee_id, _approver.employee_id.in_(delegators_of(actor))),
    )


def visible_to(actor: Actor) -> AnySelect:
    """A person's: what they asked for and what they decide; admins' besides: what nobody could decide. An app's: what
    it asked for, and, in its range, what was asked of the workplace itself."""
    inside = select(Approval.__table__).where(_approval.workspace_id == actor.workspace_id)
    if actor.kind == "system":
        return inside
    if actor.is_app:
        others = and_(_approval.source == CORE, *within_range(actor, _approval.requester_id))
        return inside.where(or_(_approval.source == actor.installation_id, others))
    ways: list[ColumnElement[bool]] = [
        _approval.requester_id == actor.employee_id,
        _approval.id.in_(
            select(_approver.approval_id).where(
                _approver.workspace_id == actor.workspace_id,
                or_(_approver.employee_id == actor.employee_id, _approver.decided_by_id == actor.employee_id),
            )
        ),
        _approval.id.in_(_waiting_for(actor)),
    ]
    if actor.has_role("admin"):
        ways.append(and_(_approval.stuck, _approval.status == "pending"))
    return inside.where(or_(false(), *ways), *within_range(actor, _approval.requester_id))


@reaches("approval")
def _reach(reader: Reader) -> AnySelect:
    return select(_approval.id).where(
        _approval.workspace_id == reader.workspace_id, *within_range(reader, _approval.requester_id)
    )


def approvers_of(workspace_id: str, approval_ids: Sequence[str]) -> dict[str, list[AnyRow]]:
    """Who decides these, in order."""
    found: dict[str, list[AnyRow]] = {one: [] for one in approval_ids}
    rows = session().execute(
        select(ApprovalApprover.__table__)
        .where(_approver.workspace_id == workspace_id, _approver.approval_id.in_(approval_ids))
        .order_by(_approver.step, _approver.slot, _approver.id)
    )
    for row in rows:
        found[row.approval_id].append(row)
    return found


def _step(place: int, mode: str, approval: dict[str, Any], rows: Sequence[AnyRow]) -> dict[str, Any]:
    closed = approval["status"] != "pending"
    if place < approval["step"] or approval["status"] == "approved":
        state = "approved"
    elif place > approval["step"]:
        state = "closed" if closed else "later"
    else:
        state = {"pending": "open", "rejected": "rejected"}.get(approval["status"], "closed")
    approvers = [dict(row._mapping) for row in rows]
    for one in approvers:
        if closed and one["state"] in ("later", "waiting"):
            one["state"] = "passed"
    return {"mode": mode, "state": state, "approvers": approvers}


def whole(stored: Any, approvers: Sequence[AnyRow]) -> dict[str, Any]:
    """A request as it is now, with its steps."""
    made = dict(stored)
    if made["status"] == "pending" and made["expires_at"] is not None and made["expires_at"] <= clock.now():
        made |= {"status": "expired", "stuck": False}
    made["subject"] = {"type": made["subject_type"], "id": made["subject_id"], "url": made["subject_url"]}
    by_step: dict[int, list[AnyRow]] = {}
    for row in approvers:
        by_step.setdefault(row.step, []).append(row)
    made["steps"] = [_step(place, mode, made, by_step.get(place, [])) for place, mode in enumerate(made["modes"])]
    return made


def shown(actor: Actor, rows: Sequence[AnyRow]) -> list[dict[str, Any]]:
    approvers = approvers_of(actor.workspace_id, [row.id for row in rows]) if rows else {}
    return [whole(row._mapping, approvers[row.id]) for row in rows]


def approval(actor: Actor, approval_id: str, *, lock: bool = False) -> dict[str, Any]:
    """One request; with `lock`, nobody else decides meanwhile. Raises NotFound."""
    statement = visible_to(actor).where(_approval.id == approval_id)
    row = session().execute(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise NotFound()
    return shown(actor, [row])[0]


def stored(actor: Actor, approval_id: str) -> dict[str, Any]:
    """As it is written, held: what has expired and was not swept is still pending. Raises NotFound."""
    row = session().execute(visible_to(actor).where(_approval.id == approval_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound()
    return dict(row._mapping)


def _page(actor: Actor, statement: AnySelect, query: ListQuery) -> Page:
    found = page(statement, APPROVALS, actor.workspace_id, query)
    return replace(found, rows=shown(actor, found.rows))


def page_of_approvals(actor: Actor, query: ListQuery) -> Page:
    return _page(actor, visible_to(actor), query)


def to_decide(actor: Actor) -> AnySelect:
    """What waits for this person's word now."""
    now = clock.now()
    return (
        select(Approval.__table__)
        .where(_approval.workspace_id == actor.workspace_id, _approval.status == "pending")
        .where(or_(_approval.expires_at.is_(None), _approval.expires_at > now))
        .where(_approval.requester_id != actor.employee_id, _approval.id.in_(_waiting_for(actor)))
        .where(*within_range(actor, _approval.requester_id))
    )


def inbox(actor: Actor, query: ListQuery) -> Page:
    return _page(actor, to_decide(actor), query)


def waits_for_me(actor: Actor, approval_id: str) -> bool:
    """Whether this request waits for this person's word now."""
    return (
        session().scalar(to_decide(actor).with_only_columns(_approval.id).where(_approval.id == approval_id))
        is not None
    )


def decided(actor: Actor, query: ListQuery) -> Page:
    """Those in which this person has spoken."""
    spoke = select(_approver.approval_id).where(
        _approver.workspace_id == actor.workspace_id, _approver.decided_by_id == actor.employee_id
    )
    return _page(actor, visible_to(actor).where(_approval.id.in_(spoke)), query)


def count_to_decide(actor: Actor) -> int:
    inside = to_decide(actor).with_only_columns(_approval.id)
    return session().scalar(select(func.count()).select_from(inside.subquery())) or 0


def open_about(actor: Actor, source: str, subject_type: str, subject_id: str) -> str | None:
    """The id of the pending request about a thing, whoever asks: for the service."""
    return session().scalar(
        select(_approval.id).where(
            _approval.workspace_id == actor.workspace_id,
            _approval.source == source,
            _approval.subject_type == subject_type,
            _approval.subject_id == subject_id,
            _approval.status == "pending",
        )
    )


def about(actor: Actor, subject_type: str, subject_ids: Iterable[str]) -> dict[str, str]:
    """The newest request of the workplace itself about each of these things, by the thing: for the domains above."""
    rows = session().execute(
        select(_approval.subject_id, _approval.id)
        .where(_approval.workspace_id == actor.workspace_id, _approval.source == CORE)
        .where(_approval.subject_type == subject_type, _approval.subject_id.in_(list(subject_ids)))
        .order_by(_approval.id)
    )
    return {row.subject_id: row.id for row in rows}


def page_of_comments(actor: Actor, approval_id: str, query: ListQuery) -> Page:
    """Raises NotFound."""
    approval(actor, approval_id)
    inside = select(ApprovalComment.__table__).where(
        _comment.workspace_id == actor.workspace_id, _comment.approval_id == approval_id
    )
    return page(inside, COMMENTS, actor.workspace_id, query)


def count_of_comments(actor: Actor, approval_id: str) -> int:
    mine = (_comment.workspace_id == actor.workspace_id, _comment.approval_id == approval_id)
    return session().scalar(select(func.count()).where(*mine)) or 0


def own_delegations(actor: Actor) -> AnySelect:
    return select(ApprovalDelegation.__table__).where(
        _delegation.workspace_id == actor.workspace_id, _delegation.employee_id == actor.employee_id
    )


def shown_delegation(stored: Any) -> dict[str, Any]:
    now = clock.now()
    return {**stored, "active": stored["starts_at"] <= now < stored["ends_at"]}


def page_of_delegations(actor: Actor, query: ListQuery) -> Page:
    found = page(own_delegations(actor), DELEGATIONS, actor.workspace_id, query)
    return replace(found, rows=[shown_delegation(row._mapping) for row in found.rows])


def delegation(actor: Actor, delegation_id: str) -> dict[str, Any]:
    """One's own. Raises NotFound."""
    row = session().execute(own_delegations(actor).where(_delegation.id == delegation_id)).one_or_none()
    if row is None:
        raise NotFound()
    return shown_delegation(row._mapping)


def due_to_expire(now: datetime, limit: int) -> list[tuple[str, str]]:
    """Of all workspaces. In a system unit."""
    rows = session().execute(
        select(_approval.workspace_id, _approval.id).where(_overdue(now)).order_by(_approval.expires_at).limit(limit)
    )
    return [(row.workspace_id, row.id) for row in rows]


def waiting_on(actor: Actor, employee_id: str) -> list[str]:
    """The pending requests in which this person has not spoken yet, in the order in which they are locked."""
    rows = session().scalars(
        select(_approval.id)
        .where(_approval.workspace_id == actor.workspace_id, _approval.status == "pending")
        .where(
            _approval.id.in_(
                select(_approver.approval_id).where(
                    _approver.workspace_id == actor.workspace_id,
                    _approver.employee_id == employee_id,
                    _approver.state.in_(("waiting", "later")),
                )
            )
        )
        .order_by(_approval.id)
    )
    return list(rows)


def pending_of(actor: Actor, *, requester_id: str | None = None, source: str | None = None) -> list[str]:
    """The pending requests of a person, or of an app, in the order in which they are locked."""
    statement = select(_approval.id).where(_approval.workspace_id == actor.workspace_id, _approval.status == "pending")
    if requester_id is not None:
        statement = statement.where(_approval.requester_id == requester_id)
    if source is not None:
        statement = statement.where(_approval.source == source)
    return list(session().scalars(statement.order_by(_approval.id)))


def orphaned(after: tuple[str, str], limit: int) -> list[tuple[str, str]]:
    """Requests of all workspaces that wait for nobody, or for somebody who cannot decide. In a system unit."""
    unable = (
        select(_approver.id)
        .where(_approver.workspace_id == _approval.workspace_id, _approver.approval_id == _approval.id)
        .where(_approver.state.in_(("waiting", "later")))
        .where(directory.is_not_active(_approver.workspace_id, _approver.employee_id))
        .exists()
    )
    rows = session().execute(
        select(_approval.workspace_id, _approval.id)
        .where(_approval.status == "pending", or_(_approval.stuck, unable))
        .where(tuple_(_approval.workspace_id, _approval.id) > tuple_(*after))
        .order_by(_approval.workspace_id, _approval.id)
        .limit(limit)
    )
    return [(row.workspace_id, row.id) for row in rows]
