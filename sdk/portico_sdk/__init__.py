"""Write apps for Portico.

`Portico` calls the API (`AsyncPortico` for `async` code), `webhooks` verifies what Portico sends, `portico_sdk.apps`
routes it to your functions, `portico_sdk.session` says who looks at your panel, `portico_sdk.oauth` lets you act for
people, `portico_sdk.manifest` checks portico.toml, `portico_sdk.testing` replaces the platform in tests.
"""

from portico_sdk import models, webhooks
from portico_sdk._version import __version__
from portico_sdk.aio import AsyncEventStream, AsyncPortico, AsyncResults
from portico_sdk.client import Portico
from portico_sdk.errors import (
    APIError,
    AuthenticationError,
    AuthorizationError,
    BadRequestError,
    ConflictError,
    ConnectionFailed,
    FieldError,
    NotFoundError,
    PermissionDeniedError,
    PorticoError,
    RateLimitedError,
    ServerError,
    SessionTokenError,
    StaleError,
    TimedOut,
    ValidationFailed,
    WebhookVerificationError,
)
from portico_sdk.models import Event, EventBatch, UnknownEvent
from portico_sdk.pages import Page, Results
from portico_sdk.streams import EventStream

__all__ = [
    "APIError",
    "AsyncEventStream",
    "AsyncPortico",
    "AsyncResults",
    "AuthenticationError",
    "AuthorizationError",
    "BadRequestError",
    "ConflictError",
    "ConnectionFailed",
    "Event",
    "EventBatch",
    "EventStream",
    "FieldError",
    "NotFoundError",
    "Page",
    "PermissionDeniedError",
    "Portico",
    "PorticoError",
    "RateLimitedError",
    "Results",
    "ServerError",
    "SessionTokenError",
    "StaleError",
    "TimedOut",
    "UnknownEvent",
    "ValidationFailed",
    "WebhookVerificationError",
    "__version__",
    "models",
    "webhooks",
]
