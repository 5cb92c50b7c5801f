"""Scopes of actions. What an action may do with records is said by the scopes of its app."""

from __future__ import annotations

from portico.kernel.actor import Actor
from portico.kernel.scopes import Scope
from portico.kernel.text import N_

ACTIONS_READ = Scope(
    "actions:read", N_("see which actions apps offer, and what became of those that ran"), roles=("employee",)
)
ACTIONS_RUN = Scope("actions:run", N_("run actions of other apps"), roles=("employee",), risk="sensitive")


def sees_all_runs(actor: Actor) -> bool:
    """Whether somebody sees every run of the workspace whole."""
    return actor.kind == "system" or (actor.kind == "employee" and actor.may("installations:read"))
