"""Reactions of installations."""

from __future__ import annotations

from typing import Any

from portico.domains.installations import queries, service
from portico.kernel import jobs
from portico.kernel.actor import Actor
from portico.kernel.events import on


@on("app_version.released")
@on("app_version.raised")
@on("app_version.rolled_back")
def tell_workspaces(actor: Actor, event: dict[str, Any]) -> None:
    """What was released runs at once; the workspaces hear of it by a job, since there may be very many."""
    data = event["data"]
    if data["number"] > 1:
        jobs.enqueue(actor, "installations.announce_upgrade", app_id=data["app_id"])


@on("app.installed")
def answer_requests(actor: Actor, event: dict[str, Any]) -> None:
    """Who asked for the app has it now, also when the admin never looked at the requests."""
    row = queries.installation(actor, event["data"]["id"])
    service.close_requests(actor, row["app_id"], row["id"])


@on("app.scopes_changed")
def answer_requests_for_more(actor: Actor, event: dict[str, Any]) -> None:
    service.answer_growth(actor, queries.installation(actor, event["data"]["id"]))
