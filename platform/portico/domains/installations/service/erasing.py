"""The end of an installation: what we keep for it goes, and its app is told to erase what it has."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update

from portico.domains.installations import erasures, queries
from portico.domains.installations.errors import InstallationState
from portico.domains.installations.events import PRIVACY_ERASE_CONFIRMED, PRIVACY_ERASE_REQUESTED
from portico.domains.installations.models import Erasure, Installation, InstallationRule
from portico.kernel import clock
from portico.kernel.actor import Actor, system
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

DEADLINE = timedelta(days=30)
"""How long an app has to erase; as long as the law gives for an answer (GDPR article 12 (3))."""


def erase(actor: Actor, installation_id: str) -> dict[str, Any]:
    """Erase what was uninstalled, now: it cannot come back. The app is told, with a deadline.

    Raises NotFound, and InstallationState for what is installed or erased.
    """
    now = clock.now()
    app_id = session().scalar(
        update(Installation)
        .where(Installation.workspace_id == actor.workspace_id, Installation.id == installation_id)
        .where(Installation.status.in_(("uninstalling", "dormant")))
        .values(
            status="erased",
            settings={},
            sealed_settings=None,
            granted_scopes=[],
            availability={"kind": "only", "include": [], "exclude": []},
            data_range=None,
            for_everyone=False,
            updated_at=now,
            version=Installation.version + 1,
        )
        .returning(Installation.app_id)
    )
    if app_id is None:
        queries.installation(actor, installation_id)
        raise InstallationState("Only an app that was uninstalled, and is not erased, can be erased.")
    session().execute(
        delete(InstallationRule).where(
            InstallationRule.workspace_id == actor.workspace_id, InstallationRule.installation_id == installation_id
        )
    )
    return _tell(actor, installation_id, app_id)


def _tell(actor: Actor, installation_id: str, app_id: str) -> dict[str, Any]:
    now = clock.now()
    session().execute(
        insert(Erasure).values(
            workspace_id=actor.workspace_id,
            id=new_id("era"),
            installation_id=installation_id,
            app_id=app_id,
            requested_by=actor.employee_id,
            requested_at=now,
            due_at=now + DEADLINE,
        )
    )
    found = erasures.of_installation(actor, installation_id)
    emit(actor, PRIVACY_ERASE_REQUESTED, found, installation_id=installation_id)
    return found


def erase_when_over(actor: Actor, installation_id: str) -> None:
    """The 30 days have passed: erase, unless it was installed anew in the last moment."""
    row = queries.installation(actor, installation_id)
    if row["erases_at"] is not None and row["erases_at"] <= clock.now():
        erase(actor, installation_id)


def keep_receipt(erasure_id: str, body: bytes, headers: Mapping[str, str]) -> bool:
    """Keep the app's signed answer, in the open system unit: the first that is right stands. Answers whether this one
    is right; it may come any number of times."""
    row = session().execute(select(Erasure.__table__).where(Erasure.id == erasure_id)).one_or_none()
    if row is None or erasures.verified_receipt(row.app_id, erasure_id, body, headers) is None:
        return False
    first = session().scalar(
        update(Erasure)
        .where(Erasure.workspace_id == row.workspace_id, Erasure.id == erasure_id, Erasure.received_at.is_(None))
        .values(
            receipt=body.decode(),
            receipt_headers={name: headers[name] for name in erasures.SIGNED_BY},
            received_at=clock.now(),
        )
        .returning(Erasure.id)
    )
    if first is not None:
        actor = system(row.workspace_id)
        found = erasures.of_installation(actor, row.installation_id)
        emit(actor, PRIVACY_ERASE_CONFIRMED, found, installation_id=row.installation_id)
    return True
