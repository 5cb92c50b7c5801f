"""Endpoints of apps follow the life of the installation, in the same transaction."""

from __future__ import annotations

from typing import Any

from portico.domains.webhooks import service
from portico.kernel.actor import Actor
from portico.kernel.events import on


@on("app.installed")
def open_when_installed(actor: Actor, event: dict[str, Any]) -> None:
    service.open_endpoint(actor, event["installation_id"])


@on("app.upgraded")
def change_when_upgraded(actor: Actor, event: dict[str, Any]) -> None:
    service.open_endpoint(actor, event["installation_id"])


@on("app.suspended")
def hold_when_suspended(actor: Actor, event: dict[str, Any]) -> None:
    service.hold_endpoints(actor, event["installation_id"])


@on("app.resumed")
def deliver_when_resumed(actor: Actor, event: dict[str, Any]) -> None:
    service.resume_endpoints(actor, event["installation_id"])


@on("app.uninstalled")
def close_when_uninstalled(actor: Actor, event: dict[str, Any]) -> None:
    service.close_endpoints(actor, event["installation_id"])


@on("privacy.erase_confirmed")
def close_when_erased(actor: Actor, event: dict[str, Any]) -> None:
    service.close_lifecycle_endpoint(actor, event["installation_id"])


@on("app.dev_started")
@on("app.dev_ended")
def call_at_once(actor: Actor, event: dict[str, Any]) -> None:
    """What went wrong at the other address says nothing about the developer's machine."""
    service.wake_endpoints(actor, event["installation_id"])
