"""Scopes: what a credential may do. Declared once, in a domain's `permissions.py`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from portico.kernel.actor import CustomRole, roles_within
from portico.kernel.registry import Registry

Risk = Literal["read", "write", "sensitive"]


@dataclass(frozen=True, slots=True)
class Scope:
    """`sentence` stands on the consent page; `roles` may hold it as people; `for_apps` lets apps ask for it."""

    name: str
    sentence: str
    roles: tuple[str, ...]
    risk: Risk = "read"
    for_apps: bool = True
    marks: str | None = None
    """The built-in role that a role of the workspace counts as, where policies ask, when it holds this scope."""


SCOPES: Registry[Scope] = Registry("scope", lambda scope: scope.name)


def scopes_of_role(role: str) -> frozenset[str]:
    """Every scope that a person with this role may hold."""
    if isinstance(role, CustomRole):
        return role.scopes
    return _scopes_of_role(role, len(SCOPES))


@cache
def _scopes_of_role(role: str, known: int) -> frozenset[str]:
    # `known` keeps what was asked before all scopes were declared from being remembered.
    within = roles_within(role)
    return frozenset(scope.name for scope in SCOPES if within.intersection(scope.roles))


def app_scopes() -> frozenset[str]:
    """Every scope that an app may ask for."""
    return frozenset(scope.name for scope in SCOPES if scope.for_apps)


def unknown(names: Iterable[str]) -> list[str]:
    return [name for name in names if name not in SCOPES]
