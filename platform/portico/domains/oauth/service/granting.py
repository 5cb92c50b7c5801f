"""Grants begin with a person's yes, and end once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, insert, update
from sqlalchemy.exc import IntegrityError

from portico.domains.identity.service import factors
from portico.domains.oauth import queries
from portico.domains.oauth.events import OAUTH_GRANT_CREATED, OAUTH_GRANT_REPLAYED, OAUTH_GRANT_REVOKED
from portico.domains.oauth.models import AuthorizationCode, OAuthConsent, OAuthGrant, RefreshToken, UserToken
from portico.domains.oauth.service.issuing import LIFE, LIFE_IF_PUBLIC
from portico.kernel import clock, secrets
from portico.kernel.actor import Actor, system
from portico.kernel.errors import NotFound
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

CODE_SECONDS = 60
REPLAY = "replay"


def begin_grant(
    actor: Actor,
    *,
    client_id: str,
    app_id: str | None,
    installation_id: str | None,
    public: bool,
    scopes: Iterable[str],
    resource: str | None,
    session_id: str | None,
    auth_time: datetime,
    session_bound: bool = False,
) -> str:
    """Record that the acting person lets a client act for them; answers the grant's id. Whether it may be is decided
    before."""
    grant_id = new_id("gnt")
    now = clock.now()
    session().execute(
        insert(OAuthGrant).values(
            id=grant_id,
            workspace_id=actor.workspace_id,
            membership_id=actor.membership_id,
            user_id=actor.user_id,
            client_id=client_id,
            app_id=app_id,
            installation_id=installation_id,
            public=public,
            scopes=sorted(set(scopes)),
            resource=resource,
            session_id=session_id,
            session_bound=session_bound,
            auth_time=auth_time,
            amr=factors.amr(queries.methods_of(session_id)),
            created_at=now,
            expires_at=now + (LIFE_IF_PUBLIC if public else LIFE),
        )
    )
    _tell(actor, OAUTH_GRANT_CREATED, grant_id)
    return grant_id


def issue_code(grant_id: str, *, redirect_uri: str, challenge: str, nonce: str | None) -> str:
    """A code of one minute for a grant that has just begun (RFC 6749 section 4.1.2)."""
    code = secrets.new_token("ptc_")
    session().execute(
        insert(AuthorizationCode).values(
            id=new_id("ocd"),
            digest=secrets.digest(code),
            grant_id=grant_id,
            redirect_uri=redirect_uri,
            challenge=challenge,
            nonce=nonce,
            created_at=clock.now(),
            expires_at=clock.now() + timedelta(seconds=CODE_SECONDS),
        )
    )
    return code


def remember_consent(actor: Actor, client_id: str, seen: str, scopes: Iterable[str]) -> None:
    """Keep a yes, so that the same is not asked again. A client that looks otherwise now begins anew."""
    before = queries.consented(actor, client_id, seen) or frozenset()
    values = {"scopes": sorted(before.union(scopes)), "seen": seen, "updated_at": clock.now()}
    mine = (OAuthConsent.membership_id == actor.membership_id, OAuthConsent.client_id == client_id)
    work = session()
    if work.scalar(update(OAuthConsent).where(*mine).values(**values).returning(OAuthConsent.id)) is not None:
        return
    try:
        with work.begin_nested():
            work.execute(
                insert(OAuthConsent).values(
                    id=new_id("ocn"),
                    workspace_id=actor.workspace_id,
                    membership_id=actor.membership_id,
                    client_id=client_id,
                    created_at=clock.now(),
                    **values,
                )
            )
    except IntegrityError:
        # The same yes came twice at once; the other one is kept.
        return


def end_grant(grant_id: str, reason: str, actor: Actor | None = None) -> bool:
    """End a grant, and by that each of its tokens and codes, at once. False when it had ended already."""
    ended = session().scalar(
        update(OAuthGrant)
        .where(OAuthGrant.id == grant_id, OAuthGrant.ended_at.is_(None))
        .values(ended_at=clock.now(), end_reason=reason)
        .returning(OAuthGrant.workspace_id)
    )
    if ended is None:
        return False
    kind = OAUTH_GRANT_REPLAYED if reason == REPLAY else OAUTH_GRANT_REVOKED
    _tell(actor or system(ended), kind, grant_id)
    return True


def _end_where(reason: str, *conditions: ColumnElement[bool]) -> list[str]:
    ended = session().scalars(
        update(OAuthGrant)
        .where(OAuthGrant.ended_at.is_(None), *conditions)
        .values(ended_at=clock.now(), end_reason=reason)
        .returning(OAuthGrant.id)
    )
    return list(ended)


def end_grants_of_member(actor: Actor, membership_id: str) -> None:
    """In the transaction in which a person leaves; that event tells the story."""
    _end_where("member_left", OAuthGrant.membership_id == membership_id)
    session().execute(delete(OAuthConsent).where(OAuthConsent.membership_id == membership_id))


def end_grants_of_installation(actor: Actor, installation_id: str) -> None:
    """In the transaction that uninstalls an app; that event tells the story. Where it is installed again, people are
    asked again."""
    here = (OAuthGrant.workspace_id == actor.workspace_id, OAuthGrant.installation_id == installation_id)
    _end_where("uninstalled", *here)
    app_id = queries.app_of(actor, installation_id)
    session().execute(
        delete(OAuthConsent).where(OAuthConsent.workspace_id == actor.workspace_id, OAuthConsent.client_id == app_id)
    )


def end_grants_of_user(user_id: str) -> None:
    """Whoever knew the old password may have said yes to an app with it: in every workspace, all of it ends."""
    for grant_id in _end_where("credentials_changed", OAuthGrant.user_id == user_id):
        found = queries.grant(grant_id)
        if found is not None:
            _tell(system(found.workspace_id), OAUTH_GRANT_REVOKED, grant_id)


def revoke_client(actor: Actor, client_id: str) -> None:
    """The acting person takes back what they allowed a client; next time they are asked again. Raises NotFound."""
    ended = _end_where("person", OAuthGrant.membership_id == actor.membership_id, OAuthGrant.client_id == client_id)
    mine = (OAuthConsent.membership_id == actor.membership_id, OAuthConsent.client_id == client_id)
    forgotten = session().scalar(delete(OAuthConsent).where(*mine).returning(OAuthConsent.id))
    if not ended and forgotten is None:
        raise NotFound()
    for grant_id in ended:
        _tell(actor, OAUTH_GRANT_REVOKED, grant_id)


def revoke_grant(actor: Actor, grant_id: str) -> None:
    """An admin ends what a person of the workspace allowed an app, and forgets the yes. Raises NotFound."""
    found = queries.grant(grant_id)
    if found is None or found.workspace_id != actor.workspace_id or not end_grant(grant_id, "admin", actor):
        raise NotFound()
    session().execute(
        delete(OAuthConsent).where(
            OAuthConsent.membership_id == found.membership_id, OAuthConsent.client_id == found.client_id
        )
    )


def _tell(actor: Actor, kind: Any, grant_id: str) -> None:
    row = queries.grant(grant_id)
    if row is not None:
        about = {**row._mapping, "id": grant_id}
        emit(actor, kind, about, installation_id=row.installation_id)


def sweep() -> None:
    """Forget what has had its time, in the open system unit: codes after a day, tokens a week after their end, grants
    that came to nothing after a day, and ended ones after a month. Until then a replay is known for what it is."""
    now, work = clock.now(), session()
    day, week, month = now - timedelta(days=1), now - timedelta(days=7), now - timedelta(days=30)
    work.execute(delete(AuthorizationCode).where(AuthorizationCode.expires_at < day))
    work.execute(delete(UserToken).where(UserToken.expires_at < week))
    work.execute(delete(RefreshToken).where(RefreshToken.expires_at < week))
    for over in (
        and_(OAuthGrant.issued_at.is_(None), OAuthGrant.created_at < day),
        OAuthGrant.ended_at < month,
        OAuthGrant.expires_at < month,
    ):
        work.execute(delete(OAuthGrant).where(over))
