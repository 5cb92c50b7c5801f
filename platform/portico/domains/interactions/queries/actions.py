"""Which actions somebody may run, and on which record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from portico.domains.catalogue.manifests import localised
from portico.domains.catalogue.models import App
from portico.domains.interactions.objects import KINDS, OF_RECORDS, About
from portico.domains.interactions.queries import installed
from portico.kernel.actor import Actor

FOR_PROGRAMS = frozenset({"agent", "flow"})
"""An app runs only what says that it is for programs, in nobody's name and in a person's."""


@dataclass(frozen=True, slots=True)
class Action:
    """An action as the manifest of the version that runs here declares it; texts are in the reader's language."""

    installation_id: str
    app_id: str
    app_key: str
    app_name: str
    key: str
    title: str
    titles: Any
    places: tuple[str, ...]
    input: Mapping[str, Mapping[str, Any]]
    identity: str
    risk: str
    confirm: bool
    local: bool = False
    """It runs on its developer's machine at the moment."""

    @property
    def id(self) -> str:
        return f"{self.app_key}/{self.key}"

    @property
    def asks_first(self) -> bool:
        return self.confirm or self.risk == "destructive"

    @property
    def needs_object(self) -> bool:
        """Whether it stands beside records alone."""
        return OF_RECORDS.issuperset(self.places)

    @property
    def object_types(self) -> list[str]:
        return [kind.type for kind in KINDS.values() if kind.place in self.places]

    def fields(self, locale: str | None) -> list[dict[str, Any]]:
        """Its input as a form shows it."""
        return [
            {
                "name": name,
                "type": row["type"],
                "title": localised(row.get("title"), locale) or name,
                "help": localised(row.get("help"), locale),
                "required": row.get("required", True),
                "options": list(row.get("options", ())),
            }
            for name, row in self.input.items()
        ]


def _actions(row: Row[Any], locale: str | None) -> Iterator[Action]:
    for declared in row.actions:
        yield Action(
            installation_id=row.id,
            app_id=row.app_id,
            app_key=row.key,
            app_name=localised(row.name, locale),
            key=declared["key"],
            title=localised(declared["title"], locale),
            titles=declared["title"],
            places=tuple(declared["places"]),
            input={field["name"]: field for field in declared["input"]},
            identity=declared.get("identity", "app"),
            risk=declared.get("risk", "write"),
            confirm=bool(declared.get("confirm")),
            local=row.dev_id is not None,
        )


def _may_run(actor: Actor, action: Action) -> bool:
    return not actor.through_app or not FOR_PROGRAMS.isdisjoint(action.places)


def _all(actor: Actor, about: About | None, *conditions: Any) -> Iterator[Action]:
    for row in installed.rows_for(actor, *conditions):
        if row.actions and installed.sees(row, about):
            yield from (each for each in _actions(row, actor.locale) if _may_run(actor, each))


def actions_for(actor: Actor, place: str | None = None, about: About | None = None) -> list[Action]:
    """What somebody may run: in a place, or on a record that they see; by app, in the manifest's order."""
    wanted = place if about is None else KINDS[about[0]].place
    return [each for each in _all(actor, about) if wanted is None or wanted in each.places]


def find_action(actor: Actor, app_key: str, key: str, about: About | None = None) -> Action | None:
    """One action, if this actor may run it now, on this record."""
    rows = _all(actor, about, App.__table__.c.key == app_key)
    return next((each for each in rows if each.key == key), None)


def find_by_installation(actor: Actor, installation_id: str, key: str, about: About | None = None) -> Action | None:
    """As `find_action`, of an installation."""
    rows = _all(actor, about, installed.installation.id == installation_id)
    return next((each for each in rows if each.key == key), None)
