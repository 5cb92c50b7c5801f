"""What apps receive, as it is sent and as developers see it. Tokens are not among it: each is made for one call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portico.kernel import clock


def of_run(row: Mapping[Any, Any]) -> dict[str, Any]:
    """The body of the call for a run, from its row."""
    about = {"type": row["object_type"], "id": row["object_id"]} if row["object_type"] else None
    return {
        "type": "action.run",
        "interaction_id": row["id"],
        "attempt": row["attempts"],
        "action": row["action"],
        "workspace_id": row["workspace_id"],
        "installation_id": row["installation_id"],
        "actor": row["actor"],
        "object": about,
        "input": row["input"],
        "locale": row["locale"],
        "timezone": row["timezone"],
        "created_at": clock.rfc3339(row["created_at"]),
        "expires_at": clock.rfc3339(row["expires_at"]),
    }


def of_card(
    workspace_id: str, installation_id: str, key: str, employee_id: str | None, locale: str, timezone: str
) -> dict[str, Any]:
    """The body of the call for a card."""
    return {
        "type": "card",
        "card": key,
        "workspace_id": workspace_id,
        "installation_id": installation_id,
        "actor": {"kind": "employee", "id": employee_id},
        "locale": locale,
        "timezone": timezone,
    }
