"""Jobs of the authorization server."""

from __future__ import annotations

from urllib.parse import urlencode

from portico import settings
from portico.domains.catalogue.manifests import localised
from portico.domains.identity import queries as identity
from portico.domains.notifications.kinds import KINDS, MAIL_AND_PUSH, NotificationKind
from portico.domains.notifications.service import notify
from portico.domains.oauth import grants, queries, service
from portico.domains.oauth.registered import find_client
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.jobs import job, running
from portico.kernel.outbound import EgressPolicy, Request, send
from portico.kernel.text import N_
from portico.kernel.unit_of_work import system_unit, unit

DEADLINE_S = 10


class LogoutNotTaken(Exception):
    """The app did not take the message; the job tries again."""


@job("oauth.backchannel_logout", "Tell an app that a person signed out", own_units=True, tries=5)
def backchannel_logout(actor: Actor, client_id: str, employee_id: str, session_id: str) -> None:
    """A logout token of two minutes, made anew at each try. An app that names no address any more is not called."""
    with system_unit("back-channel logout: where the app wants to hear of it", write=True):
        address = queries.backchannel_logout_url(actor.workspace_id, client_id)
        token = service.logout_token(client_id, employee_id, session_id) if address else ""
    if address is None:
        return
    request = Request(
        "POST",
        address,
        {"Content-Type": "application/x-www-form-urlencoded", "Cache-Control": "no-store"},
        urlencode({"logout_token": token}).encode(),
        deadline_s=DEADLINE_S,
    )
    answer = send(request, EgressPolicy.of(settings.current()))
    # 400 means that the app could not do it (section 2.8); asking again would not help.
    if not answer.ok and answer.status != 400:
        raise LogoutNotTaken(f"The app answered {answer.status or answer.detail}.")


REPLAYED = KINDS.add(
    NotificationKind("access.replayed", N_("Spent tokens that were shown again"), MAIL_AND_PUSH, mutable=False)
)
_TITLE = N_("%(app)s: a spent token was shown again")
_BODY = N_(
    "%(app)s showed a code or a token again that was spent before, in the name of %(person)s (%(email)s), at %(at)s. "
    "Either the app made a mistake, or somebody else holds a copy. So we ended this access at once: none of its tokens "
    "works any more, and nothing has to be done. %(person)s is asked again when they next use the app. If it happens "
    "again, suspend the app and ask its publisher."
)


@job("oauth.warn_of_replay", "Warn admins that a spent token was shown again", own_units=True)
def warn_of_replay(actor: Actor, grant_id: str) -> None:
    """Those who manage apps. The app's page says it too, for 30 days."""
    with unit(actor.workspace_id, write=False):
        found = grants.about_replay(actor, grant_id)
    if found is None:
        return
    client = find_client(found.client_id)
    params = {
        "app": localised(client.name, "en") if client else found.client_id,
        "person": found.display_name,
        "email": found.email,
        "at": clock.rfc3339(found.ended_at),
    }
    page = "/admin/apps" + (f"/{found.installation_id}" if found.installation_id else "")
    with unit(actor.workspace_id, write=True):
        to = identity.employees_of_roles(actor, "app_manager")
        notify(actor, REPLAYED.name, to, title=_TITLE, body=_BODY, params=params, url=page, key=running().job_id)
