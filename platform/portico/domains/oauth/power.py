"""What an app may do in someone's name: computed at each request, so that any cut bites at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portico import settings
from portico.kernel import clock
from portico.kernel.scopes import SCOPES, app_scopes, scopes_of_role

IDENTITY = frozenset({"openid", "profile", "email"})
"""By these a person says who they are. They are nobody else's to grant, so no role and no admin stands before them."""
OFFLINE = "offline_access"
"""Every client may ask for it (OpenID Connect Core section 11). It is answered, and gives no power of its own."""
COMMAND_LINE = "portico-cli"
"""The client id of `portico-app login`. It is a part of Portico: a person who lets it in acts themselves, by it, and so
may do what no app does in their name, such as register apps."""
FOR_COMMAND_LINE = frozenset(
    {
        "apps:read",
        "apps:write",
        "catalogue:read",
        "installations:read",
        "webhooks:read",
        "webhooks:write",
    }
)


def user_power(
    role: str, asked: Iterable[str], consented: Iterable[str], narrowed: Iterable[str] | None = None
) -> frozenset[str]:
    """The released manifest's user scopes, within the person's consent, within their role, within the token."""
    return _within(frozenset(asked), consented, narrowed) & (IDENTITY | (scopes_of_role(role) & app_scopes()))


def command_line_power(role: str, consented: Iterable[str], narrowed: Iterable[str] | None = None) -> frozenset[str]:
    """The same for our own command line: what an app may not is not taken out."""
    return _within(FOR_COMMAND_LINE, consented, narrowed) & scopes_of_role(role)


def _within(asked: frozenset[str], consented: Iterable[str], narrowed: Iterable[str] | None) -> frozenset[str]:
    power = asked.intersection(consented)
    return power if narrowed is None else power.intersection(narrowed)


def allowed_to_unlisted() -> frozenset[str]:
    """What a person can allow a client that is no app of the catalogue: nobody vouches for it, so nothing
    sensitive."""
    return frozenset(scope.name for scope in SCOPES if scope.for_apps and scope.risk != "sensitive") | IDENTITY


def power_of(grant: Any, narrowed: Iterable[str] | None = None) -> frozenset[str]:
    """The power of a grant as `queries.grant` answers it. A client that is no app asks for what was consented."""
    if grant.client_id == COMMAND_LINE:
        return command_line_power(grant.role, grant.scopes, narrowed)
    asked = allowed_to_unlisted() if grant.app_id is None else [row["name"] for row in grant.user_scopes or ()]
    return user_power(grant.role, asked, grant.scopes, narrowed)


def shown(scopes: Iterable[str], power: Iterable[str]) -> tuple[str, ...]:
    """`scope` of an answer: the power, and `offline_access` where it is among `scopes`."""
    return tuple(sorted({*power, *({OFFLINE} & set(scopes))}))


def sign_in_lives(grant: Any) -> bool:
    """What pages inside the portal were given ends with the sign-in, however that ended: it is looked at each time."""
    if not grant.session_bound:
        return True
    return grant.sign_in_expires_at is not None and bool(grant.sign_in_expires_at > clock.now())


def is_let_in(grant: Any) -> bool:
    """Whether the workspace lets the client act now. A client that is no app of the catalogue needs its consent to
    such ones; an app is looked at by its installation."""
    if grant.app_id is not None or grant.client_id == COMMAND_LINE:
        return True
    return settings.current().unlisted_clients != "off" and bool(grant.unlisted_clients)
