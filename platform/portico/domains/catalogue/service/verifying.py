"""The operator's verification of a publisher: a person looked at its papers, and the note is kept."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from portico.domains.catalogue.models import Publisher
from portico.domains.catalogue.service import publishing
from portico.domains.identity.service import record_act
from portico.kernel import clock
from portico.kernel.actor import system
from portico.kernel.errors import NotFound, Stale
from portico.kernel.unit_of_work import session


def verify_publisher(publisher_id: str, note: str, operator: str, seen_version: int) -> None:
    """Whose papers were looked at is who the operator saw: another name meanwhile is refused.

    Runs in a system unit. Raises NotFound, Stale."""
    row = _row(publisher_id)
    if row.version != seen_version:
        raise Stale("The publisher has changed since you opened the page; look again.")
    values = {"verified_at": clock.now(), "verified_by": operator, "verification_note": note}
    publishing.write(system(row.workspace_id), row, values)
    record_act(operator, "publisher.verified", "publisher", publisher_id, name=row.name, reason=note)


def unverify_publisher(publisher_id: str, operator: str) -> None:
    """Runs in a system unit. Raises NotFound, Stale."""
    row = _row(publisher_id)
    if row.verified_at is None:
        return
    values = {"verified_at": None, "verified_by": None, "verification_note": None}
    publishing.write(system(row.workspace_id), row, values)
    record_act(operator, "publisher.unverified", "publisher", publisher_id, name=row.name)


def _row(publisher_id: str) -> Any:
    row = session().execute(select(Publisher.__table__).where(Publisher.id == publisher_id)).one_or_none()
    if row is None:
        raise NotFound()
    return row
