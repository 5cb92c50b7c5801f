"""Everything that this SDK raises. Catch the branch you can mend.

PorticoError
├── ConnectionFailed                 no answer: refused, reset, unreachable
│   └── TimedOut                     no answer in time
├── APIError                         an answer that says no: status, code, message, request_id, errors
│   ├── BadRequestError              400, 413, 415
│   ├── AuthenticationError          401
│   ├── PermissionDeniedError        402, 403
│   ├── NotFoundError                404, 410
│   ├── ConflictError                409
│   ├── StaleError                   412, 428
│   ├── ValidationFailed             422
│   ├── RateLimitedError             429, with retry_after
│   └── ServerError                  5xx
├── WebhookVerificationError         this delivery was not proved to come from Portico
├── AuthorizationError               no grant of the person, or none any more: code
└── SessionTokenError                this page was not proved to be opened from the portal
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = [
    "APIError",
    "AuthenticationError",
    "AuthorizationError",
    "BadRequestError",
    "ConflictError",
    "ConnectionFailed",
    "FieldError",
    "NotFoundError",
    "PermissionDeniedError",
    "PorticoError",
    "RateLimitedError",
    "ServerError",
    "SessionTokenError",
    "StaleError",
    "TimedOut",
    "ValidationFailed",
    "WebhookVerificationError",
]

_WHAT_TO_DO: Mapping[str, str] = {
    "token_missing": "Give Portico(token=…) or set PORTICO_TOKEN.",
    "token_invalid": "Check that the token is whole and belongs to this base_url.",
    "token_expired": "Get a new token; Portico.installation(…) does so by itself.",
    "token_revoked": "Get a new token; if that is refused too, the app was uninstalled or the person left.",
    "installation_suspended": "The app is suspended in this workspace until who suspended it resumes it.",
    "invalid_client": "Check the client id and the client secret of the app.",
    "invalid_grant": "Check the installation id: it must be an installation of this app.",
    "insufficient_scope": "Ask for the scope in portico.toml under [access] and let an admin grant it.",
    "scope_pending": "An admin has not granted it; go on without it. People ask for it at raw['ask_url'].",
    "stale": "Read the object again, apply the change to what you read, and send its etag.",
    "cursor_mismatch": "A cursor belongs to one filter and sort: start again without it.",
    "cursor_invalid": "Pass the cursor as it came, or start again without it.",
    "idempotency_key_reused": "An earlier call with this idempotency key and another body was done.",
    "rate_limited": "Send less, or wait for retry_after seconds.",
}


class PorticoError(Exception):
    """Base of all errors of this SDK."""


class ConnectionFailed(PorticoError):
    """The request got no answer, after all retries."""


class TimedOut(ConnectionFailed):
    """The request got no answer in time, after all retries."""


@dataclass(frozen=True)
class FieldError:
    """One refused place in the body: `pointer` is a JSON Pointer (RFC 6901)."""

    pointer: str
    code: str
    message: str


class APIError(PorticoError):
    """An answer outside 2xx. `code` is stable and listed in the docs; `message` is for people."""

    def __init__(
        self,
        *,
        status: int,
        code: str,
        message: str,
        request_id: str | None = None,
        errors: tuple[FieldError, ...] = (),
        retry_after: float | None = None,
        raw: Mapping[str, Any] | None = None,
    ) -> None:
        self.status = status
        self.code = code
        self.message = message
        self.request_id = request_id
        self.errors = errors
        self.retry_after = retry_after
        self.raw: Mapping[str, Any] = raw or {}
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        parts = [self.message]
        parts += [f"{error.pointer or '/'}: {error.message}" for error in self.errors]
        if advice := _WHAT_TO_DO.get(self.code):
            parts.append(advice)
        parts.append(f"[{self.status} {self.code}, request {self.request_id or 'without id'}]")
        return " ".join(parts)


class BadRequestError(APIError):
    """400, 413 or 415: the request itself is malformed."""


class AuthenticationError(APIError):
    """401: no token, or one that does not count (any more)."""


class PermissionDeniedError(APIError):
    """402 or 403: known, but not allowed; `code` says whether by scope, plan or role."""


class NotFoundError(APIError):
    """404 or 410: not there, or not yours, which look alike on purpose."""


class ConflictError(APIError):
    """409: the object is not in a state that allows this; `code` says which."""


class StaleError(APIError):
    """412 or 428: somebody changed the object since you read it, or `if_match` is required."""


class ValidationFailed(APIError):
    """422: `errors` names each refused field."""


class RateLimitedError(APIError):
    """429: `retry_after` says how many seconds to wait."""


class ServerError(APIError):
    """5xx: not your fault; the request id finds it in the log."""


class AuthorizationError(PorticoError):
    """The person did not allow it, or does not any more; `code` says which. Send them to `OAuth.begin().url` again."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(f"{message} [{code}]")


class WebhookVerificationError(PorticoError):
    """The body was not proved to come from Portico. Answer 400 and do nothing else."""


class SessionTokenError(PorticoError):
    """The session token does not prove who is looking. Answer 401 and show nothing."""


_BY_STATUS: Mapping[int, type[APIError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    402: PermissionDeniedError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    410: NotFoundError,
    412: StaleError,
    413: BadRequestError,
    415: BadRequestError,
    422: ValidationFailed,
    428: StaleError,
    429: RateLimitedError,
}


def api_error(status: int, body: object, *, request_id: str | None, retry_after: float | None = None) -> APIError:
    """The error for an answer: problem+json (RFC 9457), an OAuth error (RFC 6749, 5.2) or anything else."""
    raw = body if isinstance(body, dict) else {}
    code = raw.get("code") or raw.get("error") or f"http_{status}"
    message = raw.get("detail") or raw.get("error_description") or raw.get("title") or _fallback(status)
    cls = ServerError if status >= 500 else _BY_STATUS.get(status, APIError)
    return cls(
        status=status,
        code=str(code),
        message=str(message),
        request_id=str(raw.get("request_id") or "") or request_id,
        errors=_field_errors(raw.get("errors")),
        retry_after=retry_after,
        raw=raw,
    )


def _fallback(status: int) -> str:
    if 300 <= status < 400:
        return "The server redirects; check that base_url is the platform's public URL."
    return f"The server answered {status} without a problem document; check base_url."


def _field_errors(value: object) -> tuple[FieldError, ...]:
    items = value if isinstance(value, list) else []
    return tuple(
        FieldError(str(i.get("pointer", "")), str(i.get("code", "")), str(i.get("message", "")))
        for i in items
        if isinstance(i, dict)
    )
