"""Reads for pages of apps inside the portal, whose session tokens become user tokens. In system units, as `queries`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from portico.domains.catalogue import queries as catalogue
from portico.domains.catalogue.models import AppVersion
from portico.domains.identity.models import Membership
from portico.domains.identity.models import Session as SignIn
from portico.domains.identity.roles import role_column
from portico.domains.installations.models import Installation
from portico.domains.installations.queries import availability
from portico.domains.oauth.models import OAuthConsent, OAuthGrant
from portico.domains.oauth.queries import settle
from portico.kernel import clock
from portico.kernel.unit_of_work import session

_installation = Installation.__table__.c
_version = AppVersion.__table__.c
_grant = OAuthGrant.__table__.c
_member = Membership.__table__.c
_sign_in = SignIn.__table__.c


def embedded_place(app_id: str, claims: Mapping[str, Any]) -> Any:
    """Who looks at a page of the app, by the claims of a session token: the sign-in lives, the person is here, the app
    is active and for them; else None."""
    place = (
        select(
            _member.id.label("membership_id"),
            _member.workspace_id,
            _member.employee_id,
            _member.user_id,
            role_column(),
            _sign_in.authenticated_at.label("signed_in_at"),
            _installation.id.label("installation_id"),
            _version.manifest[("access", "user_scopes")].label("user_scopes"),
            availability(_member.employee_id).label("available"),
        )
        .select_from(Membership)
        .join(SignIn, _sign_in.user_id == _member.user_id)
        .join(Installation, _installation.workspace_id == _member.workspace_id)
        .join(AppVersion, catalogue.runs(_installation.app_id, _installation.bucket))
        .where(_member.workspace_id == claims.get("workspace_id"), _member.employee_id == claims.get("sub"))
        .where(_member.ended_at.is_(None), _sign_in.id == claims.get("sid"), _sign_in.expires_at > clock.now())
        .where(_installation.id == claims.get("installation_id"), _installation.app_id == app_id)
        .where(_installation.status == "active")
    )
    found = settle(session().execute(place).one_or_none())
    return found if found is not None and found.available else None


def embedded_grant(client_id: str, membership_id: str, session_id: str, scopes: frozenset[str]) -> str | None:
    """The living grant of a sign-in's pages for exactly these scopes."""
    rows = session().execute(
        select(_grant.id, _grant.scopes)
        .where(_grant.membership_id == membership_id, _grant.client_id == client_id)
        .where(_grant.session_id == session_id, _grant.session_bound, _grant.ended_at.is_(None))
        .where(_grant.expires_at > clock.now())
        .order_by(_grant.id)
    )
    return next((row.id for row in rows if set(row.scopes) == scopes), None)


def allowed_scopes(membership_id: str, client_id: str) -> frozenset[str]:
    """What a person has allowed a client."""
    mine = (OAuthConsent.membership_id == membership_id, OAuthConsent.client_id == client_id)
    return frozenset(session().scalar(select(OAuthConsent.scopes).where(*mine)) or ())
