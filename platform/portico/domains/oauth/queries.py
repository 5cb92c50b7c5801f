"""Reads of the authorization server. They run where the workspace is not known yet: in system units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, Executable, Row, Select, and_, func, select

from portico.domains.catalogue import queries as catalogue
from portico.domains.catalogue.models import App, AppVersion
from portico.domains.identity.models import Membership, User, Workspace
from portico.domains.identity.models import Session as SignIn
from portico.domains.identity.roles import role_column
from portico.domains.installations.models import Installation
from portico.domains.installations.queries import availability, settled
from portico.domains.installations.schemas import LIVE
from portico.domains.oauth.models import (
    AuthorizationCode,
    DeviceCode,
    InstallationToken,
    OAuthConsent,
    OAuthGrant,
    RefreshToken,
    SigningKey,
    UserToken,
)
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.prepared import prepared
from portico.kernel.unit_of_work import session

_token = InstallationToken.__table__.c
_installation = Installation.__table__.c
_version = AppVersion.__table__.c
_grant = OAuthGrant.__table__.c
_member = Membership.__table__.c
_sign_in = SignIn.__table__.c


def _one(statement: Executable) -> Row[Any] | None:
    return session().execute(statement).one_or_none()


@prepared
def _token_with_power(digest: str) -> Select[Any]:
    return _with_power().where(_token.digest == digest)


def tokens_with_power(digests: Sequence[str]) -> list[Row[Any]]:
    """As `token_with_power`, for many at once, each with its digest."""
    return list(session().execute(_with_power().add_columns(_token.digest).where(_token.digest.in_(digests))))


def _with_power() -> Select[Any]:
    return (
        select(
            _token.workspace_id,
            _token.installation_id,
            _token.app_id,
            _token.scopes,
            _token.expires_at,
            _token.revoked_at,
            _installation.status,
            _installation.granted_scopes,
            _installation.data_range,
            _version.scopes.label("asked_scopes"),
            _version.name.label("app_name"),
        )
        .join(
            Installation,
            and_(_installation.workspace_id == _token.workspace_id, _installation.id == _token.installation_id),
        )
        .outerjoin(AppVersion, catalogue.runs(_token.app_id, _installation.bucket))
    )


def token_with_power(digest: str) -> Row[Any] | None:
    """A token with all that its power depends on, in one statement."""
    return _token_with_power(digest).one_or_none()


def mintable(app_id: str, installation_id: str) -> Row[Any] | None:
    """The client's own active installation with its power, or None: another's and nobody's look alike."""
    return _one(
        select(
            _installation.workspace_id,
            _installation.id,
            _installation.granted_scopes,
            _version.scopes.label("asked_scopes"),
        )
        .join(App, App.id == _installation.app_id)
        .outerjoin(AppVersion, catalogue.runs(_installation.app_id, _installation.bucket))
        .where(_installation.id == installation_id, _installation.app_id == app_id)
        .where(_installation.status == "active")
    )


def expiry_of(digest: str) -> datetime | None:
    """Until when an installation token lives at the longest."""
    return session().scalar(select(_token.expires_at).where(_token.digest == digest))


def count_living_tokens(actor: Actor, installation_id: str) -> int:
    """How many tokens of an installation can be used now."""
    living = (_token.revoked_at.is_(None), _token.expires_at > clock.now())
    mine = (_token.workspace_id == actor.workspace_id, _token.installation_id == installation_id)
    return session().scalar(select(func.count(_token.id)).where(*mine, *living)) or 0


def public_keys(purpose: str | None = None) -> list[dict[str, Any]]:
    """The public halves of all keys whose signatures may be met, those that do not sign yet among them."""
    found = select(SigningKey.public).order_by(SigningKey.id)
    return list(session().scalars(found if purpose is None else found.where(SigningKey.purpose == purpose)))


def active_key(purpose: str) -> Row[Any] | None:
    found = select(SigningKey.id, SigningKey.sealed)
    return _one(found.where(SigningKey.purpose == purpose, SigningKey.stage == "active"))


def key_stages(stage: str) -> list[Row[Any]]:
    """The keys of one stage, of all purposes."""
    found = select(SigningKey.id, SigningKey.purpose, SigningKey.created_at).where(SigningKey.stage == stage)
    return list(session().execute(found.order_by(SigningKey.id)))


# --- grants, their codes and tokens -----------------------------------------------------------------------------------


def _with_grant(*columns: Any) -> Select[Any]:
    """Columns of a code or token beside its grant, with all that the grant's power depends on."""
    return (
        select(
            *columns,
            *(column for column in _grant if column.name not in {"id", "expires_at"}),
            _grant.id.label("grant_id"),
            _grant.expires_at.label("grant_expires_at"),
            role_column(),
            _member.employee_id,
            _member.ended_at.label("left_at"),
            _sign_in.expires_at.label("sign_in_expires_at"),
            Workspace.unlisted_clients,
            Workspace.two_factor,
            User.two_factor_at,
            _installation.status,
            _installation.data_range,
            availability(_member.employee_id).label("available"),
            _version.manifest[("access", "user_scopes")].label("user_scopes"),
            _version.name.label("app_name"),
        )
        .select_from(OAuthGrant)
        .join(Membership, _member.id == _grant.membership_id)
        .join(Workspace, Workspace.id == _grant.workspace_id)
        .join(User, User.id == _grant.user_id)
        .outerjoin(SignIn, _sign_in.id == _grant.session_id)
        .outerjoin(
            Installation,
            and_(_installation.workspace_id == _grant.workspace_id, _installation.id == _grant.installation_id),
        )
        .outerjoin(AppVersion, catalogue.runs(_grant.app_id, _installation.bucket))
    )


class _Settled(SimpleNamespace):
    """A row to which an answer was added."""

    @property
    def _mapping(self) -> Mapping[str, Any]:
        return vars(self)


def settle(row: Any) -> Any:
    """A row of a grant, with `available` answered where the statement left it open."""
    if row is None or row.available is not None or row.installation_id is None:
        return row
    available = settled(None, row.workspace_id, row.installation_id, row.employee_id)
    return _Settled(**{**row._mapping, "available": available})


def grant(grant_id: str) -> Any:
    """A grant with all that its power depends on."""
    return settle(_one(_with_grant().where(_grant.id == grant_id)))


@prepared
def _user_token(digest: str) -> Select[Any]:
    return _user_tokens().where(UserToken.__table__.c.digest == digest)


def user_tokens(digests: Sequence[str]) -> list[Any]:
    """As `user_token`, for many at once, each with its digest; settled."""
    token = UserToken.__table__.c
    rows = session().execute(_user_tokens().add_columns(token.digest).where(token.digest.in_(digests)))
    return [settle(row) for row in rows]


def _user_tokens() -> Select[Any]:
    token = UserToken.__table__.c
    return _with_grant(
        token.id.label("token_id"),
        token.scopes.label("token_scopes"),
        token.resource.label("token_resource"),
        token.created_at.label("token_created_at"),
        token.expires_at.label("token_expires_at"),
        token.revoked_at.label("token_revoked_at"),
    ).join(UserToken, token.grant_id == _grant.id)


def user_token(digest: str) -> Row[Any] | None:
    """A user token with its grant, in one statement; to be settled."""
    return _user_token(digest).one_or_none()


def refresh_token(digest: str) -> Any:
    """A refresh token with its grant."""
    token = RefreshToken.__table__.c
    whole = _with_grant(
        token.id.label("token_id"),
        token.created_at.label("token_created_at"),
        token.expires_at.label("token_expires_at"),
        token.revoked_at.label("token_revoked_at"),
        token.spent_at,
        token.successor_id,
        token.graces,
    ).join(RefreshToken, token.grant_id == _grant.id)
    return settle(_one(whole.where(token.digest == digest)))


def app_of(actor: Actor, installation_id: str) -> str | None:
    """Which app an installation of the workspace is of."""
    return session().scalar(
        select(_installation.app_id).where(
            _installation.workspace_id == actor.workspace_id, _installation.id == installation_id
        )
    )


def grant_of_code(digest: str) -> str | None:
    return session().scalar(select(AuthorizationCode.grant_id).where(AuthorizationCode.digest == digest))


def consented(actor: Actor, client_id: str, seen: str) -> frozenset[str] | None:
    """What the person has allowed this client, as it looks now; None when they were never asked."""
    scopes = session().scalar(
        select(OAuthConsent.scopes).where(
            OAuthConsent.membership_id == actor.membership_id,
            OAuthConsent.client_id == client_id,
            OAuthConsent.seen == seen,
        )
    )
    return None if scopes is None else frozenset(scopes)


def doors_of(user_id: str, app_id: str | None) -> list[Any]:
    """Each workspace of a person, with the installation of the app there and whether it is for them."""
    joined = and_(
        _installation.workspace_id == _member.workspace_id,
        _installation.app_id == app_id,
        _installation.status.in_(LIVE),
    )
    rows = session().execute(
        select(
            _member.workspace_id,
            Workspace.name,
            Workspace.slug,
            Workspace.unlisted_clients,
            role_column(),
            _member.employee_id,
            _installation.id.label("installation_id"),
            _installation.status,
            availability(_member.employee_id).label("available"),
        )
        .select_from(Membership)
        .join(Workspace, Workspace.id == _member.workspace_id)
        .outerjoin(Installation, joined)
        .where(_member.user_id == user_id, _member.ended_at.is_(None))
        .order_by(Workspace.name, Workspace.id)
    )
    return [settle(row) for row in rows]


def signed_in_at(session_id: str) -> datetime | None:
    """`auth_time` of a sign-in that lives."""
    return session().scalar(select(SignIn.authenticated_at).where(SignIn.id == session_id))


def methods_of(session_id: str | None) -> list[str]:
    """By what the person of a sign-in that lives proved who they are."""
    return session().scalar(select(SignIn.methods).where(SignIn.id == session_id)) or []


def grants_of(*conditions: ColumnElement[bool]) -> Select[Any]:
    """Living grants that have tokens, with whose they are."""
    return (
        select(OAuthGrant.__table__, _member.employee_id, User.display_name, User.email)
        .join(Membership, _member.id == _grant.membership_id)
        .join(User, User.id == _grant.user_id)
        .where(_grant.ended_at.is_(None), _grant.issued_at.is_not(None), _grant.expires_at > clock.now(), *conditions)
    )


def own_grants(actor: Actor) -> list[Row[Any]]:
    """What the acting person allowed, in this workspace."""
    mine = grants_of(_grant.membership_id == actor.membership_id)
    return list(session().execute(mine.order_by(_grant.id.desc())))


def grants_of_installation(actor: Actor, installation_id: str) -> list[Row[Any]]:
    """Who let an installed app act for them."""
    here = (_grant.workspace_id == actor.workspace_id, _grant.installation_id == installation_id)
    return list(session().execute(grants_of(*here).order_by(_grant.id.desc())))


def was_spent(refresh_id: str | None) -> bool:
    """Whether a refresh token was used, or is gone."""
    found = session().scalar(
        select(RefreshToken.id).where(RefreshToken.id == refresh_id, RefreshToken.spent_at.is_(None))
    )
    return found is None


# --- signing out ------------------------------------------------------------------------------------------------------


def signed_in_by(session_id: str) -> list[Row[Any]]:
    """The apps that a sign-in let act for its person and that want to hear of its end: once per workspace."""
    wanted = _version.manifest[("oauth", "backchannel_logout_url")].as_string().is_not(None)
    return list(
        session().execute(
            select(_grant.workspace_id, _grant.client_id, _member.employee_id)
            .distinct()
            .join(Membership, _member.id == _grant.membership_id)
            .join(
                Installation,
                and_(_installation.workspace_id == _grant.workspace_id, _installation.id == _grant.installation_id),
            )
            .join(AppVersion, catalogue.runs(_grant.app_id, _installation.bucket))
            .where(_grant.session_id == session_id, _grant.issued_at.is_not(None), wanted)
        )
    )


def backchannel_logout_url(workspace_id: str, app_id: str) -> str | None:
    """Where the version that runs in this workspace wants to hear that somebody signed out."""
    here = select(_installation.app_id, _installation.bucket).where(
        _installation.workspace_id == workspace_id,
        _installation.app_id == app_id,
        _installation.status != "erased",
    )
    row = _one(here)
    found = catalogue.run_by(dict(row._mapping)) if row is not None else None
    path = found.manifest.get("oauth", {}).get("backchannel_logout_url") if found is not None else None
    return f"{found.base_url}{path}" if found is not None and path else None


# --- devices ----------------------------------------------------------------------------------------------------------


def device_by_code(digest: str) -> Row[Any] | None:
    return _one(select(DeviceCode.__table__).where(DeviceCode.device_digest == digest))


def pending_device(user_digest: str) -> Row[Any] | None:
    """What waits for a decision behind a user code."""
    found = select(DeviceCode.__table__).where(DeviceCode.user_digest == user_digest)
    return _one(found.where(DeviceCode.state == "pending", DeviceCode.expires_at > clock.now()))
