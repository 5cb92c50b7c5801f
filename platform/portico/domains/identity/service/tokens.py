"""Personal tokens."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select, update

from portico.domains.identity.events import PERSONAL_TOKEN_CREATED, PERSONAL_TOKEN_REVOKED
from portico.domains.identity.models import Membership, PersonalToken
from portico.kernel import clock, secrets, text
from portico.kernel.actor import Actor, system
from portico.kernel.errors import NotFound, invalid
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.scopes import scopes_of_role
from portico.kernel.unit_of_work import session

LONGEST = timedelta(days=366)
_ABOUT = (PersonalToken.id, PersonalToken.name, PersonalToken.scopes, PersonalToken.expires_at)


def create_token(actor: Actor, *, name: str, scopes: Iterable[str], life: timedelta, token: str | None = None) -> str:
    """A new token of the acting person; answers it, this once. `token` is one that was derived from the server's key.
    Raises Invalid for scopes beyond their role."""
    wanted = sorted(set(scopes))
    beyond = [scope for scope in wanted if scope not in scopes_of_role(actor.role or "")]
    if beyond or not wanted:
        raise invalid("/scopes", "scope", f"Your role cannot give: {', '.join(beyond) or 'nothing was chosen'}.")
    if not timedelta() < life <= LONGEST:
        raise invalid("/expires", "range", "A token lives for 1 to 366 days.")
    token = token or secrets.new_token("ptp_")
    about = {
        "id": new_id("ptk"),
        "name": text.clean_name(name) or "Token",
        "scopes": wanted,
        "expires_at": clock.now() + life,
    }
    session().add(
        PersonalToken(
            digest=secrets.digest(token),
            workspace_id=actor.workspace_id,
            membership_id=actor.membership_id or "",
            **about,
        )
    )
    emit(actor, PERSONAL_TOKEN_CREATED, {**about, "employee_id": actor.employee_id})
    return token


def revoke_token(actor: Actor, token_id: str) -> None:
    """End one of the acting person's tokens; it dies with the next request. Raises NotFound."""
    found = (
        session()
        .execute(
            update(PersonalToken)
            .where(PersonalToken.id == token_id, PersonalToken.membership_id == actor.membership_id)
            .where(PersonalToken.revoked_at.is_(None))
            .values(revoked_at=clock.now())
            .returning(*_ABOUT)
        )
        .one_or_none()
    )
    if found is None:
        raise NotFound()
    emit(actor, PERSONAL_TOKEN_REVOKED, {**found._mapping, "employee_id": actor.employee_id})


def revoke_all_tokens(user_id: str) -> None:
    """End a person's tokens in every workspace, in the open system unit."""
    theirs = session().execute(
        select(Membership.id, Membership.workspace_id, Membership.employee_id).where(Membership.user_id == user_id)
    )
    for member in theirs.all():
        ended = session().execute(
            update(PersonalToken)
            .where(PersonalToken.membership_id == member.id, PersonalToken.revoked_at.is_(None))
            .values(revoked_at=clock.now())
            .returning(*_ABOUT)
        )
        for row in ended.all():
            about = {**row._mapping, "employee_id": member.employee_id}
            emit(system(member.workspace_id), PERSONAL_TOKEN_REVOKED, about)
