"""Chores of webhooks."""

from __future__ import annotations

from typing import Any

from portico.domains.identity import queries as identity
from portico.domains.notifications.kinds import KINDS, MAIL_AND_PUSH, NotificationKind
from portico.domains.notifications.service import notify
from portico.domains.webhooks import apps, queries
from portico.domains.webhooks.service.failing import NOTICE
from portico.kernel import mail
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow
from portico.kernel.errors import NotFound
from portico.kernel.jobs import job, running
from portico.kernel.text import N_
from portico.kernel.unit_of_work import unit

FAILING = KINDS.add(NotificationKind("webhook_endpoint.failing", N_("Webhook endpoints that fail"), MAIL_AND_PUSH))
_FAILS = (
    N_("A webhook endpoint fails"),
    N_(
        "Since %(since)s (UTC) nothing that we send to %(url)s has come through; it fails with: %(error)s. We go on "
        "trying, and nothing is lost: what waits is delivered when it answers again. After five days without a success "
        "we stop sending and hold what happens until you enable it."
    ),
)
_DISABLED = N_("A webhook endpoint was disabled")
_HELD = {
    "gone": N_(
        "We have stopped sending to %(url)s: it answered 410 Gone, which asks us to stop. What happens from now on is "
        "held for 30 days. Mend the receiver, then enable the endpoint."
    ),
    "asked": N_(
        "We have stopped sending to %(url)s: it answered with `webhook-delivery: disable`. What happens from now on is "
        "held for 30 days. Mend the receiver, then enable the endpoint."
    ),
    "failing": N_(
        "We have stopped sending to %(url)s: for five days nothing has come through. What happens from now on is held "
        "for 30 days. Mend the receiver, then enable the endpoint."
    ),
}


@job(NOTICE, N_("Tell who owns a webhook endpoint that it fails"), own_units=True)
def notice(actor: Actor, endpoint_id: str) -> None:
    """Tell those who look after the endpoint, unless it is well, enabled or gone by now. The app's developer is of
    another company, perhaps: they get a mail and no more."""
    with unit(actor.workspace_id, write=True):
        try:
            row = queries.endpoint(actor, endpoint_id)
        except NotFound:
            return
        said = _said(row, queries.last_error(actor, endpoint_id))
        if said is None:
            return
        title, body, params = said
        notify(
            actor,
            FAILING.name,
            identity.employees_of_roles(actor, "app_manager"),
            title=title,
            body=body,
            params=params,
            url=f"/admin/webhooks/{endpoint_id}",
            key=running().job_id,
        )
        outside = apps.publisher_addresses(actor, row.installation_id)
        outside -= set(identity.addresses_of_roles(actor, "app_manager"))
    for address in sorted(outside):
        mail.send(address, title, body % params)


def _said(row: AnyRow, error: str | None) -> tuple[str, str, dict[str, Any]] | None:
    if row.stored_status == "disabled":
        return _DISABLED, _HELD.get(row.reason or "", _HELD["failing"]), {"url": row.url}
    if row.failing_since is None:
        return None
    since = f"{row.failing_since:%Y-%m-%d %H:%M}"
    return *_FAILS, {"url": row.url, "since": since, "error": error}
