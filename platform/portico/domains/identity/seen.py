"""Who was here lately: by the sessions of their logins, whose last use is written at most once a minute."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from portico.domains.identity.models import Membership, Session
from portico.kernel.unit_of_work import session

_membership = Membership.__table__.c
_session = Session.__table__.c


def seen_since(workspace_id: str, employee_ids: Sequence[str], since: datetime) -> set[str]:
    """Those of these employees who used a session of their login since then, in whatever workspace."""
    used = (
        select(_session.id)
        .where(_session.user_id == _membership.user_id, _session.last_seen_at >= since)
        .correlate(Membership.__table__)
        .exists()
    )
    return set(
        session().scalars(
            select(_membership.employee_id)
            .where(_membership.workspace_id == workspace_id, _membership.ended_at.is_(None))
            .where(_membership.employee_id.in_(employee_ids), used)
        )
    )
