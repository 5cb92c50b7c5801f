"""Reads of endpoints, deliveries and events; each begins at `visible_to(actor)`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select

from portico.domains.webhooks import apps, choices, coalescing, keys, power, projection, schemas
from portico.domains.webhooks.events import ENDPOINT_TESTED
from portico.domains.webhooks.models import (
    SET_ASIDE,
    Attempt,
    Delivery,
    EndpointSecret,
    EndpointState,
    WebhookEndpoint,
)
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.events import EVENT_TYPES, Event
from portico.kernel.id_lists import among
from portico.kernel.listing import Filter, Listing, ListQuery, Page, Sort, page, parse_condition
from portico.kernel.scopes import SCOPES
from portico.kernel.unit_of_work import session

_endpoint = WebhookEndpoint.__table__.c
_state = EndpointState.__table__.c
_delivery = Delivery.__table__.c
_attempt = Attempt.__table__.c

# What is shown of a waiting delivery depends on its endpoint.
SHOWN_STATE = case(
    (and_(_delivery.state == "waiting", _endpoint.deleted_at.is_not(None)), "cancelled"),
    (and_(_delivery.state == "waiting", _endpoint.status != "active"), "held"),
    else_=_delivery.state,
)

_WHY_PAUSED = func.coalesce(_state.paused_why, case((_state.breaker_trips > 0, "unwell"), else_="asked_to_wait"))

ENDPOINTS = Listing(
    id_column=_endpoint.id,
    filters={
        "installation_id": Filter(column=_endpoint.installation_id),
        "url": Filter(column=_endpoint.url, operators=("eq",)),
    },
    sorts={"created_at": Sort(_endpoint.id)},
)
DELIVERIES = Listing(
    id_column=_delivery.id,
    filters={
        "endpoint_id": Filter(column=_delivery.endpoint_id, operators=("eq", "in")),
        "installation_id": Filter(column=_endpoint.installation_id, operators=("eq", "in", "exists")),
        "state": Filter(column=SHOWN_STATE, operators=("eq", "in"), choices=schemas.DELIVERY_STATES),
        "type": Filter(column=_delivery.type, operators=("eq", "in")),
        "event_id": Filter(column=_delivery.event_id, operators=("eq", "in")),
        "batch_id": Filter(column=_delivery.batch_id, operators=("eq", "in", "exists")),
        "resource_id": Filter(column=Event.__table__.c.resource_id, operators=("eq",)),
        "created_at": Filter("instant", column=_delivery.created_at, operators=("lt", "lte", "gt", "gte")),
    },
    sorts={"created_at": Sort(_delivery.id)},
)
ATTEMPTS = Listing(
    id_column=_attempt.id, filters={}, sorts={"started_at": Sort(_attempt.id)}, default_sort="-started_at"
)


def event_scopes(actor: Actor) -> frozenset[str]:
    """The scopes by which the actor may see events. The system holds all.

    Of a person's, those fall away that show them no more than their own records: events would show everybody's.
    """
    if actor.kind == "system":
        return frozenset(scope.name for scope in SCOPES)
    if actor.is_app:
        return actor.scopes
    narrow = {kind.scope for kind in EVENT_TYPES if kind.role is not None and not actor.has_role(kind.role)}
    return actor.scopes - narrow


def _within_reach(actor: Actor) -> list[ColumnElement[bool]]:
    """An app reaches its own endpoints, a developer those of their own apps, who manages apps all."""
    if actor.installation_id is not None:
        return [_endpoint.installation_id == actor.installation_id]
    if actor.has_role("app_manager"):
        return []
    return [_endpoint.installation_id.in_(apps.own_installations(actor))]


# --- endpoints --------------------------------------------------------------------------------------------------------


def visible_to(actor: Actor) -> Select[Any]:
    """The living endpoints that the actor may see, with their state."""
    return (
        select(
            _endpoint.id,
            _endpoint.workspace_id,
            _endpoint.url,
            _endpoint.types,
            _endpoint.description,
            _endpoint.signatures,
            _endpoint.payload,
            _endpoint.filter,
            _endpoint.skip_own,
            _endpoint.installation_id,
            _endpoint.path,
            _endpoint.order,
            _endpoint.coalesce_seconds,
            _endpoint.status.label("stored_status"),
            case(
                (and_(_endpoint.status == "active", _state.paused_until > clock.now()), "paused"),
                else_=_endpoint.status,
            ).label("status"),
            case(
                (and_(_endpoint.status == "active", _state.paused_until > clock.now()), _WHY_PAUSED),
                else_=_endpoint.reason,
            ).label("reason"),
            _endpoint.created_at,
            _endpoint.updated_at,
            _endpoint.version,
            _state.consecutive_failures,
            _state.failing_since,
            _state.last_success_at,
            _state.last_failure_at,
            _state.paused_until,
        )
        .join(EndpointState, and_(_state.workspace_id == _endpoint.workspace_id, _state.id == _endpoint.id))
        .where(_endpoint.workspace_id == actor.workspace_id, _endpoint.deleted_at.is_(None), *_within_reach(actor))
    )


def page_of_endpoints(actor: Actor, query: ListQuery) -> Page:
    return page(visible_to(actor), ENDPOINTS, actor.workspace_id, query)


def endpoint(actor: Actor, endpoint_id: str) -> Row[Any]:
    """One endpoint. Raises NotFound."""
    row = session().execute(visible_to(actor).where(_endpoint.id == endpoint_id)).one_or_none()
    if row is None:
        raise NotFound()
    return row


def manifest_endpoint(workspace_id: str, installation_id: str, *, for_lifecycle: bool = False) -> Any | None:
    """The living endpoint that an installation has from its manifest: for events, or for its own life."""
    return (
        session()
        .execute(
            select(_endpoint.id, _endpoint.status, _endpoint.order, _endpoint.coalesce_seconds).where(
                _endpoint.workspace_id == workspace_id,
                _endpoint.installation_id == installation_id,
                _endpoint.path.is_not(None),
                _endpoint.for_lifecycle.is_(for_lifecycle),
                _endpoint.deleted_at.is_(None),
            )
        )
        .one_or_none()
    )


def endpoints_of_installation(workspace_id: str, installation_id: str) -> Sequence[str]:
    """Its endpoints for events: the manifest's, and those that it added."""
    return (
        session()
        .execute(
            select(_endpoint.id).where(
                _endpoint.workspace_id == workspace_id,
                _endpoint.installation_id == installation_id,
                _endpoint.for_lifecycle.is_(False),
                _endpoint.deleted_at.is_(None),
            )
        )
        .scalars()
        .all()
    )


def last_error(actor: Actor, endpoint_id: str) -> str:
    """What the newest attempt that failed ended with."""
    mine = (_delivery.workspace_id == actor.workspace_id, _delivery.endpoint_id == endpoint_id)
    newest = select(_delivery.last_status, _delivery.last_error).where(*mine, _delivery.last_error.is_not(None))
    newest = newest.where(_delivery.state != "filtered")
    row = session().execute(newest.order_by(_delivery.id.desc()).limit(1)).one_or_none()
    if row is None:
        return "-"
    return f"{row.last_error} ({row.last_status})" if row.last_status else str(row.last_error)


def count_endpoints(actor: Actor, installation_id: str) -> int:
    return len(endpoints_of_installation(actor.workspace_id, installation_id))


def count_waiting(actor: Actor, installation_id: str) -> int:
    """How many deliveries to an installation's endpoints for events wait for their turn."""
    ids = endpoints_of_installation(actor.workspace_id, installation_id)
    waiting = (_delivery.workspace_id == actor.workspace_id, _delivery.endpoint_id.in_(ids))
    return session().scalar(select(func.count(_delivery.id)).where(*waiting, _delivery.state == "waiting")) or 0


def living_secrets(workspace_id: str, endpoint_ids: Sequence[str]) -> Sequence[Any]:
    """The secrets that sign for these endpoints, newest first."""
    c = EndpointSecret.__table__.c
    return (
        session()
        .execute(
            select(c.workspace_id, c.id, c.endpoint_id, c.sealed, c.expires_at)
            .where(c.workspace_id == workspace_id, c.endpoint_id.in_(endpoint_ids))
            .where(or_(c.expires_at.is_(None), c.expires_at > clock.now()))
            .order_by(c.id.desc())
        )
        .all()
    )


def secrets_of_all(workspace_ids: Collection[str], endpoint_ids: Sequence[str]) -> Sequence[Any]:
    """As `living_secrets`, for endpoints of several workspaces: for the pump, in its system unit."""
    c = EndpointSecret.__table__.c
    return (
        session()
        .execute(
            select(c.workspace_id, c.id, c.endpoint_id, c.sealed)
            .where(among(c.workspace_id, list(workspace_ids)), among(c.endpoint_id, list(endpoint_ids)))
            .where(or_(c.expires_at.is_(None), c.expires_at > clock.now()))
            .order_by(c.id.desc())
        )
        .all()
    )


def signing_keys(actor: Actor, endpoint_id: str) -> dict[str, Any]:
    """What checks the `v1a` signatures of an endpoint. Raises NotFound."""
    return keys.shown(apps.owner_of(endpoint(actor, endpoint_id)))


def signing_keys_of_app(actor: Actor, app_id: str) -> tuple[str, dict[str, Any]] | None:
    """The keys of an app that chose `v1a`, and an endpoint of it in this workspace by which they can be turned."""
    mine = visible_to(actor).where(_endpoint.installation_id.in_(own_installations(actor, app_id)))
    chosen = [row for row in session().execute(mine.order_by(_endpoint.id)) if keys.V1A in row.signatures]
    return (chosen[0].id, keys.shown(app_id)) if chosen else None


# --- deliveries -------------------------------------------------------------------------------------------------------


def deliveries_visible_to(actor: Actor) -> Select[Any]:
    """The deliveries to endpoints that the actor may see, deleted ones among them, with what each is about."""
    event = Event.__table__.c
    return (
        select(
            _delivery.id,
            _delivery.endpoint_id,
            _delivery.event_id,
            _delivery.replay_id,
            _delivery.type,
            SHOWN_STATE.label("state"),
            _delivery.attempts,
            _delivery.changes,
            _delivery.coalesced_into,
            _delivery.batch_id,
            _delivery.next_at,
            _delivery.last_status,
            _delivery.last_error,
            _delivery.created_at,
            _delivery.finished_at,
            _endpoint.installation_id,
            _endpoint.url,
            _endpoint.payload,
            _endpoint.deleted_at,
            event.resource_type,
            event.resource_id,
            event.resource_version,
            (event.type == ENDPOINT_TESTED.name).label("is_test"),
        )
        .join(
            WebhookEndpoint,
            and_(_endpoint.workspace_id == _delivery.workspace_id, _endpoint.id == _delivery.endpoint_id),
        )
        # Outer: within the transaction of a ping the event's row is not there yet.
        .outerjoin(Event, and_(event.workspace_id == _delivery.workspace_id, event.id == _delivery.event_id))
        .where(_delivery.workspace_id == actor.workspace_id, *_within_reach(actor))
    )


def _shown(row: Row[Any]) -> dict[str, Any]:
    about = {
        **row._mapping,
        "redelivery": row.replay_id != "",
        "next_attempt_at": row.next_at if row.state in ("waiting", "held") and row.next_at != SET_ASIDE else None,
        "behind_another": row.state in ("waiting", "held") and row.next_at == SET_ASIDE,
    }
    if row.resource_id is not None:
        about["resource"] = {"type": row.resource_type, "id": row.resource_id, "version": row.resource_version}
    return about


def page_of_deliveries(
    actor: Actor,
    query: ListQuery,
    endpoint_id: str | None = None,
    state: str | None = None,
    type: str | None = None,
    resource_id: str | None = None,
) -> Page:
    """Deliveries, newest first. The four parameters are short for filters of the same names."""
    short = {"endpoint_id": endpoint_id, "state": state, "type": type, "resource_id": resource_id}
    conditions = [parse_condition(DELIVERIES, name, "eq", value) for name, value in short.items() if value]
    query = replace(query, conditions=(*query.conditions, *conditions))
    found = page(deliveries_visible_to(actor), DELIVERIES, actor.workspace_id, query)
    return replace(found, rows=[_shown(row) for row in found.rows])


def about(text: str | None) -> dict[str, str | None]:
    """The filter of deliveries that somebody means who gives an id: of an event, of a batch, or of an object."""
    wanted = (text or "").replace("\x00", "").strip()[:100]
    names = {"evt": "event_id", "bat": "batch_id"}
    return {names.get(wanted.partition("_")[0], "resource_id"): wanted or None}


def with_apps(actor: Actor, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Deliveries or endpoints for a page: each with how its app looks, or None where it is the workspace's own."""
    shown = [dict(row) for row in rows]
    looks = apps.looks(actor, {row["installation_id"] for row in shown if row["installation_id"]})
    return [{**row, "app": looks.get(row["installation_id"])} for row in shown]


def own_installations(actor: Actor, app_id: str | None = None) -> list[str]:
    """The installations in this workspace of the actor's own apps, or of one of them, uninstalled ones among them."""
    mine = apps.own_installations(actor)
    return list(session().scalars(mine if app_id is None else mine.where(apps.INSTALLATION.app_id == app_id)))


def delivery(actor: Actor, delivery_id: str) -> dict[str, Any]:
    """One delivery. Raises NotFound."""
    row = session().execute(deliveries_visible_to(actor).where(_delivery.id == delivery_id)).one_or_none()
    if row is None:
        raise NotFound()
    return _shown(row)


def delivery_with_event(actor: Actor, delivery_id: str) -> dict[str, Any]:
    """One delivery with the event as its endpoint may see it now, and no more of it than the actor may.

    A developer sees what their own app received. Raises NotFound."""
    about = delivery(actor, delivery_id)
    event = Event.__table__
    row = (
        session()
        .execute(select(event).where(event.c.workspace_id == actor.workspace_id, event.c.id == about["event_id"]))
        .one()
    )
    row = coalescing.told(row, about["changes"])
    return {**about, "event": as_received(actor, row, about)}


def as_received(actor: Actor, row: Any, about: Mapping[str, Any]) -> dict[str, Any] | None:
    """The event of `row` as the endpoint of `about` would receive it now; None where it, or the actor, may not."""
    scopes, limits = power.of_endpoint(actor.workspace_id, about["endpoint_id"])
    if actor.installation_id is None and about["installation_id"] not in own_installations(actor):
        scopes &= event_scopes(actor)
    if not projection.may_read(row, scopes, about["installation_id"], limits):
        return None
    return choices.carried(projection.message(row, scopes, about["installation_id"]), about["payload"])


def page_of_attempts(actor: Actor, delivery_id: str, query: ListQuery) -> Page:
    """The attempts of one delivery, newest first; of a batch they stand under one of those that went in it. Raises
    NotFound."""
    batch_id = delivery(actor, delivery_id)["batch_id"]
    which = _attempt.delivery_id == delivery_id
    if batch_id is not None:
        in_it = (_delivery.workspace_id == actor.workspace_id, _delivery.batch_id == batch_id)
        which = _attempt.delivery_id.in_(select(_delivery.id).where(*in_it))
    statement = select(Attempt.__table__).where(_attempt.workspace_id == actor.workspace_id, which)
    found = page(statement, ATTEMPTS, actor.workspace_id, query)
    return replace(found, rows=[_attempt_shown(row) for row in found.rows])


def _attempt_shown(row: Row[Any]) -> dict[str, Any]:
    return {
        **row._mapping,
        "request": {"url": row.url, "headers": row.request_headers},
        "response": {"headers": row.response_headers, "body": row.response_body},
    }
