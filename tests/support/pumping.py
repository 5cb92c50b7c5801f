"""What tests of webhooks share: events that happen, endpoints, and a pump that is driven step by step."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from sqlalchemy import select
from standardwebhooks import Webhook

from portico.domains.contacts.events import CONTACT_CREATED
from portico.domains.webhooks import queries, service
from portico.domains.webhooks.pump import Pump
from portico.domains.webhooks.pump.preparing import Sending
from portico.kernel.actor import Actor
from portico.kernel.events import EventType, emit
from portico.kernel.ids import new_id
from portico.kernel.listing import ListQuery
from portico.kernel.outbound import EgressPolicy
from tests.support.cast import Cast
from tests.support.loopback_servers import Received

DEMO = EgressPolicy.for_mode("demo")


def happen(
    cast: Cast,
    kind: EventType = CONTACT_CREATED,
    *,
    workspace: str | None = None,
    installation_id: str | None = None,
    changes: list[str] | None = None,
    **fields: Any,
) -> str:
    """Let something happen in a workspace; answers the event's id."""
    beside = {"ticket_id": new_id("tkt")} if kind.name.startswith("ticket.comment") else {}
    subject = {"id": new_id("con"), "display_name": "Zoë", "version": 1, **beside, **fields}
    with cast.writing(workspace):
        return emit(cast.system(workspace), kind, subject, changes=changes, installation_id=installation_id)


def endpoint(cast: Cast, url: str, *types: str, by: str = "admin", **choices: Any) -> dict[str, Any]:
    """An endpoint of the workspace, with its secret."""
    actor = cast.actor(by)
    with cast.writing(actor.workspace_id):
        return service.create_endpoint(actor, {"url": url, "types": list(types or ("contact.*",)), **choices})


def settle(pump: Pump, within: float = 20.0) -> None:
    """Let the pump work until nothing is due and nothing in flight."""
    deadline = time.monotonic() + within
    busy = True
    while busy or pump.in_flight:
        assert time.monotonic() < deadline, "the pump did not come to rest"
        if not busy:
            pump.wait(0.1)
        busy = pump.step()


def flying(endpoint_id: str, count: int, claimed_at: datetime) -> list[Sending]:
    """So many calls to an endpoint, as they are on their way."""
    plain = {"url": "", "message_id": "", "body": b"", "secrets": (), "installation_id": None, "scopes": ()}
    return [
        Sending("wsp_1", f"dlv_{place}", endpoint_id, **plain, attempts=0, claimed_at=claimed_at)  # type: ignore[arg-type]
        for place in range(count)
    ]


def verified(received: Received, secret: str) -> dict[str, Any]:
    """The event, as the stock library of Standard Webhooks reads it. Raises its WebhookVerificationError."""
    event: dict[str, Any] = Webhook(secret).verify(received.body, received.headers)
    return event


def deliveries(cast: Cast, by: str = "admin") -> list[dict[str, Any]]:
    """All deliveries that a person sees, those of the newest event first, also of two within a millisecond."""
    actor: Actor = cast.actor(by)
    with cast.reading(actor.workspace_id):
        rows = queries.page_of_deliveries(actor, ListQuery(limit=200)).rows
    return sorted(rows, key=lambda row: str(row["event_id"]), reverse=True)


def attempts(cast: Cast, delivery_id: str) -> list[dict[str, Any]]:
    """The attempts of a delivery, oldest first."""
    with cast.reading():
        page = queries.page_of_attempts(cast.actor("admin"), delivery_id, ListQuery(limit=200))
    return list(page.rows)[::-1]


def state_of(cast: Cast, endpoint_id: str) -> Any:
    with cast.reading():
        return queries.endpoint(cast.actor("admin"), endpoint_id)


def column(cast: Cast, model: type[Any], name: str) -> list[Any]:
    """One column of a workspace table, in the order of ids."""
    with cast.reading() as work:
        table = model.__table__
        statement = select(table.c[name]).where(table.c.workspace_id == cast.acme).order_by(table.c.id)
        return list(work.scalars(statement))
