from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from portico_sdk import webhooks


def signed_webhook(
    event: Mapping[str, Any], secret: str, *, now: float | datetime | None = None
) -> tuple[bytes, dict[str, str]]:
    """The body and the headers with which Portico would deliver `event` at `now`."""
    return _signed(event, secret, time.time() if now is None else now)


def signed_batch(
    events: Sequence[Mapping[str, Any]], secret: str, *, batch_id: str, now: float | datetime | None = None
) -> tuple[bytes, dict[str, str]]:
    """As `signed_webhook`, for events that come together in one call."""
    last = events[-1]
    about = {"id": batch_id, "type": "batch", "timestamp": last.get("occurred_at")}
    shared = {name: last[name] for name in ("workspace_id", "installation_id") if last.get(name)}
    batch = {**about, **shared, "data": {"events": list(events)}}
    return _signed(batch, secret, time.time() if now is None else now)


def _signed(event: Mapping[str, Any], secret: str, now: float | datetime) -> tuple[bytes, dict[str, str]]:
    body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
    headers = webhooks.sign(body, secrets=secret, webhook_id=str(event["id"]), timestamp=now)
    headers["content-type"] = "application/json"
    if event.get("installation_id"):
        headers["portico-installation-id"] = str(event["installation_id"])
    return body, headers
