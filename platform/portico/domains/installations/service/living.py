"""Suspending, resuming and uninstalling."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, case, literal, update

from portico.domains.installations import queries
from portico.domains.installations.errors import InstallationState
from portico.domains.installations.events import APP_HOLD_LIFTED, APP_RESUMED, APP_SUSPENDED, APP_UNINSTALLED
from portico.domains.installations.models import Installation
from portico.domains.installations.schemas import LIVE, SIDES
from portico.kernel import clock, jobs
from portico.kernel.actor import Actor
from portico.kernel.events import emit
from portico.kernel.unit_of_work import session

COMPANY, PUBLISHER, OPERATOR = "company", "publisher", "operator"
_columns = Installation.__table__.c


def hold_column(side: str) -> ColumnElement[Any]:
    return _columns[f"{side}_hold_at"]


def held_by_others(side: str) -> ColumnElement[bool]:
    """Whether another side than this one suspends the installation."""
    return ~and_(*(hold_column(other).is_(None) for other in SIDES if other != side))


def holding(side: str, reason: str | None) -> dict[str, Any]:
    """The values that put a side's hold on. What is uninstalled stays so; it would come back suspended."""
    return {
        f"{side}_hold_at": clock.now(),
        f"{side}_hold_reason": reason,
        "status": case((_columns.status == "active", literal("suspended")), else_=_columns.status),
        "updated_at": clock.now(),
        "version": Installation.version + 1,
    }


def lifting(side: str) -> dict[str, Any]:
    """The values that take a side's hold away: active again when no other side holds."""
    again = and_(_columns.status == "suspended", ~held_by_others(side))
    return {
        f"{side}_hold_at": None,
        f"{side}_hold_reason": None,
        "status": case((again, literal("active")), else_=_columns.status),
        "updated_at": clock.now(),
        "version": Installation.version + 1,
    }


def _change(actor: Actor, installation_id: str, values: dict[str, Any], *conditions: ColumnElement[bool]) -> Any:
    """One step by conditional update: of two that come at once, one wins and the other hears why not."""
    return session().scalar(
        update(Installation)
        .where(Installation.workspace_id == actor.workspace_id, Installation.id == installation_id, *conditions)
        .values(**values)
        .returning(Installation.id)
    )


def suspend(actor: Actor, installation_id: str, reason: str | None = None) -> dict[str, Any]:
    """The company's hold: its tokens answer 401 and its surfaces are gone until no side holds it; its events wait.

    Raises NotFound, InstallationState.
    """
    free = hold_column(COMPANY).is_(None)
    moved = _change(actor, installation_id, holding(COMPANY, reason), Installation.status.in_(LIVE), free)
    row = queries.installation(actor, installation_id)
    if moved is None:
        raise InstallationState("Only an app that is installed, and that you do not suspend yet, can be suspended.")
    tell_of_hold(actor, row)
    return row


def resume(actor: Actor, installation_id: str) -> dict[str, Any]:
    """Lift the company's hold. The tokens live again when no other side holds. Raises NotFound, InstallationState."""
    held = hold_column(COMPANY).is_not(None)
    moved = _change(actor, installation_id, lifting(COMPANY), Installation.status == "suspended", held)
    row = queries.installation(actor, installation_id)
    if moved is None:
        raise InstallationState("Only an app that this company suspended can be resumed here.")
    tell_of_lifting(actor, row)
    return row


def tell_of_hold(actor: Actor, row: dict[str, Any]) -> None:
    """A second hold is told too: whoever hears of it finds nothing more to stop."""
    changes = ["holds"] if len(row["holds"]) > 1 else ["holds", "status"]
    emit(actor, APP_SUSPENDED, row, changes=changes, installation_id=row["id"])


def tell_of_lifting(actor: Actor, row: dict[str, Any]) -> None:
    if row["status"] == "active":
        emit(actor, APP_RESUMED, row, changes=["holds", "status"], installation_id=row["id"])
    else:
        emit(actor, APP_HOLD_LIFTED, row, changes=["holds"], installation_id=row["id"])


def uninstall(actor: Actor, installation_id: str) -> dict[str, Any]:
    """Its tokens die in the same transaction; the workspace's own data stays whole. For 30 days installing it anew
    brings its settings back. What the other sides hold stays. Raises NotFound, InstallationState."""
    now = clock.now()
    values = {
        "status": "uninstalling",
        "uninstalled_at": now,
        "company_hold_at": None,
        "company_hold_reason": None,
        "updated_at": now,
        "version": Installation.version + 1,
    }
    moved = _change(actor, installation_id, values, Installation.status.in_(LIVE))
    row = queries.installation(actor, installation_id)
    if moved is None:
        raise InstallationState("The app was uninstalled already.")
    emit(actor, APP_UNINSTALLED, row, changes=["status"], installation_id=installation_id)
    jobs.enqueue(actor, "installations.finish_uninstalling", installation_id=installation_id)
    return row


def finish_uninstalling(actor: Actor, installation_id: str) -> None:
    """All that followed from it is done: it sleeps, unless it was installed anew meanwhile."""
    _change(actor, installation_id, {"status": "dormant"}, Installation.status == "uninstalling")
