"""What an app's answer means: its words as they are kept, or what is wrong with them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import orjson

from portico.domains.catalogue import cards
from portico.kernel.errors import FieldError
from portico.kernel.outbound import Answer

KEPT = 4096
_UNREACHABLE = {"dns", "connect", "tls", "protocol", "proxy_error"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a run; `content` is the answer as it is kept."""

    state: str
    content: dict[str, Any] | None = None
    failure: str | None = None
    findings: list[dict[str, str]] = field(default_factory=list)
    http_status: int | None = None
    total_ms: int | None = None
    received: str | None = None


def outcome_of(answer: Answer, actions: Collection[str], surfaces: Collection[str]) -> Outcome:
    """What the call brought. An app that says 202, or that it is at work on this id (409), answers later."""
    about: dict[str, Any] = {
        "http_status": answer.status,
        "total_ms": answer.total_ms,
        "received": excerpt(answer.body),
    }
    failure = failure_of(answer)
    if failure is None and answer.status != 202:
        return _read(answer.body, actions, surfaces, about)
    if failure in (None, "timeout") or answer.status == 409:
        return Outcome("waiting", failure=failure if failure == "timeout" else None, **about)
    return Outcome("failed", failure=failure, **about)


def failure_of(answer: Answer) -> str | None:
    """Why there is no answer to read, in our few words."""
    if answer.error == "blocked":
        return "blocked"
    if answer.error in _UNREACHABLE:
        return "unreachable"
    if answer.error is not None:
        return "too_large" if answer.error == "too_large" else "timeout"
    if not answer.ok:
        return "status"
    return "too_large" if answer.truncated or len(answer.body) > cards.CARD_BYTES else None


def excerpt(body: bytes) -> str | None:
    """The beginning of what came, fit for every database."""
    return body[:KEPT].decode("utf-8", "replace").replace("\0", "\ufffd") or None


def read_json(body: bytes) -> Any:
    """Raises ValueError for what is no JSON, or nested too deep."""
    return orjson.loads(body)


def _read(body: bytes, actions: Collection[str], surfaces: Collection[str], about: dict[str, Any]) -> Outcome:
    try:
        content = read_json(body) if body.strip() else {}
    except ValueError:
        return Outcome("failed", failure="not_json", **about)
    found = cards.answer_findings(content, actions, surfaces)
    if found:
        return Outcome("failed", failure="invalid", findings=told(found), **about)
    if content.get("later"):
        return Outcome("waiting", **about)
    return Outcome(state_of(content), content, **about)


def state_of(content: dict[str, Any]) -> str:
    """Errors at fields refuse the run; anything else answers it."""
    return "refused" if content.get("errors") else "answered"


def told(found: list[FieldError]) -> list[dict[str, str]]:
    return [each.as_dict() for each in found[:50]]
