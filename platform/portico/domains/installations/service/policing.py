"""Setting a company's policy, and holding what comes in to it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from portico.domains.catalogue import queries as catalogue
from portico.domains.installations import policies, queries
from portico.domains.installations.errors import PolicyDenies
from portico.domains.installations.events import APP_SCOPES_CHANGED, INSTALLATION_POLICY_UPDATED
from portico.domains.installations.models import Installation, InstallationPolicy
from portico.domains.installations.schemas import LIVE
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import FieldError, Invalid, Stale
from portico.kernel.events import emit
from portico.kernel.scopes import SCOPES
from portico.kernel.unit_of_work import session


def set_policy(actor: Actor, values: dict[str, Any], expected_version: int | None) -> dict[str, Any]:
    """Replace the policy. Scopes that it denies are cut where they were granted, and the cut bites at the apps' next
    request. Raises Invalid and Stale."""
    wrong = [name for name in values["deny_scopes"] if name not in SCOPES]
    if wrong:
        raise Invalid(errors=[FieldError("/deny_scopes", "unknown", f"There is no scope {name}.") for name in wrong])
    columns = {**values, "deny_scopes": sorted(set(values["deny_scopes"])), "updated_at": clock.now()}
    before = policies.policy(actor)
    expected = before["version"] if expected_version is None else expected_version
    if expected != before["version"] or not _write(actor, columns, expected):
        raise Stale()
    for installation_id in session().scalars(_live(actor)).all():
        _cut(actor, installation_id, columns["deny_scopes"])
    row = policies.policy(actor)
    emit(actor, INSTALLATION_POLICY_UPDATED, row, resource_id=actor.workspace_id, changes=sorted(values), before=before)
    return row


def _write(actor: Actor, columns: dict[str, Any], expected: int) -> bool:
    _be_there(actor)
    changed = (
        update(InstallationPolicy)
        .where(InstallationPolicy.workspace_id == actor.workspace_id, InstallationPolicy.version == expected)
        .values(**columns, version=InstallationPolicy.version + 1)
        .returning(InstallationPolicy.version)
    )
    return session().scalar(changed) is not None


def _be_there(actor: Actor) -> None:
    """A row that says nothing yet, so that who installs and who sets the first policy wait for each other."""
    if policies.policy(actor)["updated_at"] is not None:
        return
    values = {**policies.DEFAULT, "updated_at": clock.now(), "workspace_id": actor.workspace_id}
    work = session()
    with suppress(IntegrityError), work.begin_nested():
        work.execute(insert(InstallationPolicy).values(values))


def _live(actor: Actor) -> Any:
    mine = (Installation.workspace_id == actor.workspace_id, Installation.status.in_(LIVE))
    return select(Installation.id).where(*mine).order_by(Installation.id).with_for_update()


def _cut(actor: Actor, installation_id: str, denied: Iterable[str]) -> None:
    before = queries.installation(actor, installation_id)
    kept = [name for name in before["granted_scopes"] if name not in set(denied)]
    if kept == before["granted_scopes"]:
        return
    session().execute(
        update(Installation)
        .where(Installation.workspace_id == actor.workspace_id, Installation.id == installation_id)
        .values(granted_scopes=kept, updated_at=clock.now(), version=Installation.version + 1)
    )
    row = queries.installation(actor, installation_id)
    emit(actor, APP_SCOPES_CHANGED, row, changes=["granted_scopes"], before=before, installation_id=installation_id)


def require_policy(actor: Actor, app: catalogue.Released, granted: Iterable[str]) -> None:
    """Raises PolicyDenies with all that the policy has against it. The policy stays as it is until the commit."""
    _be_there(actor)
    errors = list(policies.objections(actor, policies.policy(actor, locked=True), app, granted))
    if errors:
        raise PolicyDenies(errors[0].message, errors=errors)
