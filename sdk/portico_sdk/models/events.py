"""Events, by what happened to whom. `isinstance(event, TicketEvent)` gives you `event.ticket`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from portico_sdk._registry import EVENTS
from portico_sdk.models._base import Model
from portico_sdk.models.absences import Absence, AttendanceCorrection, OvertimeRequest
from portico_sdk.models.activities import Activity, Consent
from portico_sdk.models.announcements import Announcement
from portico_sdk.models.approvals import Approval, ApprovalComment
from portico_sdk.models.apps import Installation
from portico_sdk.models.companies import Association, Company
from portico_sdk.models.contacts import Contact
from portico_sdk.models.directory import Department, Employee, Group
from portico_sdk.models.identity import Actor
from portico_sdk.models.interactions import Interaction
from portico_sdk.models.properties import Property
from portico_sdk.models.punches import Punch
from portico_sdk.models.tickets import Comment, Ticket


@dataclass(frozen=True, kw_only=True)
class Cause(Model):
    """What led to this: `event_id` when an app wrote because of an event; `depth` stops at 8."""

    event_id: str | None
    installation_id: str | None
    depth: int | None


@dataclass(frozen=True, kw_only=True)
class Resource(Model):
    """What it happened to. Ignore an event whose `version` is older than what you hold."""

    type: str
    id: str
    version: int | None


@dataclass(frozen=True, kw_only=True)
class Event(Model):
    """A fact that happened. `data` is the resource as its GET shows it to this installation."""

    id: str
    type: str
    version: int | None
    seq: int | None
    occurred_at: datetime | None
    workspace_id: str | None
    installation_id: str | None
    actor: Actor | None
    resource: Resource | None
    data: Mapping[str, Any]
    changes: tuple[str, ...]
    cause: Cause | None

    @property
    def is_echo(self) -> bool:
        """Whether this installation's own write caused it."""
        return self.cause is not None and self.cause.installation_id == self.installation_id is not None

    @property
    def events(self) -> tuple[Event, ...]:
        """This one alone; of a batch, all that came in it."""
        return (self,)


@dataclass(frozen=True, kw_only=True)
class EventType(Model):
    """A kind of event: `title` by language, the `scope` that it takes, and `schema`, the JSON Schema of its `data`."""

    type: str
    title: Mapping[str, str]
    resource: str
    version: int
    scope: str
    batched: bool
    schema: Mapping[str, Any]


class EventBatch(Event):
    """Many events in one call: kinds that happen often come so. Its `id` is the `webhook-id`, the same at each retry;
    yet an event may come in another batch too, so it is by the ids of `events` that you know what you have handled."""

    @cached_property
    def _events(self) -> tuple[Event, ...]:
        return tuple(parse_event(raw) for raw in self.data.get("events") or ())

    @property
    def events(self) -> tuple[Event, ...]:
        return self._events

    def __iter__(self) -> Iterator[Event]:
        return iter(self._events)

    def __len__(self) -> int:
        return len(self._events)


class TicketEvent(Event):
    @cached_property
    def ticket(self) -> Ticket:
        return Ticket.parse(self.data)


class CommentEvent(Event):
    @cached_property
    def comment(self) -> Comment:
        return Comment.parse(self.data)


class ContactEvent(Event):
    @cached_property
    def contact(self) -> Contact:
        return Contact.parse(self.data)


class AssociationEvent(Event):
    @cached_property
    def association(self) -> Association:
        return Association.parse(self.data)


class ActivityEvent(Event):
    @cached_property
    def activity(self) -> Activity:
        return Activity.parse(self.data)


class ConsentEvent(Event):
    @cached_property
    def consent(self) -> Consent:
        return Consent.parse(self.data)


class CompanyEvent(Event):
    @cached_property
    def company(self) -> Company:
        return Company.parse(self.data)


class EmployeeEvent(Event):
    @cached_property
    def employee(self) -> Employee:
        return Employee.parse(self.data)


class DepartmentEvent(Event):
    @cached_property
    def department(self) -> Department:
        return Department.parse(self.data)


class GroupEvent(Event):
    @cached_property
    def group(self) -> Group:
        return Group.parse(self.data)


class AnnouncementEvent(Event):
    """Without the text: read it with `client.announcements.get`, where it can still be withdrawn."""

    @cached_property
    def announcement(self) -> Announcement:
        return Announcement.parse(self.data)


class PropertyEvent(Event):
    @cached_property
    def property(self) -> Property:
        return Property.parse(self.data)


class ApprovalEvent(Event):
    @cached_property
    def approval(self) -> Approval:
        return Approval.parse(self.data)


class ApprovalCommentEvent(Event):
    @cached_property
    def comment(self) -> ApprovalComment:
        return ApprovalComment.parse(self.data)


class PunchEvent(Event):
    """Without where it was: that is read by `client.punches`, with its own scope."""

    @cached_property
    def punch(self) -> Punch:
        return Punch.parse(self.data)


class AbsenceEvent(Event):
    @cached_property
    def absence(self) -> Absence:
        return Absence.parse(self.data)


class OvertimeEvent(Event):
    @cached_property
    def overtime(self) -> OvertimeRequest:
        return OvertimeRequest.parse(self.data)


class CorrectionEvent(Event):
    @cached_property
    def correction(self) -> AttendanceCorrection:
        return AttendanceCorrection.parse(self.data)


class AppEvent(Event):
    """Something in the life of an installation."""

    @cached_property
    def installation(self) -> Installation:
        return Installation.parse(self.data)


class ActionEvent(Event):
    """An action of the app was run, or the run is over."""

    @cached_property
    def interaction(self) -> Interaction:
        return Interaction.parse(self.data)


class PingEvent(Event):
    """Somebody tries whether the endpoint answers."""


class UnknownEvent(Event):
    """A type that this version of the SDK does not know; everything is in `data` and `raw`."""


_BY_NOUN: Mapping[str, type[Event]] = {
    "ticket": TicketEvent,
    "contact": ContactEvent,
    "company": CompanyEvent,
    "activity": ActivityEvent,
    "consent": ConsentEvent,
    "association": AssociationEvent,
    "employee": EmployeeEvent,
    "department": DepartmentEvent,
    "group": GroupEvent,
    "property": PropertyEvent,
    "absence": AbsenceEvent,
    "approval": ApprovalEvent,
    "correction": CorrectionEvent,
    "overtime": OvertimeEvent,
    "punch": PunchEvent,
    "announcement": AnnouncementEvent,
    "app": AppEvent,
    "action": ActionEvent,
    "endpoint": PingEvent,
}


_OF_READERS = ("announcement.receipts", "announcement.ack_overdue", "announcement.comment_created")
"""What one person did with an announcement: `data` says it."""


def parse_event(raw: Mapping[str, Any]) -> Event:
    return _class_of(str(raw.get("type"))).parse(raw)


def _class_of(event_type: str) -> type[Event]:
    if event_type == "batch":
        return EventBatch
    if event_type not in EVENTS:
        return UnknownEvent
    if event_type == "ticket.comment_created":
        return CommentEvent
    if event_type == "approval.commented":
        return ApprovalCommentEvent
    if event_type in _OF_READERS:
        return Event
    return _BY_NOUN.get(event_type.split(".")[-2], Event)
