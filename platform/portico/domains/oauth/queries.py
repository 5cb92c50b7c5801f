"""Reads of the authorization server. They run where the workspace is not known yet: in system units."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Executable, Row, and_, select

from portico.domains.catalogue.models import App, AppVersion
from portico.domains.installations.models import Installation
from portico.domains.oauth.models import InstallationToken, SigningKey
from portico.kernel.unit_of_work import session

_token = InstallationToken.__table__.c
_installation = Installation.__table__.c
_version = AppVersion.__table__.c


def _one(statement: Executable) -> Row[Any] | None:
    return session().execute(statement).one_or_none()


def token_with_power(digest: str) -> Row[Any] | None:
    """A token with all that its power depends on, in one statement."""
    return _one(
        select(
            _token.workspace_id,
            _token.installation_id,
            _token.app_id,
            _token.scopes,
            _token.expires_at,
            _token.revoked_at,
            _installation.status,
            _installation.granted_scopes,
            _version.scopes.label("asked_scopes"),
            _version.name.label("app_name"),
        )
        .join(
            Installation,
            and_(_installation.workspace_id == _token.workspace_id, _installation.id == _token.installation_id),
        )
        .outerjoin(AppVersion, and_(_version.app_id == _token.app_id, _version.status == "released"))
        .where(_token.digest == digest)
    )


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
        .outerjoin(AppVersion, and_(_version.app_id == _installation.app_id, _version.status == "released"))
        .where(_installation.id == installation_id, _installation.app_id == app_id)
        .where(_installation.status == "active")
    )


def owner_of(digest: str) -> str | None:
    """Which app a token was issued to."""
    return session().scalar(select(_token.app_id).where(_token.digest == digest))


def public_keys() -> list[dict[str, Any]]:
    """The public halves of all keys whose signatures may still be met."""
    return list(session().scalars(select(SigningKey.public).order_by(SigningKey.id)))


def active_key(purpose: str) -> Row[Any] | None:
    return _one(
        select(SigningKey.id, SigningKey.sealed).where(SigningKey.purpose == purpose, SigningKey.retired_at.is_(None))
    )
