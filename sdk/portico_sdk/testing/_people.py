"""Who is in a test's workspace: one person per role in Acme, and the owner of another company."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from argon2 import PasswordHasher

from portico.domains.identity import service as identity
from portico.kernel.actor import ROLES, Actor, system
from portico.kernel.ids import new_id
from portico.kernel.scopes import scopes_of_role
from portico.kernel.unit_of_work import system_unit, unit

PASSWORD = "correct horse battery"  # noqa: S105  of people who live for one test
OUTSIDER = "outsider"
NAMES = (*ROLES, OUTSIDER)


@dataclass(frozen=True)
class Seeded:
    """A person as the template holds them."""

    name: str
    email: str
    role: str
    workspace_id: str
    user_id: str
    membership_id: str
    employee_id: str

    @property
    def actor(self) -> Actor:
        return Actor(
            kind="employee",
            workspace_id=self.workspace_id,
            id=self.employee_id,
            employee_id=self.employee_id,
            membership_id=self.membership_id,
            user_id=self.user_id,
            role=self.role,
            scopes=scopes_of_role(self.role),
            caller_key=self.membership_id,
        )


def seed() -> dict[str, Seeded]:
    """The two companies and everybody in them, through the services, in an empty database."""
    with system_unit("testing: two companies", write=True):
        acme = identity.create_workspace("Acme", "acme", awaiting_setup=False)
        other = identity.create_workspace("Other", "other", awaiting_setup=False)
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    people = {role: _person(acme, "acme", role, role, cheap) for role in ROLES}
    return {**people, OUTSIDER: _person(other, "other", OUTSIDER, "owner", cheap)}


def _person(workspace_id: str, company: str, name: str, role: str, password_hash: str) -> Seeded:
    email = f"{name}@{company}.example"
    employee_id = new_id("emp")
    with system_unit("testing: a person", write=True):
        user_id = identity.create_user(email, name.replace("_", " ").title(), password_hash)
        membership_id = identity.join(system(workspace_id), user_id=user_id, employee_id=employee_id, role=role)
    return Seeded(name, email, role, workspace_id, user_id, membership_id, employee_id)


@contextmanager
def writing(actor: Actor) -> Iterator[None]:
    """One unit of work of this person's company."""
    with unit(actor.workspace_id, write=True):
        yield
