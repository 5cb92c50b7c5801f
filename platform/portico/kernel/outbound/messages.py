"""What is sent and what comes back, as plain values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Literal

ErrorClass = Literal["dns", "connect", "tls", "timeout", "blocked", "protocol", "too_large", "proxy_error"]

READ_CAP = 16 * 1024
DEADLINE_LIMIT_S = 30

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 section 5.6.2
_VALUE = re.compile(r"[\x20-\x7e\t]*")
# What frames the message or says who sends it is ours: a tenant's header could smuggle a second request.
_FRAMING = {
    "connection",
    "content-length",
    "expect",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
_IDENTITY = {"host", "user-agent", "proxy-authorization", "proxy-connection"}
_OURS = _FRAMING | _IDENTITY


@lru_cache(maxsize=1024)
def _check_name(name: str) -> None:
    if not _TOKEN.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of a header.")
    if name.lower() in _OURS:
        raise ValueError(f"The header {name!r} is set by the platform alone.")


@dataclass(frozen=True, slots=True)
class Request:
    """One call. Deadlines in seconds: `connect_s` covers TCP and TLS, `deadline_s` all of it, DNS included.

    Raises ValueError for a method, header or deadline that must not go out.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    deadline_s: float = 15
    connect_s: float = 3
    read_cap: int = READ_CAP

    def __post_init__(self) -> None:
        if not _TOKEN.fullmatch(self.method):
            raise ValueError(f"{self.method!r} is not a method.")
        if not 0 < self.deadline_s <= DEADLINE_LIMIT_S or self.connect_s <= 0:
            raise ValueError(f"A deadline lies between 0 and {DEADLINE_LIMIT_S} seconds.")
        for name, value in self.headers.items():
            if not _VALUE.fullmatch(value):
                raise ValueError(f"The header {name!r} is not one line of visible ASCII.")
            _check_name(name)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a request. `detail` may be shown to customers: it never maps the inside.

    `status` is known as soon as the final status line has come, so it may stand beside an `error` (a body
    that never ended). `headers` have lower-case names; repeated ones are joined by a comma (RFC 9110 section
    5.3).
    `dns_ms` is 0 when the name was remembered, `connect_ms` (TCP and TLS) 0 when a warm connection was used.
    """

    status: int | None
    headers: dict[str, str]
    body: bytes
    error: ErrorClass | None
    detail: str
    dns_ms: int
    connect_ms: int
    total_ms: int
    started_at: datetime
    truncated: bool = False

    @property
    def ok(self) -> bool:
        """A 2xx status in time. A body that was cut at the cap does not spoil it."""
        return self.error is None and self.status is not None and 200 <= self.status < 300
