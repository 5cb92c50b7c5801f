"""Who decides: from "manager" to people who can, up the chain where somebody cannot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from portico.domains.directory import queries as directory
from portico.domains.identity import queries as identity
from portico.domains.identity.roles import names_within
from portico.kernel.actor import Actor

KEEPERS = "hr_admin"
"""Who decides where a chain ends."""


@dataclass(frozen=True, slots=True)
class Slot:
    """People of whom one speaks for all. `origin_id`: whose chain is followed when they cannot."""

    origin_id: str
    people: tuple[str, ...]


class Choosing:
    """For one request: everybody but the requester, whatever the actor may see of the company."""

    def __init__(self, actor: Actor, requester_id: str) -> None:
        self._anybody = replace(actor, data_range=None)
        self._requester_id = requester_id

    def able(self, ids: Iterable[str]) -> list[str]:
        """Those of them who can decide, in their order: active, with a sign-in of their own, and not who asks."""
        wanted = [one for one in dict.fromkeys(ids) if one != self._requester_id]
        if not wanted:
            return []
        active = {row["id"] for row in directory.lookup(self._anybody, wanted) if row["status"] == "active"}
        members = identity.members_by_employee(self._anybody, active)
        return [one for one in wanted if one in members]

    def above(self, employee_id: str) -> tuple[str, ...]:
        """The first above this person who can decide, else everybody who keeps the company's people, else the first
        above who asks; or nobody."""
        return self._first_above(employee_id) or self.holders(KEEPERS) or self._first_above(self._requester_id)

    def _first_above(self, employee_id: str) -> tuple[str, ...]:
        return tuple(self.able(directory.managers_above(self._anybody, employee_id)[1:])[:1])

    def holders(self, role: str) -> tuple[str, ...]:
        """Who has the role; where nobody can decide who has it itself, who has one that includes it."""
        wider = names_within(self._anybody.workspace_id, [role])
        for roles in ([role], wider):
            able = self.able(identity.employees_with_roles(self._anybody, roles))
            if able:
                return tuple(able)
        return ()

    def leads(self) -> tuple[str, ...]:
        """Who leads the requester's main department, or the nearest one above it that has somebody else to lead it."""
        places = directory.places_of(self._anybody, [self._requester_id])[self._requester_id]
        main = next((place["id"] for place in places if place["primary"]), None)
        if main is None:
            return ()
        path = directory.any_department(self._anybody, main)["path"]
        leads = directory.leads_of(self._anybody, path)
        for department_id in reversed(path):
            able = self.able(leads.get(department_id, ()))
            if able:
                return tuple(able)
        return ()

    def slots(self, wanted: str | Sequence[str], mode: str) -> list[Slot]:
        """The slots of a step; one without people where nobody can be found."""
        named = [wanted] if isinstance(wanted, str) else wanted
        return [slot for one in named for slot in self._slots_of(one, mode)]

    def _slots_of(self, one: str, mode: str) -> list[Slot]:
        mine = self._requester_id
        if one == "manager":
            return [Slot(mine, self.above(mine))]
        if one == "department_lead":
            return [Slot(mine, self.leads() or self.above(mine))]
        if one.startswith("role:"):
            holders = self.holders(one.removeprefix("role:"))
            if mode == "all" and holders:
                return [Slot(holder, (holder,)) for holder in holders]
            return [Slot(mine, holders or self.above(mine))]
        return [Slot(one, tuple(self.able([one])) or self.above(one))]


def unknown(actor: Actor, wanted: Iterable[str]) -> set[str]:
    """Those of these ids that are nobody's here."""
    ids = set(wanted)
    anybody: Any = replace(actor, data_range=None)
    return ids - {row["id"] for row in directory.lookup(anybody, sorted(ids))} if ids else set()
