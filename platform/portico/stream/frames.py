"""What the stream itself says, besides events (HTML, 9.2.5 and 9.2.6)."""

from __future__ import annotations

import random

import orjson

from portico.kernel.errors import Refusal
from portico.kernel.ids import new_id
from portico.web import problems

RETRY_MS = 2_000


def opening() -> bytes:
    """How long to wait before coming back when the connection breaks; the frame goes on with the first sign of life."""
    return f"retry: {RETRY_MS}\n".encode()


def restarting() -> bytes:
    """Come back, but not all in the same moment."""
    return f": restarting\nretry: {random.randint(RETRY_MS // 4, RETRY_MS * 2)}\n\n".encode()  # noqa: S311 - no secret


def ending(refusal: Refusal) -> bytes:
    """Why nothing more comes: the problem that a request would get now. Who comes back with the same token gets it."""
    body = problem(refusal, new_id("req"))
    return b"event: end\ndata: " + orjson.dumps(body) + b"\n\n"


def problem(refusal: Refusal, request_id: str) -> dict[str, object]:
    """The refusal as a problem document (RFC 9457)."""
    about = (refusal.status, refusal.code, refusal.title, refusal.detail, refusal.errors, refusal.extra)
    return problems.document(*about, request_id=request_id)
