"""Chores of the directory."""

from __future__ import annotations

from portico.domains.directory import queries
from portico.domains.directory.service.inviting import SEND, link_token
from portico.domains.identity import queries as identity
from portico.kernel import mail, public
from portico.kernel.actor import Actor
from portico.kernel.jobs import job
from portico.kernel.text import N_
from portico.kernel.unit_of_work import unit

_TEXT = """{name} invites you to work together in Portico.

Accept the invitation and choose a password:
{url}

The link works once and until {until} (UTC). If you did not expect it, do nothing.
"""


@job(SEND, N_("Send an invitation"), own_units=True)
def send_invitation(actor: Actor, invitation_id: str) -> None:
    """Mail the link, unless the invitation is over by now."""
    with unit(actor.workspace_id, write=False):
        row = queries.invitation(actor, invitation_id)
        name = identity.workspace(actor.workspace_id).name
    if row.status != "pending":
        return
    url = public.url(f"/account/invitation/{link_token(row.id, row.nonce)}")
    body = _TEXT.format(name=name, url=url, until=f"{row.expires_at:%Y-%m-%d %H:%M}")
    mail.send(row.email, f"{name} invites you", body)
