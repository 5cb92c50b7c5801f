"""Roles that a workspace made for itself: a name, and the scopes of what whoever has it may do.

Wherever a built-in role is a name, such a role is its id that knows its scopes, so that policies and scopes are asked
of both in the same way. It is read with the membership, in the statement that authenticates: what changes in it counts
from the next request.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, String, TypeDecorator

from portico.kernel.actor import ROLES, CustomRole, roles_within
from portico.kernel.scopes import SCOPES, scopes_of_role

NEVER = ("admin", "owner")
"""Roles that no set of scopes amounts to: whom to trust with everything is not put together piece by piece."""


def givable() -> frozenset[str]:
    """Every scope that a role may hold."""
    return frozenset(scope.name for scope in SCOPES if scope.roles)


def made_of(role_id: str, name: str, scopes: Iterable[str]) -> CustomRole:
    """A role with these scopes, and what everybody has. Policies that ask for a built-in role count it as that one
    when it holds the scope that marks it, or all that it holds."""
    held = scopes_of_role("employee") | givable().intersection(scopes)
    marked = {scope.marks for scope in SCOPES if scope.marks and scope.name in held}
    within = {role for role in ROLES if role not in NEVER and (role in marked or scopes_of_role(role) <= held)}
    return CustomRole(role_id, name, held, frozenset({role_id, "employee", *within}))


def exceeds(mine: str, wanted: str) -> bool:
    """Whether `wanted` can do something that `mine` cannot: then who has the one cannot give the other."""
    more = scopes_of_role(wanted) - scopes_of_role(mine)
    beyond = roles_within(wanted) - roles_within(mine) - ({str(wanted)} if isinstance(wanted, CustomRole) else set())
    return bool(more or beyond)


@lru_cache(maxsize=512)
def _parsed(packed: str, known: int) -> CustomRole:
    role_id, scopes, name = packed.split("|", 2)
    return made_of(role_id, name, scopes.split())


class RoleText(TypeDecorator[str]):
    """`rol_…|scopes|name` as a role that knows them; every other text is a built-in role."""

    impl = String
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        if value is None or "|" not in value:
            return value
        return _parsed(value, len(SCOPES))
