"""Chores of webhooks."""

from __future__ import annotations

from portico.domains.identity import queries as identity
from portico.domains.webhooks import apps, queries
from portico.domains.webhooks.service.failing import NOTICE
from portico.kernel import mail, public
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.jobs import job
from portico.kernel.text import N_
from portico.kernel.unit_of_work import unit

_FAILING = """Since {since} (UTC) nothing that we send to this address has come through:
{url}

It fails with: {error}. We go on trying, and nothing is lost: what waits is delivered when it answers again. After
five days without a success we stop sending and hold what happens until you enable it.

{page}
"""
_DISABLED = """We have stopped sending to this address:
{url}

{why} What happens from now on is held for 30 days. Mend the receiver, then enable the endpoint:
{page}
"""
_WHY = {
    "gone": "It answered 410 Gone, which asks us to stop.",
    "asked": "It answered with `webhook-delivery: disable`.",
    "failing": "For five days nothing has come through.",
}


@job(NOTICE, N_("Tell who owns a webhook endpoint that it fails"), own_units=True)
def notice(actor: Actor, endpoint_id: str) -> None:
    """Mail those who look after the endpoint, unless it is well, enabled or gone by now."""
    with unit(actor.workspace_id, write=False):
        try:
            row = queries.endpoint(actor, endpoint_id)
        except NotFound:
            return
        error = queries.last_error(actor, endpoint_id)
        addresses = {*identity.addresses_of_roles(actor, "app_manager")}
        addresses |= apps.publisher_addresses(actor, row.installation_id)
    page = public.url(f"/admin/webhooks/{endpoint_id}")
    if row.stored_status == "disabled":
        subject = "A webhook endpoint was disabled"
        body = _DISABLED.format(url=row.url, why=_WHY.get(row.reason or "", ""), page=page)
    elif row.failing_since is not None:
        subject = "A webhook endpoint fails"
        body = _FAILING.format(url=row.url, since=f"{row.failing_since:%Y-%m-%d %H:%M}", error=error, page=page)
    else:
        return
    for address in sorted(addresses):
        mail.send(address, subject, body)
