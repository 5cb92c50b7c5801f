"""Reads of requests for apps: who manages apps sees all with their reasons, others what they asked for themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select

from portico.domains.catalogue.models import App
from portico.domains.installations.models import InstallationRequest, InstallationRequester
from portico.domains.installations.schemas import REQUEST_STATES
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.listing import Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

_request = InstallationRequest.__table__.c
_asker = InstallationRequester.__table__.c

REQUESTS = Listing(
    id_column=_request.id,
    filters={
        "status": Filter(column=_request.status, operators=("eq", "in"), choices=REQUEST_STATES),
        "app_key": Filter(column=App.__table__.c.key, operators=("eq", "in")),
    },
    sorts={"created_at": Sort(_request.id)},
)


def sees_all(actor: Actor) -> bool:
    return actor.may("installations:read") or actor.may("installations:write")


def visible_to(actor: Actor) -> Select[Any]:
    count = (
        select(func.count())
        .select_from(InstallationRequester)
        .where(_asker.workspace_id == _request.workspace_id, _asker.request_id == _request.id)
        .scalar_subquery()
    )
    found = (
        select(InstallationRequest.__table__, App.key.label("app_key"), count.label("count"))
        .join(App, App.id == _request.app_id)
        .where(_request.workspace_id == actor.workspace_id)
    )
    if sees_all(actor):
        return found
    mine = select(_asker.request_id).where(
        _asker.workspace_id == actor.workspace_id, _asker.employee_id == actor.employee_id
    )
    return found.where(_request.id.in_(mine))


def page_of_requests(actor: Actor, query: ListQuery) -> Page:
    found = page(visible_to(actor), REQUESTS, actor.workspace_id, query)
    return replace(found, rows=_shown(actor, found.rows))


def request(actor: Actor, request_id: str) -> dict[str, Any]:
    """One request. Raises NotFound."""
    row = session().execute(visible_to(actor).where(_request.id == request_id)).one_or_none()
    if row is None:
        raise NotFound()
    return _shown(actor, [row])[0]


def _shown(actor: Actor, rows: Any) -> list[dict[str, Any]]:
    """With who asked; of the others' reasons only who manages apps reads."""
    found: list[Row[Any]] = list(rows)
    asked = select(InstallationRequester.__table__).where(
        _asker.workspace_id == actor.workspace_id, _asker.request_id.in_([row.id for row in found])
    )
    if not sees_all(actor):
        asked = asked.where(_asker.employee_id == actor.employee_id)
    askers: dict[str, list[dict[str, Any]]] = {row.id: [] for row in found}
    for each in session().execute(asked.order_by(_asker.asked_at, _asker.employee_id)):
        askers[each.request_id].append(
            {"employee_id": each.employee_id, "reason": each.reason, "asked_at": each.asked_at}
        )
    return [{**row._mapping, "requesters": askers[row.id]} for row in found]


def open_request(actor: Actor, app_id: str, kind: str) -> str | None:
    return session().scalar(
        select(_request.id).where(
            _request.workspace_id == actor.workspace_id,
            _request.app_id == app_id,
            _request.kind == kind,
            _request.status == "open",
        )
    )


def askers_of(actor: Actor, request_id: str) -> list[str]:
    mine = (_asker.workspace_id == actor.workspace_id, _asker.request_id == request_id)
    return list(session().scalars(select(_asker.employee_id).where(*mine).order_by(_asker.employee_id)))


def over_since(moment: datetime, limit: int) -> list[Row[Any]]:
    """Open requests over all workspaces whose time is up, in a system unit."""
    statement: Select[Any] = (
        select(_request.workspace_id, _request.id)
        .where(_request.status == "open", _request.expires_at <= moment)
        .order_by(_request.workspace_id, _request.id)
        .limit(limit)
    )
    return list(session().execute(statement))
