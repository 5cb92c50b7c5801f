"""Which surfaces a person sees: the installation is active, it is for them, its version declares it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from portico.domains.catalogue.manifests import localised
from portico.domains.catalogue.queries import effective_base_url
from portico.domains.interactions.queries import installed
from portico.domains.interactions.queries.installed import origin_of
from portico.kernel.actor import Actor

SETTINGS = "settings"


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
    size: str = "medium"
    power: str = ""
    """Changes with whatever the app may do or show here."""
    icon_url: str | None = None
    local: bool = False
    """It runs on its developer's machine at the moment."""


def _surfaces(row: Row[Any], actor: Actor) -> Iterator[Surface]:
    """Pages of an app on a machine come from there for the browser of that person, who alone can reach it."""
    locale, local = actor.locale, row.dev_id is not None
    base = effective_base_url(row.base_url, row.base_url_override)
    if local and row.dev_employee_id == actor.employee_id:
        base = row.dev_url
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
            size=declared.get("size", "medium"),
            power=f"{row.power}|{row.version_id}|{row.dev_id}" if local else f"{row.power}|{row.version_id}",
            icon_url=row.icon_url,
            local=local,
        )


def surfaces_for(actor: Actor, place: str, about: tuple[str, str] | None = None) -> list[Surface]:
    """What this person sees in a place, by app and in the manifest's order; beside an object, only of apps that see
    it. One statement, and one for each app with a data range."""
    if actor.employee_id is None or place == SETTINGS:
        return []
    rows = [row for row in installed.rows_for(actor) if installed.sees(row, about)]
    return [surface for row in rows for surface in _surfaces(row, actor) if surface.place == place]


def surface(actor: Actor, installation_id: str, key: str, about: tuple[str, str] | None = None) -> Surface | None:
    """One surface, if this person may open it now, and its app sees the object."""
    if actor.employee_id is None:
        return None
    rows = installed.rows_for(actor, installed.installation.id == installation_id)
    found = (each for row in rows if installed.sees(row, about) for each in _surfaces(row, actor))
    own = next((each for each in found if each.key == key and each.place != SETTINGS), None)
    return own or next((each for each in settings_of(actor, installation_id) if each.key == key), None)


def settings_of(actor: Actor, installation_id: str) -> list[Surface]:
    """What an app shows beside its settings to who manages apps, whether or not they use it themselves."""
    if actor.employee_id is None or not actor.may("installations:write"):
        return []
    rows = installed.rows_for(actor, installed.installation.id == installation_id, managed=True)
    return [each for row in rows for each in _surfaces(row, actor) if each.place == SETTINGS]
