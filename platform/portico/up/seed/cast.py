"""Who plays in the demo, and how they are made and found again."""

from __future__ import annotations

from dataclasses import dataclass

from portico.domains.directory import service as directory
from portico.domains.directory.queries import places_of
from portico.domains.identity import passwords, queries
from portico.domains.identity import service as identity
from portico.kernel import secrets
from portico.kernel.actor import Actor, system
from portico.kernel.ids import new_id
from portico.kernel.scopes import scopes_of_role
from portico.kernel.unit_of_work import system_unit, unit
from portico.up.seed import company, customers, hours, news

WORKSPACE, SLUG = "Acme Bikes", "acme"
OTHER_WORKSPACE, OTHER_SLUG = "Globex", "globex"

# name in demo.json: (display name, address, role, title, department)
CAST = {
    "admin": ("Ada Okafor", "admin@acme.example", "owner", "Managing director", "Leadership"),
    "agent": ("Aylin Demir", "agent@acme.example", "agent", "Support agent", "Support"),
    "employee": ("Emil Novák", "employee@acme.example", "employee", "Mechanic", "Workshop"),
    "developer": ("Devi Raman", "developer@acme.example", "developer", "Engineer", "Engineering"),
}
OUTSIDER = ("Oskar Lind", "outsider@globex.example", "owner")


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo as it stands: the workspace and one actor per name of the cast."""

    workspace_id: str
    actors: dict[str, Actor]

    @property
    def password(self) -> str:
        return password()


def password() -> str:
    """One password for all of the cast. Derived from this instance's key: no two demos share it."""
    return secrets.keyring().derive("demo password").hex()[:12]


def email_of(name: str) -> str:
    return OUTSIDER[1] if name == "outsider" else CAST[name][1]


def _actor(email: str, slug: str) -> Actor:
    user = queries.user_by_email(email)
    if user is None:
        raise LookupError(f"{email} is gone from the demo; remove the home folder to begin anew.")
    row = next(row for row in queries.memberships_of_user(user.id) if row.slug == slug)
    return Actor(
        kind="employee",
        workspace_id=row.workspace_id,
        id=row.employee_id,
        employee_id=row.employee_id,
        membership_id=row.id,
        user_id=user.id,
        role=row.role,
        scopes=scopes_of_role(row.role),
        caller_key=row.id,
    )


def load() -> Demo | None:
    """The demo of this database, or None when it was not seeded to the end."""
    with system_unit("demo: find the cast"):
        workspace = queries.workspace_by_slug(SLUG)
        if workspace is None or queries.user_by_email(OUTSIDER[1]) is None:
            return None
        actors = {name: _actor(email_of(name), SLUG) for name in CAST}
        actors["outsider"] = _actor(OUTSIDER[1], OTHER_SLUG)
    return Demo(workspace.id, actors)


def _join(workspace_id: str, display_name: str, email: str, role: str, password_hash: str) -> str:
    user_id = identity.create_user(email, display_name, password_hash, verified=True)
    employee_id = new_id("emp")
    identity.join(system(workspace_id), user_id=user_id, employee_id=employee_id, role=role)
    return employee_id


def seed_people() -> Demo:
    """The workspaces and everybody in them, made on the first start. All or nothing."""
    return load() or _people()


def seed_customers(demo: Demo) -> None:
    """The customers and their tickets, once the apps are there to hear of them. All or nothing."""
    with unit(demo.workspace_id, write=True):
        if customers.are_missing(demo.actors["agent"]):
            customers.make_customers(demo.actors["agent"], demo.actors["employee"])
            news.make_announcements(demo.actors["admin"], _workshop(demo.actors["employee"]))


def _workshop(mechanic: Actor) -> str:
    """The department of the demo's employee."""
    own = mechanic.employee_id or ""
    return str(places_of(mechanic, [own])[own][0]["id"])


def seed_hours(demo: Demo) -> None:
    """Shifts, groups and a month of days. All or nothing."""
    with unit(demo.workspace_id, write=True):
        if hours.are_missing(demo.actors["admin"]):
            hours.make_hours(demo.workspace_id)


def _people() -> Demo:
    password_hash = passwords.hashed(password())
    with system_unit("demo: make the workspaces", write=True):
        acme = identity.create_workspace(WORKSPACE, SLUG, awaiting_setup=False)
        admin = system(acme)
        departments = company.make_departments(admin)
        head_id = ""
        for name, email, role, title, department in CAST.values():
            employee_id = _join(acme, name, email, role, password_hash)
            head_id = employee_id if role == "owner" else head_id
            place = {"id": departments[department], "primary": True, "lead": role == "owner"}
            directory.update_employee(admin, employee_id, {"title": title, "departments": [place]})
        company.make_colleagues(admin, departments, head_id)
        globex = identity.create_workspace(OTHER_WORKSPACE, OTHER_SLUG, awaiting_setup=False)
        _join(globex, OUTSIDER[0], OUTSIDER[1], OUTSIDER[2], password_hash)
    demo = load()
    if demo is None:
        raise RuntimeError("The demo was made and cannot be found again.")
    return demo
