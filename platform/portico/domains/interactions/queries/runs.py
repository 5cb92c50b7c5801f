"""Reads of runs; each begins at `visible_to(actor)`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, true

from portico.domains.catalogue.manifests import localised
from portico.domains.catalogue.models import App
from portico.domains.installations.models import Installation
from portico.domains.interactions.models import Interaction
from portico.domains.interactions.objects import About
from portico.domains.interactions.permissions import sees_all_runs
from portico.domains.interactions.schemas import STATES
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow
from portico.kernel.errors import NotFound
from portico.kernel.listing import Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

_run = Interaction.__table__.c
OF_THE_PERSON = ("input", "answer")
"""What stands in a run is for who ran it, the app, and who manages apps; that it ran is for who sees the record."""

INTERACTIONS = Listing(
    id_column=_run.id,
    filters={
        "installation_id": Filter(column=_run.installation_id, operators=("eq", "in")),
        "action": Filter(column=_run.action, operators=("eq", "in")),
        "state": Filter(column=_run.state, choices=STATES, operators=("eq", "in")),
        "employee_id": Filter(column=_run.employee_id, operators=("eq", "in")),
        "bulk_id": Filter(column=_run.bulk_id, operators=("eq",)),
    },
    sorts={"created_at": Sort(_run.id)},
)


def _own(actor: Actor) -> ColumnElement[bool]:
    if sees_all_runs(actor):
        return true()
    if actor.kind == "app":
        return or_(_run.installation_id == actor.installation_id, _run.by_installation_id == actor.installation_id)
    mine = _run.employee_id == (actor.employee_id or "nobody")
    if actor.kind == "app_for_employee":
        return and_(mine, _run.by_installation_id == actor.installation_id)
    return mine


def visible_to(actor: Actor, about: About | None = None) -> Select[Any]:
    """One's own, or all for who manages apps; and those on a record that the actor was found to see."""
    which = _own(actor)
    if about is not None:
        which = and_(_run.object_type == about[0], _run.object_id == about[1])
    return (
        select(Interaction.__table__, App.key.label("app_key"))
        .join(
            Installation,
            and_(Installation.workspace_id == _run.workspace_id, Installation.id == _run.installation_id),
        )
        .join(App, App.id == Installation.app_id)
        .where(_run.workspace_id == actor.workspace_id, which)
    )


def _is_own(actor: Actor, row: Mapping[Any, Any]) -> bool:
    if sees_all_runs(actor):
        return True
    if actor.kind == "app":
        return actor.installation_id in (row["installation_id"], row["by_installation_id"])
    mine = actor.employee_id is not None and row["employee_id"] == actor.employee_id
    return mine and (actor.kind == "employee" or row["by_installation_id"] == actor.installation_id)


def shown(actor: Actor, row: AnyRow) -> dict[str, Any]:
    about: dict[str, Any] = dict(row._mapping)
    object_ = {"type": row.object_type, "id": row.object_id} if row.object_type else None
    found = {**about, "title": localised(row.title, actor.locale), "object": object_}
    if _is_own(actor, about):
        return found
    kept = {name: value for name, value in found.items() if name not in OF_THE_PERSON}
    return {**kept, "redacted": list(OF_THE_PERSON)}


def run_row(actor: Actor, interaction_id: str) -> AnyRow:
    """One run. Raises NotFound."""
    row = session().execute(visible_to(actor).where(_run.id == interaction_id)).one_or_none()
    if row is None:
        raise NotFound()
    return row


def interaction(actor: Actor, interaction_id: str) -> dict[str, Any]:
    """Raises NotFound."""
    return shown(actor, run_row(actor, interaction_id))


def page_of_interactions(actor: Actor, query: ListQuery, about: About | None = None) -> Page:
    found = page(visible_to(actor, about), INTERACTIONS, actor.workspace_id, query)
    return replace(found, rows=[shown(actor, row) for row in found.rows])


def runs_on(actor: Actor, about: About, limit: int) -> list[dict[str, Any]]:
    """The newest runs on a record that the actor sees."""
    rows = session().execute(visible_to(actor, about).order_by(_run.id.desc()).limit(limit))
    return [shown(actor, row) for row in rows]


def runs_of_bulk(actor: Actor, bulk_id: str) -> list[dict[str, Any]]:
    """What was run at once, in its order. Raises NotFound when there is nothing."""
    rows = session().execute(visible_to(actor).where(_run.bulk_id == bulk_id).order_by(_run.id)).all()
    if not rows:
        raise NotFound()
    return [shown(actor, row) for row in rows]


def run_of_installations(actor: Actor, ids: Iterable[str], interaction_id: str) -> AnyRow:
    """One run of these installations of the actor's workspace, whole. Raises NotFound."""
    mine = (_run.workspace_id == actor.workspace_id, _run.installation_id.in_(list(ids)), _run.id == interaction_id)
    row = session().execute(select(Interaction.__table__).where(*mine)).one_or_none()
    if row is None:
        raise NotFound()
    return row


def runs_of_installations(actor: Actor, ids: Iterable[str], limit: int) -> Sequence[AnyRow]:
    """The newest runs of these installations of the actor's workspace, whole: for who made the app, or manages it."""
    statement = (
        select(Interaction.__table__)
        .where(_run.workspace_id == actor.workspace_id, _run.installation_id.in_(list(ids)))
        .order_by(_run.id.desc())
        .limit(limit)
    )
    return session().execute(statement).all()
