"""Secrets and headers of webhooks, as Standard Webhooks has them."""

from __future__ import annotations

import base64
import os

from portico.kernel.signatures import PREFIX, PUBLIC_PREFIX, parse, parse_private, shown_public, signature

__all__ = [
    "PUBLIC_PREFIX",
    "USER_AGENT",
    "new_secret",
    "open_headers",
    "parse",
    "parse_private",
    "shown",
    "shown_public",
    "signature",
]

USER_AGENT = "Portico/1"


def new_secret() -> bytes:
    return os.urandom(32)


def shown(secret: bytes) -> str:
    """The form in which a developer gets it."""
    return PREFIX + base64.b64encode(secret).decode()


def open_headers(message_id: str, timestamp: int, installation_id: str | None) -> dict[str, str]:
    """The headers of an attempt that may be shown and kept."""
    headers = {
        "content-type": "application/json; charset=utf-8",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
    }
    if installation_id is not None:
        headers["portico-installation-id"] = installation_id
    return headers
