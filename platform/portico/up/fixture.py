"""Test workspaces of a demo: one person for each role that apps meet, a few customers; made anew in a second.

A fixture is found again by the addresses of its people, which nobody else has. Made anew, it keeps these people, their
passwords and tokens, and the apps that they registered; all else that was in it is gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from portico.domains.catalogue.service import publishing
from portico.domains.contacts import service as contacts
from portico.domains.contacts.schemas import ContactCreate
from portico.domains.directory import service as directory
from portico.domains.identity import passwords, queries
from portico.domains.identity import service as identity
from portico.domains.identity.errors import SlugTaken
from portico.domains.tickets import service as tickets
from portico.domains.tickets.schemas import TicketCreate
from portico.kernel import secrets, text
from portico.kernel.actor import Actor, system
from portico.kernel.errors import NotFound, invalid
from portico.kernel.ids import new_id
from portico.kernel.schemas import load
from portico.kernel.scopes import scopes_of_role
from portico.kernel.unit_of_work import system_unit

PEOPLE = {
    "admin": ("Ada Okafor", "owner"),
    "agent": ("Aylin Demir", "agent"),
    "employee": ("Emil Novák", "employee"),
    "developer": ("Devi Raman", "developer"),
}
OUTSIDER = ("Oskar Lind", "owner")
CUSTOMERS = (
    ("Zoë Marchetti", "zoe@marchetti.example", "The brakes squeal in the rain"),
    ("王小明", "wang.xiaoming@bikes.example", "电池充不满"),
)
TOKEN_NAME, TOKEN_LIFE = "Fixture", timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Fixture:
    slug: str
    name: str
    actors: dict[str, Actor]

    def content(self, base_url: str) -> dict[str, Any]:
        """As `demo.json` has it."""
        return {
            "base_url": base_url,
            "workspace": {"id": self.actors["admin"].workspace_id, "name": self.name, "slug": self.slug},
            "users": {
                who: {
                    "email": email_of(self.slug, who),
                    "password": password_of(self.slug),
                    "token": _token(self.slug, who),
                    "employee_id": actor.employee_id,
                }
                for who, actor in self.actors.items()
            },
        }


def email_of(slug: str, who: str) -> str:
    company = f"other.{slug}" if who == "outsider" else slug
    return f"{who}@{company}.fixture.example"


def password_of(slug: str) -> str:
    return secrets.keyring().derive(f"fixture password|{slug}").hex()[:12]


def _token(slug: str, who: str) -> str:
    """The same each time: what a script was given works on after the fixture was made anew."""
    return secrets.keyring().derive_token("ptp_", f"fixture|{slug}|{who}")


def create(name: str, slug: str | None = None) -> Fixture:
    """Raises SlugTaken and Invalid."""
    slug = _slug(slug or name)
    hashed = passwords.hashed(password_of(slug))
    with system_unit("fixture: make a test workspace", write=True):
        for who, (display_name, _) in _everybody():
            if queries.user_by_email(email_of(slug, who)) is not None:
                raise SlugTaken(f"There is a test workspace {slug!r} already; add --reset, or choose another name.")
            identity.create_user(email_of(slug, who), display_name, hashed, verified=True)
        return _filled(name, slug, _join(name, slug))


def reset(name: str) -> Fixture:
    """All or nothing. Raises NotFound and Conflict."""
    slug = _slug(name)
    with system_unit("fixture: make a test workspace anew", write=True):
        called = queries.workspace(_standing(slug)["admin"].workspace_id).name
        return _filled(called, slug, _emptied(called, slug))


def delete(name: str) -> str:
    """With its people and the apps that they registered; answers its short name. Raises NotFound and Conflict."""
    slug = _slug(name)
    with system_unit("fixture: delete a test workspace", write=True):
        left = _emptied(name, slug)  # nothing is installed in it any more
        for actor in left.values():
            publishing.delete_publisher(actor)
        _delete_workspaces(left)
        for actor in left.values():
            identity.delete_user(actor.user_id or "")
    return slug


def _emptied(name: str, slug: str) -> dict[str, Actor]:
    """The same people in new workspaces, with what they publish; the old workspaces are gone."""
    before = _standing(slug)
    for actor in before.values():
        identity.give_up_slug(actor.workspace_id)
    after = _join(name, slug)
    for who, actor in after.items():
        publishing.hand_over(before[who], actor)
    _delete_workspaces(before)
    return after


def _delete_workspaces(actors: dict[str, Actor]) -> None:
    for workspace_id in {actor.workspace_id for actor in actors.values()}:
        publishing.require_none_publishes(workspace_id)
        identity.delete_workspace(workspace_id)


def _everybody() -> list[tuple[str, tuple[str, str]]]:
    return [*PEOPLE.items(), ("outsider", OUTSIDER)]


def _slug(name: str) -> str:
    slug = text.slug(name)
    if not slug or len(slug) > 24:
        raise invalid("/name", "invalid", "Choose a name with up to 24 letters and digits.")
    return slug


def _standing(slug: str) -> dict[str, Actor]:
    """Raises NotFound."""
    return {who: _found(slug, who) for who, _ in _everybody()}


def _found(slug: str, who: str) -> Actor:
    user = queries.user_by_email(email_of(slug, who))
    rows = queries.memberships_of_user(user.id) if user is not None else []
    row = next((row for row in rows if row.slug == _slug_for(slug, who)), None)
    if user is None or row is None:
        raise NotFound(f"There is no test workspace {slug!r}.")
    return _actor(row.workspace_id, user.id, row.id, row.employee_id, row.role)


def _slug_for(slug: str, who: str) -> str:
    return f"{slug}-other" if who == "outsider" else slug


def _join(name: str, slug: str) -> dict[str, Actor]:
    """Two new workspaces, with the people in them."""
    inside = identity.create_workspace(name, slug, awaiting_setup=False)
    outside = identity.create_workspace(f"{name} (another company)", f"{slug}-other", awaiting_setup=False)
    actors = {}
    for who, (_, role) in _everybody():
        workspace_id = outside if who == "outsider" else inside
        user = queries.user_by_email(email_of(slug, who))
        user_id, employee_id = user.id if user is not None else "", new_id("emp")
        membership = identity.join(system(workspace_id), user_id=user_id, employee_id=employee_id, role=role)
        actors[who] = _actor(workspace_id, user_id, membership, employee_id, role)
    return actors


def _actor(workspace_id: str, user_id: str, membership_id: str, employee_id: str, role: str) -> Actor:
    return Actor(
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


def _filled(name: str, slug: str, actors: dict[str, Actor]) -> Fixture:
    agent, employee = actors["agent"], actors["employee"]
    directory.update_employee(
        system(employee.workspace_id), employee.employee_id or "", {"manager_id": agent.employee_id}
    )
    for who, address, subject in CUSTOMERS:
        given = {"display_name": who, "identifiers": [{"kind": "email", "value": address, "primary": True}]}
        contact = contacts.create_contact(agent, load(ContactCreate(), given))
        asked = {"subject": subject, "requester": {"contact_id": contact["id"]}, "channel": "email"}
        tickets.create_ticket(agent, load(TicketCreate(), asked))
    for who, actor in actors.items():
        identity.create_token(actor, name=TOKEN_NAME, scopes=actor.scopes, life=TOKEN_LIFE, token=_token(slug, who))
    return Fixture(slug, name, actors)
