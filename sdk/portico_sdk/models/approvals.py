from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from portico_sdk.models._base import Model


@dataclass(frozen=True, kw_only=True)
class ApprovalSubject(Model):
    """What it is about: of the workplace (`absence`), or of an app (`app:<key>`)."""

    type: str
    id: str
    url: str | None


@dataclass(frozen=True, kw_only=True)
class ApprovalDetail(Model):
    """A fact for whoever decides; `kind`: text date instant."""

    label: str
    value: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Approver(Model):
    """`state`: later waiting approved rejected passed replaced. Of those in one slot, one speaks for all."""

    employee_id: str | None
    slot: int
    state: str
    decided_by_id: str | None
    decided_at: datetime | None
    note: str | None


@dataclass(frozen=True, kw_only=True)
class ApprovalStep(Model):
    """`mode`: any all. `state`: later open approved rejected closed."""

    mode: str
    state: str
    approvers: tuple[Approver, ...]


@dataclass(frozen=True, kw_only=True)
class ApprovalActor(Model):
    kind: str
    id: str
    name: str | None
    on_behalf_of: str | None


@dataclass(frozen=True, kw_only=True)
class Approval(Model):
    """A request. `status`: pending approved rejected withdrawn expired; `stuck`: nobody is there who could decide."""

    id: str
    kind: str
    title: str
    subject: ApprovalSubject
    requester_id: str
    asked_by: ApprovalActor
    status: str
    step: int
    steps: tuple[ApprovalStep, ...]
    details: tuple[ApprovalDetail, ...]
    stuck: bool
    note: str | None
    expires_at: datetime | None
    closed_at: datetime | None
    closed_by: ApprovalActor | None
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, kw_only=True)
class ApprovalComment(Model):
    id: str
    approval_id: str
    author: ApprovalActor
    body: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class ApprovalDelegation(Model):
    """Whole days in `timezone`."""

    id: str
    employee_id: str
    delegate_id: str
    from_on: date
    until_on: date
    timezone: str
    active: bool
    created_at: datetime
