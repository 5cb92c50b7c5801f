"""How an installation token and a user token become actors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update

from portico.domains.catalogue import manifests
from portico.domains.identity.readers import require_factor, worth
from portico.domains.installations import using
from portico.domains.installations.previewing import ends_with_app
from portico.domains.installations.schemas import GONE
from portico.domains.oauth import queries
from portico.domains.oauth.models import OAuthGrant
from portico.domains.oauth.power import COMMAND_LINE, is_let_in, power_of, sign_in_lives
from portico.domains.oauth.resources import is_api
from portico.kernel import authn, clock, data_range, last_use
from portico.kernel.actor import Actor, Caller
from portico.kernel.authn import Credential, InstallationSuspended, TokenExpired, TokenInvalid, TokenRevoked
from portico.kernel.errors import Refusal
from portico.kernel.exporting import Rows, of_a_person
from portico.kernel.unit_of_work import light_system_unit, session, system_unit, unit


@authn.reads_tokens("pti_")
def read_installation_token(digest: str) -> Actor:
    """The app in one workspace. Its power is what the released manifest asks for, the workspace granted, and the
    token was narrowed to: computed now, so that any cut bites at once."""
    with light_system_unit("authentication: an installation token by its digest"):
        row = queries.token_with_power(digest)
    if row is None:
        raise TokenInvalid()
    try:
        return _of_installation_token(row)
    except Refusal as refusal:
        refusal.caller = Caller(row.workspace_id, row.installation_id, row.app_id, None)
        raise


@authn.reads_credentials("pti_")
def look_at_installation_tokens(credentials: Sequence[Credential]) -> dict[Credential, Actor | Refusal]:
    with system_unit("authentication: installation tokens of open streams by their digests"):
        rows = queries.tokens_with_power([one.digest for one in credentials])
    return {Credential("pti_", row.digest): worth(_of_installation_token, row) for row in rows}


def _of_installation_token(row: Any) -> Actor:
    if row.revoked_at is not None or row.status in GONE:
        raise TokenRevoked()
    if row.expires_at <= clock.now():
        raise TokenExpired()
    if row.status != "active":
        raise InstallationSuspended()
    return _app(row)


def _app(row: Any) -> Actor:
    asked = frozenset(row.asked_scopes or ())
    granted = asked.intersection(row.granted_scopes)
    return Actor(
        kind="app",
        workspace_id=row.workspace_id,
        id=row.installation_id,
        scopes=granted if row.scopes is None else granted.intersection(row.scopes),
        pending_scopes=(asked - granted).intersection(asked if row.scopes is None else row.scopes),
        installation_id=row.installation_id,
        app_id=row.app_id,
        data_range=data_range.parse(row.data_range),
        caller_key=row.installation_id,
        display_name=manifests.localised(row.app_name, "en") or None,
    )


@authn.reads_tokens("ptu_")
def read_user_token(digest: str) -> Actor:
    """An app in the name of a person. A token for another resource is none here (RFC 8707 section 2)."""
    with light_system_unit("authentication: a user token by its digest"):
        row: Any = queries.user_token(digest)
    if row is None:
        raise TokenInvalid()
    if row.available is None and row.installation_id is not None:
        with unit(row.workspace_id, write=False):
            row = queries.settle(row)
    try:
        actor = _of_user_token(row)
    except Refusal as refusal:
        refusal.caller = Caller(row.workspace_id, row.installation_id, row.app_id, row.employee_id)
        raise
    if row.installation_id is not None:
        using.note(row.workspace_id, row.installation_id, row.employee_id)
    return actor


@authn.reads_credentials("ptu_")
def look_at_user_tokens(credentials: Sequence[Credential]) -> dict[Credential, Actor | Refusal]:
    """That a stream is open is no use of the app by the person."""
    with system_unit("authentication: user tokens of open streams by their digests"):
        rows = queries.user_tokens([one.digest for one in credentials])
    return {Credential("ptu_", row.digest): worth(_of_user_token, row) for row in rows}


def _of_user_token(row: Any) -> Actor:
    if not is_api(row.token_resource):
        raise TokenInvalid()
    refuse_dead(row)
    require_factor(row.two_factor, row.role, row.two_factor_at is not None)
    last_use.note("oauth_grant", row.grant_id)
    if row.client_id == COMMAND_LINE:
        return _by_command_line(row)
    return Actor(
        kind="app_for_employee",
        workspace_id=row.workspace_id,
        id=row.installation_id or row.client_id,
        scopes=power_of(row, row.token_scopes),
        role=row.role,
        employee_id=row.employee_id,
        user_id=row.user_id,
        membership_id=row.membership_id,
        installation_id=row.installation_id,
        app_id=row.app_id,
        data_range=data_range.parse(row.data_range),
        grant_id=row.grant_id,
        caller_key=f"{row.installation_id or row.client_id}.{row.membership_id}",
        shared_key=row.installation_id or row.client_id,
        display_name=manifests.localised(row.app_name, "en") or None,
    )


def _by_command_line(row: Any) -> Actor:
    """The person themselves, as by a personal token: the command line is no app that acts in their name."""
    return Actor(
        kind="employee",
        workspace_id=row.workspace_id,
        id=row.employee_id,
        employee_id=row.employee_id,
        membership_id=row.membership_id,
        user_id=row.user_id,
        role=row.role,
        scopes=power_of(row, row.token_scopes),
        grant_id=row.grant_id,
        caller_key=row.membership_id,
    )


def refuse_dead(row: Any) -> None:
    """Raises the refusal for a token (a row of `queries.user_token`) that cannot be used now."""
    if row.token_revoked_at is not None or row.ended_at is not None or row.left_at is not None:
        raise TokenRevoked()
    if row.app_id is not None and row.status in (None, *GONE):
        raise TokenRevoked()
    if not sign_in_lives(row) or not is_let_in(row):
        raise TokenRevoked()
    if min(row.token_expires_at, row.grant_expires_at) <= clock.now():
        raise TokenExpired()
    if row.app_id is not None and row.status != "active":
        raise InstallationSuspended()
    if row.app_id is not None and not row.available:
        raise TokenRevoked()


@last_use.writes("oauth_grant")
def write_grant_use(seen: dict[str, datetime]) -> None:
    for grant_id, at in seen.items():
        session().execute(update(OAuthGrant).where(OAuthGrant.id == grant_id).values(last_used_at=at))


@of_a_person("access_of_apps")
def access_of_apps(actor: Actor) -> Rows:
    """What the person allowed apps to do in their name."""
    names = ("client_id", "installation_id", "scopes", "created_at", "last_used_at")
    return [{name: getattr(row, name) for name in names} for row in queries.own_grants(actor)]


ends_with_app("tokens")(queries.count_living_tokens)
ends_with_app("user_grants")(lambda actor, installation_id: len(queries.grants_of_installation(actor, installation_id)))
