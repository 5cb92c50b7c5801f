"""Refresh tokens: a family that has one living child at most.

A spent one that comes again is theft or a lost answer. Only a client that authenticates, within half a minute, while
the successor was not used, gets the benefit of the doubt, twice; everything else ends the family (RFC 9700 section
4.14.2). As in `redeeming`, refusals are answered, not raised, because they change the state.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from portico.domains.oauth import queries
from portico.domains.oauth.models import RefreshToken, UserToken
from portico.domains.oauth.power import power_of, shown
from portico.domains.oauth.resources import TargetInvalid, canonical
from portico.domains.oauth.service.granting import REPLAY, end_grant
from portico.domains.oauth.service.issuing import IssuedTokens, issue_user_tokens
from portico.domains.oauth.service.minting import GrantRefused
from portico.domains.oauth.service.redeeming import grant_lives
from portico.kernel import clock, secrets
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

GRACE = timedelta(seconds=30)
MOST_GRACES = 2
REFUSED = GrantRefused("invalid_grant", "The refresh token is not valid here and now.")


def refresh(
    client_id: str, token: str, *, scopes: Sequence[str] | None = None, resources: Sequence[str] = ()
) -> IssuedTokens | GrantRefused:
    """New tokens for a refresh token, which this spends. The grant keeps its scopes, however narrow the answer is."""
    row = queries.refresh_token(secrets.digest(token))
    if row is None or row.client_id != client_id:
        return REFUSED
    if row.spent_at is not None:
        return _again(row, scopes, resources)
    refusal = _refusal(row, scopes, resources)
    if refusal is not None:
        return refusal
    successor = new_id("rtk")
    spent = session().scalar(
        update(RefreshToken)
        .where(RefreshToken.id == row.token_id, RefreshToken.spent_at.is_(None), RefreshToken.revoked_at.is_(None))
        .values(spent_at=clock.now(), successor_id=successor)
        .returning(RefreshToken.id)
    )
    if spent is None:
        # Somebody came first. What they left is read anew.
        found = queries.refresh_token(secrets.digest(token))
        return REFUSED if found is None else _again(found, scopes, resources)
    return _issue(row, successor, scopes, resources)


def _refusal(row: Any, scopes: Sequence[str] | None, resources: Sequence[str]) -> GrantRefused | None:
    if row.token_revoked_at is not None or row.token_expires_at <= clock.now() or not grant_lives(row):
        return REFUSED
    if scopes is not None and not set(row.scopes).issuperset(scopes):
        return GrantRefused("invalid_scope", "The person did not allow all of these scopes.")
    try:
        canonical(resources, row.resource)
    except TargetInvalid:
        return GrantRefused("invalid_target", "The tokens were not asked for this resource.")
    return None


def _issue(row: Any, successor: str, scopes: Sequence[str] | None, resources: Sequence[str]) -> IssuedTokens:
    wanted = row.scopes if scopes is None else scopes
    granted = shown(wanted, power_of(row, wanted))
    return issue_user_tokens(row, granted, canonical(resources, row.resource), refresh_id=successor)


def _again(row: Any, scopes: Sequence[str] | None, resources: Sequence[str]) -> IssuedTokens | GrantRefused:
    """A spent token was shown again."""
    if not _in_grace(row):
        end_grant(row.grant_id, REPLAY)
        return REFUSED
    refusal = _refusal(row, scopes, resources)
    if refusal is not None:
        return refusal
    successor = new_id("rtk")
    if not _replace_successor(row, successor):
        return REFUSED
    return _issue(row, successor, scopes, resources)


def _in_grace(row: Any) -> bool:
    if row.public or row.spent_at <= clock.now() - GRACE or row.graces >= MOST_GRACES:
        return False
    return not queries.was_spent(row.successor_id)


def _replace_successor(row: Any, successor: str) -> bool:
    """Kill the unused successor and name another. Of several that try at once one does; a successor that was used
    meanwhile ends the family."""
    work = session()
    renamed = work.scalar(
        update(RefreshToken)
        .where(RefreshToken.id == row.token_id, RefreshToken.successor_id == row.successor_id)
        .values(successor_id=successor, graces=RefreshToken.graces + 1)
        .where(RefreshToken.graces < MOST_GRACES)
        .returning(RefreshToken.id)
    )
    if renamed is None:
        return False
    killed = work.scalar(
        update(RefreshToken)
        .where(RefreshToken.id == row.successor_id, RefreshToken.spent_at.is_(None))
        .where(RefreshToken.revoked_at.is_(None))
        .values(revoked_at=clock.now())
        .returning(RefreshToken.id)
    )
    if killed is None:
        end_grant(row.grant_id, REPLAY)
        return False
    work.execute(
        update(UserToken)
        .where(UserToken.refresh_id == row.successor_id, UserToken.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )
    return True
