"""The guided minutes of a newcomer: which they chose, and since when; what they did since then stands in the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portico.domains.identity.models import Membership
from portico.kernel.actor import Actor
from portico.kernel.unit_of_work import session

GUIDES = ("company", "apps", "work")


@dataclass(frozen=True, slots=True)
class Guide:
    kind: str
    since: datetime


def guide_of(actor: Actor, kind: str) -> Guide | None:
    """The guide of this kind, if the person goes through it."""
    row = (
        session()
        .execute(
            select(Membership.guide, Membership.guide_at).where(
                Membership.workspace_id == actor.workspace_id, Membership.id == actor.membership_id
            )
        )
        .one_or_none()
    )
    return Guide(kind, row.guide_at) if row is not None and row.guide == kind else None
