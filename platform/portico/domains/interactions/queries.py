"""Which surfaces a person sees: the installation is active, it is for them, its version declares it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Row, Select, select

from portico.domains.catalogue.manifests import localised
from portico.domains.catalogue.models import App, AppVersion
from portico.domains.catalogue.queries import effective_base_url, runs
from portico.domains.installations.models import Installation
from portico.domains.installations.queries import available_to
from portico.kernel import data_range
from portico.kernel.actor import Actor
from portico.kernel.data_range import Receiver, within
from portico.kernel.unit_of_work import session

_app = App.__table__.c
_version = AppVersion.__table__.c
_installation = Installation.__table__.c


@dataclass(frozen=True, slots=True)
class Surface:
    """A surface as a page draws it. No identity stands in `url`."""

    installation_id: str
    app_id: str
    app_key: str
    app_name: str
    key: str
    place: str
    title: str
    url: str
    origin: str


def origin_of(url: str) -> str:
    """Scheme, host and port, as browsers compare them (RFC 6454)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _apps_for(workspace_id: str, employee_id: str) -> Select[Any]:
    return (
        select(
            _installation.id,
            _installation.workspace_id,
            _installation.data_range,
            _app.id.label("app_id"),
            _app.key,
            _app.base_url_override,
            _version.name,
            _version.base_url,
            _version.surfaces,
        )
        .join(App, _app.id == _installation.app_id)
        .join(AppVersion, runs(_installation.app_id, _installation.bucket))
        .where(_installation.workspace_id == workspace_id, _installation.status == "active")
        .where(available_to(employee_id))
        .order_by(_app.key)
    )


def _surfaces(row: Row[Any], locale: str | None) -> Iterator[Surface]:
    base = effective_base_url(row.base_url, row.base_url_override)
    for declared in row.surfaces:
        yield Surface(
            installation_id=row.id,
            app_id=row.app_id,
            app_key=row.key,
            app_name=localised(row.name, locale),
            key=declared["key"],
            place=declared["place"],
            title=localised(declared["title"], locale),
            url=base + declared["url"],
            origin=origin_of(base),
        )


def _sees(row: Row[Any], about: tuple[str, str] | None) -> bool:
    """Whether the object is one of the records that the app sees."""
    limits = data_range.parse(row.data_range)
    return about is None or limits is None or bool(within(Receiver(row.workspace_id, limits), [about]))


def surfaces_for(actor: Actor, place: str, about: tuple[str, str] | None = None) -> list[Surface]:
    """What this person sees in a place, by app and in the manifest's order; beside an object, only of apps that see
    it. One statement, and one for each app with a data range."""
    if actor.employee_id is None:
        return []
    rows = session().execute(_apps_for(actor.workspace_id, actor.employee_id)).all()
    rows = [row for row in rows if _sees(row, about)]
    return [surface for row in rows for surface in _surfaces(row, actor.locale) if surface.place == place]


def surface(actor: Actor, installation_id: str, key: str, about: tuple[str, str] | None = None) -> Surface | None:
    """One surface, if this person may open it now, and its app sees the object."""
    if actor.employee_id is None:
        return None
    row = (
        session()
        .execute(_apps_for(actor.workspace_id, actor.employee_id).where(_installation.id == installation_id))
        .one_or_none()
    )
    found = _surfaces(row, actor.locale) if row is not None and _sees(row, about) else iter(())
    return next((each for each in found if each.key == key), None)
