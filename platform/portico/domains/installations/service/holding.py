"""Suspending an app in all the workspaces that run it: by its publisher, and by the operator (the kill switch).

These open their own units, a batch of installations each, because an app's installations stand in many workspaces.
Killed in the middle, a repeat takes up what is left; what is done already is not done twice.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from portico.domains.catalogue import queries as catalogue
from portico.domains.catalogue.service import suspending
from portico.domains.identity.service import record_act
from portico.domains.installations import queries
from portico.domains.installations.models import Installation
from portico.domains.installations.schemas import LIVE
from portico.domains.installations.service import living
from portico.kernel import jobs
from portico.kernel.actor import Actor, system
from portico.kernel.unit_of_work import session, system_unit, unit

BATCH = 100


def suspend_as_publisher(
    actor: Actor, app_id: str, installation_id: str | None = None, reason: str | None = None
) -> dict[str, Any]:
    """The publisher's hold on all installations of their app, or on one. While all are held nobody installs it anew.
    Raises NotFound."""
    with unit(actor.workspace_id, write=True):
        catalogue.own_app(actor, app_id)
        if installation_id is None and suspending.stop_app(app_id, living.PUBLISHER, reason):
            _finish_by_job(actor, app_id, living.PUBLISHER)
    return _outcome(app_id, living.PUBLISHER, hold_everywhere(living.PUBLISHER, app_id, installation_id, reason))


def resume_as_publisher(actor: Actor, app_id: str, installation_id: str | None = None) -> dict[str, Any]:
    """Lift the publisher's hold. Raises NotFound."""
    with unit(actor.workspace_id, write=True):
        catalogue.own_app(actor, app_id)
        if installation_id is None and suspending.let_app_run(app_id, living.PUBLISHER):
            _finish_by_job(actor, app_id, living.PUBLISHER)
    return _outcome(app_id, living.PUBLISHER, lift_everywhere(living.PUBLISHER, app_id, installation_id))


def suspend_as_operator(app_id: str, reason: str | None = None, *, operator: str | None = None) -> int:
    """The kill switch: every installation of the app stands still at once, and nobody installs it anew. Who calls has
    checked that `operator`, a user, is one. Answers how many changed. Raises NotFound."""
    with system_unit("kill switch: stop the app and record who did it", write=True):
        stopped = suspending.stop_app(app_id, living.OPERATOR, reason)
        if stopped:
            _finish_by_job(system(catalogue.home_of(app_id)), app_id, living.OPERATOR)
        if stopped and operator is not None:
            key = catalogue.app_keys([app_id])[app_id]
            record_act(operator, "app.suspended", "app", app_id, name=key, reason=reason)
    return hold_everywhere(living.OPERATOR, app_id, None, reason)


def resume_as_operator(app_id: str, *, operator: str | None = None) -> int:
    """Lift the operator's hold; what another side holds stays held. Raises PublisherSuspended."""
    with system_unit("kill switch: let the app run and record who did it", write=True):
        suspending.require_publisher_runs(app_id)
        lifted = suspending.let_app_run(app_id, living.OPERATOR)
        if lifted:
            _finish_by_job(system(catalogue.home_of(app_id)), app_id, living.OPERATOR)
        if lifted and operator is not None:
            record_act(operator, "app.resumed", "app", app_id, name=catalogue.app_keys([app_id])[app_id])
    return lift_everywhere(living.OPERATOR, app_id)


def suspend_publisher(publisher_id: str, reason: str, operator: str) -> int:
    """All apps of the publisher are suspended by the operator. Answers how many installations changed.

    Raises NotFound."""
    with system_unit("operator: suspend a publisher with all its apps", write=True):
        app_ids = suspending.suspend_publisher(publisher_id, reason)
        for app_id in app_ids:
            _finish_by_job(system(catalogue.home_of(app_id)), app_id, living.OPERATOR)
        name = catalogue.publisher(publisher_id)["name"]
        record_act(operator, "publisher.suspended", "publisher", publisher_id, name=name, reason=reason)
    return sum(hold_everywhere(living.OPERATOR, app_id, None, reason) for app_id in app_ids)


def resume_publisher(publisher_id: str, operator: str) -> int:
    """Its apps run again, but for those that the operator stopped by themselves. Raises NotFound."""
    with system_unit("operator: let a publisher's apps run again", write=True):
        name = catalogue.publisher(publisher_id)["name"]
        app_ids = suspending.resume_publisher(publisher_id)
        for app_id in app_ids:
            _finish_by_job(system(catalogue.home_of(app_id)), app_id, living.OPERATOR)
        record_act(operator, "publisher.resumed", "publisher", publisher_id, name=name)
    return sum(lift_everywhere(living.OPERATOR, app_id) for app_id in app_ids)


def _finish_by_job(actor: Actor, app_id: str, side: str) -> None:
    """What this process does not get done, because it dies, a job finds undone."""
    jobs.enqueue(actor, "installations.enforce_stop", app_id=app_id, side=side)


def enforce_stop(app_id: str, side: str) -> int:
    """Bring all installations to what the app's stop says now."""
    with system_unit("kill switch: what is decided about an app"):
        stop = next((each for each in catalogue.stops_of([app_id]).get(app_id, ()) if each.side == side), None)
    if stop is None:
        return lift_everywhere(side, app_id)
    return hold_everywhere(side, app_id, None, stop.reason)


def _outcome(app_id: str, side: str, changed: int) -> dict[str, Any]:
    return {"app_id": app_id, "side": side, "changed": changed}


def hold_everywhere(side: str, app_id: str, installation_id: str | None = None, reason: str | None = None) -> int:
    """Put the side's hold on wherever it is not. Also on what is uninstalled and could come back."""
    return _everywhere(side, app_id, installation_id, living.holding(side, reason), held=False)


def lift_everywhere(side: str, app_id: str, installation_id: str | None = None) -> int:
    return _everywhere(side, app_id, installation_id, living.lifting(side), held=True)


def _everywhere(side: str, app_id: str, installation_id: str | None, values: dict[str, Any], *, held: bool) -> int:
    total = 0
    while True:
        with system_unit("suspension by publisher or operator: the app's installations", write=True):
            changed = _one_batch(side, app_id, installation_id, values, held=held)
        total += changed
        if changed == 0:
            return total


def _one_batch(side: str, app_id: str, installation_id: str | None, values: dict[str, Any], *, held: bool) -> int:
    column = living.hold_column(side)
    there = column.is_not(None) if held else column.is_(None)
    found = (
        select(Installation.id)
        .where(Installation.app_id == app_id, Installation.status != "erased", there)
        .order_by(Installation.id)
        .limit(BATCH)
        # In one order, so that two who do the same at once never wait for each other in a ring.
        .with_for_update()
    )
    if installation_id is not None:
        found = found.where(Installation.id == installation_id)
    rows = (
        session()
        .execute(
            update(Installation)
            .where(Installation.id.in_(session().scalars(found).all()), there)
            .values(**values)
            .returning(Installation.workspace_id, Installation.id, Installation.status)
        )
        .all()
    )
    tell = living.tell_of_lifting if held else living.tell_of_hold
    for row in rows:
        if row.status in LIVE:
            # As the platform: who works at the publisher is no person of that workspace.
            actor = system(row.workspace_id)
            tell(actor, queries.installation(actor, row.id))
    return len(rows)
