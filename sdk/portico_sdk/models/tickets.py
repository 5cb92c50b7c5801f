from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portico_sdk.models._base import Model
from portico_sdk.models.attachments import Attachment
from portico_sdk.models.identity import Actor


@dataclass(frozen=True, kw_only=True)
class Requester(Model):
    """Who asks: a contact or an employee, never both."""

    contact_id: str | None
    employee_id: str | None


@dataclass(frozen=True, kw_only=True)
class Ticket(Model):
    """`status`: new open pending on_hold solved closed. `priority`: low normal high urgent."""

    id: str
    number: int
    subject: str
    status: str
    status_id: str | None
    hold_reason: str | None
    type: str | None
    snoozed_until: datetime | None
    priority: str
    requester: Requester
    assignee_id: str | None
    queue_id: str | None
    channel: str | None
    tags: tuple[str, ...]
    properties: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime | None
    solved_at: datetime | None
    follow_up_of: str | None
    version: int | None


@dataclass(frozen=True, kw_only=True)
class Comment(Model):
    """One message of a ticket; `visibility` is public or internal."""

    id: str
    ticket_id: str | None
    body: str
    visibility: str
    author: Actor
    attachments: tuple[Attachment, ...]
    created_at: datetime
    redacted_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class TicketStatus(Model):
    """A company's own status inside one of the six categories."""

    id: str
    category: str
    label: str
    sort_order: int
    active: bool
    is_default: bool
    created_at: datetime | None
    updated_at: datetime | None
    version: int | None


@dataclass(frozen=True, kw_only=True)
class QueueMember(Model):
    """`capacity` None: as many as come."""

    employee_id: str
    capacity: int | None


@dataclass(frozen=True, kw_only=True)
class Queue(Model):
    """`assignment`: manual round_robin least_loaded."""

    id: str
    name: str
    assignment: str
    members: tuple[QueueMember, ...]
    created_at: datetime | None
    updated_at: datetime | None
    version: int | None


@dataclass(frozen=True, kw_only=True)
class TicketChange(Model):
    """Who did what; `changes` maps each field to its `from` and `to`."""

    id: str
    ticket_id: str | None
    action: str
    author: Actor
    changes: Mapping[str, Any]
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Follower(Model):
    """Somebody of the team who follows a ticket."""

    ticket_id: str | None
    employee_id: str
    created_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class LinkedTicket(Model):
    """The other end of a link."""

    id: str
    number: int
    subject: str
    status: str


@dataclass(frozen=True, kw_only=True)
class TicketLink(Model):
    """`kind`: relates blocks duplicates parent; `direction`: outgoing incoming."""

    id: str
    kind: str
    direction: str
    ticket: LinkedTicket
    created_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Macro(Model):
    """A reply and changes that come together. `owner_employee_id` None: everybody's who works on tickets."""

    id: str
    name: str
    owner_employee_id: str | None
    body: str | None
    visibility: str
    effects: Mapping[str, Any]
    created_at: datetime | None
    updated_at: datetime | None
    version: int | None


@dataclass(frozen=True, kw_only=True)
class MacroPreview(Model):
    """What a macro would write, and each change with its `from` and `to`."""

    body: str | None
    visibility: str
    changes: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class MacroApplied(Model):
    """The ticket after a macro, and what it wrote."""

    ticket: Ticket
    comment: Comment | None
