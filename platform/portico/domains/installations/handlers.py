"""Reactions of installations."""

from __future__ import annotations

from typing import Any

from portico.domains.installations import app_properties, queries, service
from portico.domains.properties import service as properties
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


@on("app.installed")
def declare_properties(actor: Actor, event: dict[str, Any]) -> None:
    """The app's properties are there with the app, those of an earlier life with their values."""
    app_properties.declare(actor, queries.installation(actor, event["resource_id"]), strict=True)


@on("app.upgraded")
def renew_properties(actor: Actor, event: dict[str, Any]) -> None:
    app_properties.declare(actor, queries.installation(actor, event["resource_id"]), strict=False)


@on("app.uninstalled")
def hide_properties(actor: Actor, event: dict[str, Any]) -> None:
    properties.hide(actor, queries.installation(actor, event["resource_id"])["app_id"])


@on("privacy.erase_requested")
def erase_properties(actor: Actor, event: dict[str, Any]) -> None:
    installation = queries.installation(actor, event["data"]["installation_id"])
    properties.erase_of_app(actor, installation["app_id"])
