from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portico_sdk import webhooks


def signed_webhook(
    event: Mapping[str, Any], secret: str, *, now: float | datetime | None = None
) -> tuple[bytes, dict[str, str]]:
    """The body and the headers with which Portico would deliver `event` at `now`."""
    body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
    headers = webhooks.sign(
        body, secrets=secret, webhook_id=str(event["id"]), timestamp=time.time() if now is None else now
    )
    headers["content-type"] = "application/json"
    if event.get("installation_id"):
        headers["portico-installation-id"] = str(event["installation_id"])
    return body, headers
