"""Stopping a whole app, so that nobody installs it; its installations are held by `installations`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from portico.domains.catalogue.errors import PublisherSuspended
from portico.domains.catalogue.models import App, AppSuspension, Publisher
from portico.kernel import clock
from portico.kernel.errors import NotFound
from portico.kernel.unit_of_work import session


def stop_app(app_id: str, side: str, reason: str | None) -> bool:
    """The side stops the app; whoever installs it meanwhile is waited for. A repeat answers false. Raises NotFound."""
    work = session()
    if work.scalar(select(App.id).where(App.id == app_id).with_for_update()) is None:
        raise NotFound()
    build: Any = postgresql.insert if work.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = build(AppSuspension).values(app_id=app_id, side=side, reason=reason, since=clock.now())
    return work.scalar(row.on_conflict_do_nothing().returning(AppSuspension.app_id)) is not None


def let_app_run(app_id: str, side: str) -> bool:
    """The side's stop is over; a repeat answers false."""
    gone = delete(AppSuspension).where(AppSuspension.app_id == app_id, AppSuspension.side == side)
    return session().scalar(gone.returning(AppSuspension.app_id)) is not None


def require_publisher_runs(app_id: str) -> None:
    """An app cannot be let run alone while its publisher is suspended. Raises PublisherSuspended."""
    suspended = session().scalar(
        select(Publisher.suspended_at).join(App, App.publisher_id == Publisher.id).where(App.id == app_id)
    )
    if suspended is not None:
        raise PublisherSuspended()


def suspend_publisher(publisher_id: str, reason: str) -> list[str]:
    """All apps of the publisher stop. Answers their ids, so that their installations can be held. Raises NotFound."""
    work = session()
    app_ids = _locked_apps(publisher_id)
    changed = work.scalar(
        update(Publisher)
        .where(Publisher.id == publisher_id)
        .values(suspended_at=clock.now(), suspended_reason=reason, version=Publisher.version + 1)
        .returning(Publisher.id)
    )
    if changed is None:
        raise NotFound()
    return app_ids


def resume_publisher(publisher_id: str) -> list[str]:
    """Answers the ids of the apps that run again: those that the operator did not stop by themselves."""
    work = session()
    app_ids = _locked_apps(publisher_id)
    work.execute(
        update(Publisher)
        .where(Publisher.id == publisher_id)
        .values(suspended_at=None, suspended_reason=None, version=Publisher.version + 1)
    )
    stopped = select(AppSuspension.app_id).where(AppSuspension.app_id.in_(app_ids), AppSuspension.side == "operator")
    still = set(work.scalars(stopped))
    return [app_id for app_id in app_ids if app_id not in still]


def _locked_apps(publisher_id: str) -> list[str]:
    """Also keeps off who installs one of them at this moment: they are waited for."""
    found = select(App.id).where(App.publisher_id == publisher_id).order_by(App.id).with_for_update()
    return list(session().scalars(found))
