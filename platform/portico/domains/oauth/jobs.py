"""Jobs of the authorization server."""

from __future__ import annotations

from urllib.parse import urlencode

from portico import settings
from portico.domains.oauth import queries, service
from portico.kernel.actor import Actor
from portico.kernel.jobs import job
from portico.kernel.outbound import EgressPolicy, Request, send
from portico.kernel.unit_of_work import system_unit

DEADLINE_S = 10


class LogoutNotTaken(Exception):
    """The app did not take the message; the job tries again."""


@job("oauth.backchannel_logout", "Tell an app that a person signed out", own_units=True, tries=5)
def backchannel_logout(actor: Actor, client_id: str, employee_id: str, session_id: str) -> None:
    """A logout token of two minutes, made anew at each try. An app that names no address any more is not called."""
    with system_unit("back-channel logout: where the app wants to hear of it", write=True):
        address = queries.backchannel_logout_url(client_id)
        token = service.logout_token(client_id, employee_id, session_id) if address else ""
    if address is None:
        return
    here = settings.current()
    request = Request(
        "POST",
        address,
        {"Content-Type": "application/x-www-form-urlencoded", "Cache-Control": "no-store"},
        urlencode({"logout_token": token}).encode(),
        deadline_s=DEADLINE_S,
    )
    answer = send(request, EgressPolicy.for_mode(here.mode, here.egress_allow))
    # 400 means that the app could not do it (section 2.8); asking again would not help.
    if not answer.ok and answer.status != 400:
        raise LogoutNotTaken(f"The app answered {answer.status or answer.detail}.")
