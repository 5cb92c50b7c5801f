"""What apps tell people."""

from __future__ import annotations

from typing import Any

from portico.domains.notifications import schemas, service
from portico.domains.notifications.api.blueprint import blp
from portico.kernel.actor import Actor

SEND = "notifications:send"


@blp.post(
    "/notifications",
    scope=SEND,
    body=schemas.NotificationSend,
    answer=schemas.ToldCount,
    summary="Tell up to 200 people something",
    refusals=("too_many_sent", "too_many_urgent"),
)
def send_notification(actor: Actor, body: dict[str, Any]) -> Any:
    """It stands in their inbox under the name of the app, and leaves by the ways they chose, when they want to be told.
    Everybody is told once per `key`. `urgent` needs `notifications:urgent` besides, and is for few things a day."""
    return {"count": service.send(actor, **body)}


@blp.post(
    "/notifications/retract",
    scope=SEND,
    body=schemas.NotificationRetract,
    status=204,
    summary="Take back what you told under a key",
)
def retract_notification(actor: Actor, body: dict[str, Any]) -> None:
    """It leaves every inbox, read or not."""
    service.take_back(actor, **body)
