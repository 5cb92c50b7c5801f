"""Beginning and ending the guided minutes of a newcomer."""

from __future__ import annotations

from sqlalchemy import update

from portico.domains.identity.models import Membership
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.unit_of_work import session


def begin_guide(workspace_id: str, membership_id: str, kind: str) -> None:
    """From now on; what was done before does not count. In the open system unit."""
    _set(workspace_id, membership_id, kind)


def end_guide(actor: Actor) -> None:
    """The person has seen enough of it."""
    _set(actor.workspace_id, actor.membership_id or "", None)


def _set(workspace_id: str, membership_id: str, kind: str | None) -> None:
    session().execute(
        update(Membership)
        .where(Membership.workspace_id == workspace_id, Membership.id == membership_id)
        .values(guide=kind, guide_at=clock.now() if kind else None)
    )
