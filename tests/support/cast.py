"""The cast: two workspaces and one person per role, as in every test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from portico.domains.identity import service as identity
from portico.kernel.actor import ROLES, Actor, system
from portico.kernel.db import Base
from portico.kernel.ids import new_id
from portico.kernel.scopes import scopes_of_role
from portico.kernel.unit_of_work import system_unit, unit

PASSWORD = "correct horse battery"


@dataclass
class Cast:
    acme: str
    other: str
    users: dict[str, str] = field(default_factory=dict)
    _actors: dict[str, Actor] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict)

    def workspace_of(self, name: str) -> str:
        return self.other if name == "outsider" else self.acme

    def email(self, name: str) -> str:
        return f"{name}@{'other' if name == 'outsider' else 'acme'}.example"

    def actor(self, name: str) -> Actor:
        """The actor of this person, with every scope of their role."""
        return self._actors[name]

    def employee_id(self, name: str) -> str:
        employee_id = self._actors[name].employee_id
        assert employee_id is not None
        return employee_id

    def token(self, name: str, *scopes: str) -> str:
        """A personal token with every scope of the role, or with these only."""
        key = " ".join([name, *sorted(scopes)])
        if key not in self._tokens:
            actor = self.actor(name)
            with unit(actor.workspace_id, write=True):
                self._tokens[key] = identity.create_token(
                    actor, name="test", scopes=scopes or actor.scopes, life=timedelta(days=30)
                )
        return self._tokens[key]

    def add_person(self, name: str, role: str) -> None:
        """One more member of Acme, by the name that the other methods take."""
        _person(self, name, role)

    def system(self, workspace: str | None = None) -> Actor:
        return system(workspace or self.acme)

    @contextmanager
    def writing(self, workspace: str | None = None) -> Iterator[Session]:
        with unit(workspace or self.acme, write=True) as work:
            yield work

    @contextmanager
    def reading(self, workspace: str | None = None) -> Iterator[Session]:
        with unit(workspace or self.acme, write=False) as work:
            yield work


def _person(cast: Cast, name: str, role: str) -> None:
    workspace_id = cast.workspace_of(name)
    with system_unit("tests: the cast", write=True):
        user_id = identity.create_user(cast.email(name), name.replace("_", " ").title(), _password_hash())
        employee_id = new_id("emp")
        membership_id = identity.join(system(workspace_id), user_id=user_id, employee_id=employee_id, role=role)
    cast.users[name] = user_id
    cast._actors[name] = Actor(
        kind="employee",
        workspace_id=workspace_id,
        id=employee_id,
        employee_id=employee_id,
        membership_id=membership_id,
        user_id=user_id,
        role=role,
        scopes=scopes_of_role(role),
        caller_key=membership_id,
    )


@cache
def _password_hash() -> str:
    """Parameters too cheap for anything but tests."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def _make() -> Cast:
    """Seed the two workspaces and everybody in them, through the services."""
    with system_unit("tests: the cast", write=True):
        acme = identity.create_workspace("Acme", "acme", awaiting_setup=False)
        other = identity.create_workspace("Other", "other", awaiting_setup=False)
    cast = Cast(acme, other)
    for role in ROLES:
        _person(cast, role, role)
    _person(cast, "outsider", "owner")
    return cast


Snapshot = list[tuple[Table, list[dict[str, Any]]]]


@cache
def _first_time() -> dict[str, tuple[Cast, Snapshot]]:
    """By kind of database: the cast as services made it, and the rows that it left."""
    return {}


def make_cast(kind: str = "sqlite") -> Cast:
    """The cast in an empty database: made by the services once per process, then put back row by row."""
    known = _first_time().get(kind)
    if known is None:
        cast = _make()
        with system_unit("tests: remember the cast") as work:
            rows = [(t, [dict(r) for r in work.execute(select(t)).mappings()]) for t in Base.metadata.sorted_tables]
        _first_time()[kind] = (cast, [(table, found) for table, found in rows if found])
        return replace(cast, users=dict(cast.users), _actors=dict(cast._actors), _tokens={})
    cast, snapshot = known
    with system_unit("tests: put the cast back", write=True) as work:
        for table, found in snapshot:
            work.execute(insert(table), found)
    return replace(cast, users=dict(cast.users), _actors=dict(cast._actors), _tokens={})
