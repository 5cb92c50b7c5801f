"""The objects that the API answers with: typed, frozen, with `.raw` for what is newer than this SDK."""

from portico_sdk.models._base import Model
from portico_sdk.models.apps import (
    AppKey,
    AppSecret,
    AppVersion,
    Erasure,
    HoldOutcome,
    Installation,
    Listing,
    Plan,
    RegisteredApp,
    ScopeAsked,
    UninstallPreview,
)
from portico_sdk.models.batches import BatchResult
from portico_sdk.models.contacts import Contact, Identifier
from portico_sdk.models.directory import Department, DepartmentNode, Employee, EmployeeDepartment
from portico_sdk.models.events import (
    AppEvent,
    Cause,
    CommentEvent,
    ContactEvent,
    DepartmentEvent,
    EmployeeEvent,
    Event,
    PingEvent,
    Resource,
    TicketEvent,
    UnknownEvent,
)
from portico_sdk.models.identity import Actor, Invitation, Me, Member, Reference
from portico_sdk.models.tickets import Comment, Requester, Ticket
from portico_sdk.models.webhooks import Attempt, Delivery, WebhookEndpoint

__all__ = [
    "Actor",
    "AppEvent",
    "AppKey",
    "AppSecret",
    "AppVersion",
    "Attempt",
    "BatchResult",
    "Cause",
    "Comment",
    "CommentEvent",
    "Contact",
    "ContactEvent",
    "Delivery",
    "Department",
    "DepartmentEvent",
    "DepartmentNode",
    "Employee",
    "EmployeeDepartment",
    "EmployeeEvent",
    "Erasure",
    "Event",
    "HoldOutcome",
    "Identifier",
    "Installation",
    "Invitation",
    "Listing",
    "Me",
    "Member",
    "Model",
    "PingEvent",
    "Plan",
    "Reference",
    "RegisteredApp",
    "Requester",
    "Resource",
    "ScopeAsked",
    "Ticket",
    "TicketEvent",
    "UninstallPreview",
    "UnknownEvent",
    "WebhookEndpoint",
]
