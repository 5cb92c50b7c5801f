"""Reads of the API log; each begins at `visible_to(actor)`."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from portico.domains.api_log.models import ApiRequest
from portico.domains.catalogue import queries as catalogue
from portico.domains.catalogue.models import App
from portico.domains.installations.models import Installation
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.listing import Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

_request = ApiRequest.__table__.c
_LIMIT = re.compile(r'"(?P<kind>\w+)";r=(?P<remaining>\d+);t=(?P<reset>\d+)')
_QUOTA = re.compile(r"\bq=(?P<quota>\d+)")
OUTCOMES = ("succeeded", "refused", "failed")
"""2xx and 3xx, 4xx, and 5xx."""


def _outcome(operator: str, value: Any) -> ColumnElement[bool]:
    bounds = {
        "succeeded": _request.status < 400,
        "refused": and_(_request.status >= 400, _request.status < 500),
        "failed": _request.status >= 500,
    }
    wanted = value if isinstance(value, list) else [value]
    return or_(*[bounds[one] for one in wanted])


def _named(operator: str, value: Any) -> ColumnElement[bool]:
    """The id of the request, whoever gave it."""
    return or_(_request.id == value, _request.given_id == value)


REQUESTS = Listing(
    id_column=_request.id,
    filters={
        "request_id": Filter(clause=_named, operators=("eq",)),
        "outcome": Filter(clause=_outcome, operators=("eq", "in"), choices=OUTCOMES),
        "status": Filter("int", column=_request.status, operators=("eq", "in", "lt", "lte", "gt", "gte")),
        "code": Filter(column=_request.code, operators=("eq", "in", "exists")),
        "operation": Filter(column=_request.operation, operators=("eq", "in")),
        "method": Filter(column=_request.method, operators=("eq", "in")),
        "installation_id": Filter(column=_request.installation_id, operators=("eq", "in")),
        "employee_id": Filter(column=_request.employee_id, operators=("eq", "exists")),
        "at": Filter("instant", column=_request.at, operators=("lt", "lte", "gt", "gte")),
    },
    sorts={"at": Sort(_request.id)},
    default_sort="-at",
)


def own_installations(actor: Actor, app_id: str | None = None) -> Select[Any]:
    """Ids of the installations in the actor's workspace of their own apps, or of one of them."""
    own = catalogue.own_apps(actor).with_only_columns(App.id)
    mine = select(Installation.id).where(Installation.workspace_id == actor.workspace_id, Installation.app_id.in_(own))
    return mine if app_id is None else mine.where(Installation.app_id == app_id)


def visible_to(actor: Actor) -> Select[Any]:
    """The requests that the actor may see in their workspace: a developer those of their own apps, who manages apps
    all."""
    found = select(ApiRequest.__table__).where(_request.workspace_id == actor.workspace_id)
    return found if actor.has_role("app_manager") else found.where(_among(own_installations(actor)))


def _among(installations: Select[Any]) -> ColumnElement[bool]:
    """Asked first: as values an index serves them, as a sub-select each row is looked at."""
    return _request.installation_id.in_(list(session().scalars(installations)) or ["none"])


def _shown(row: Row[Any]) -> dict[str, Any]:
    return {
        **row._mapping,
        "request_id": row.given_id or row.id,
        "query_keys": row.query_keys or [],
        "errors": row.errors or [],
        "scopes": {"needed": row.scopes_needed, "held": row.scopes_held},
        "missing": [scope for scope in row.scopes_needed if scope not in row.scopes_held],
        "rate_limit": _limit(row.rate_limit, row.rate_limit_policy),
    }


def _limit(now: str | None, policy: str | None) -> dict[str, Any] | None:
    found, quota = _LIMIT.search(now or ""), _QUOTA.search(policy or "")
    if found is None or quota is None:
        return None
    return {
        "kind": found["kind"],
        "quota": int(quota["quota"]),
        "remaining": int(found["remaining"]),
        "reset_seconds": int(found["reset"]),
    }


def page_of_requests(actor: Actor, query: ListQuery, app_id: str | None = None) -> Page:
    """The calls of the actor's own apps, or of one of them, newest first. Raises NotFound for another's app."""
    if app_id is not None:
        catalogue.own_app(actor, app_id)
    return _page(actor, query, _among(own_installations(actor, app_id)))


def page_of_installation(actor: Actor, query: ListQuery, installation_id: str) -> Page:
    """The calls of one installation, for who may see them."""
    return _page(actor, query, _request.installation_id == installation_id)


def _page(actor: Actor, query: ListQuery, which: ColumnElement[bool]) -> Page:
    found = page(visible_to(actor).where(which), REQUESTS, actor.workspace_id, query)
    return replace(found, rows=[_shown(row) for row in found.rows])


def request_of_app(actor: Actor, app_id: str, logged_id: str) -> dict[str, Any]:
    """One call of an own app. Raises NotFound."""
    catalogue.own_app(actor, app_id)
    return _one(actor, logged_id, _among(own_installations(actor, app_id)))


def request_of_installation(actor: Actor, installation_id: str, logged_id: str) -> dict[str, Any]:
    """One call of an installation, for who may see it. Raises NotFound."""
    return _one(actor, logged_id, _request.installation_id == installation_id)


def _one(actor: Actor, logged_id: str, which: ColumnElement[bool]) -> dict[str, Any]:
    row = session().execute(visible_to(actor).where(_request.id == logged_id, which)).one_or_none()
    if row is None:
        raise NotFound()
    return _shown(row)


@dataclass(frozen=True, slots=True)
class Found:
    """A call that somebody has the id of, and whether it is of an app of their own."""

    app_id: str
    installation_id: str
    id: str
    own: bool


def find(actor: Actor, request_id: str) -> Found | None:
    """The newest call that goes by this request id and that the actor may see."""
    named = _named("eq", request_id)
    row = session().execute(visible_to(actor).where(named).order_by(_request.id.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    own = session().scalar(own_installations(actor, row.app_id).limit(1)) is not None
    return Found(row.app_id, row.installation_id, row.id, own)


def operations_of(actor: Actor, installation_ids: Collection[str]) -> list[str]:
    """Which operations these installations called of late, for the filter of a list: among their newest thousand."""
    newest = (
        select(_request.operation)
        .where(_request.workspace_id == actor.workspace_id, _request.installation_id.in_(list(installation_ids)))
        .order_by(_request.id.desc())
        .limit(1000)
        .subquery()
    )
    return list(session().scalars(select(func.distinct(newest.c.operation)).order_by(newest.c.operation)))
