"""What a company lets in, and what its policy says to one app."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import select

from portico.domains.catalogue import queries as catalogue
from portico.domains.catalogue.models import AppVersion
from portico.domains.installations.models import InstallationPolicy
from portico.kernel.actor import Actor
from portico.kernel.errors import FieldError
from portico.kernel.scopes import SCOPES
from portico.kernel.unit_of_work import session

DEFAULT: dict[str, Any] = {
    "deny_scopes": [],
    "allowed_publishers": None,
    "denied_publishers": [],
    "minimum_review": "any",
    "minimum_verification": "any",
    "auto_approve": "none",
    "upgrades": "wait",
    "updated_at": None,
    "version": 0,
}
_LEVELS = ("any", "robot", "person")
_PROOFS = ("any", "domain", "operator")


def policy(actor: Actor, *, locked: bool = False) -> dict[str, Any]:
    """The workspace's policy; version 0 while nobody has set one. `locked`: nobody changes it before the commit."""
    statement = select(InstallationPolicy.__table__).where(InstallationPolicy.workspace_id == actor.workspace_id)
    row = session().execute(statement.with_for_update(read=True) if locked else statement).one_or_none()
    return dict(DEFAULT) if row is None else dict(row._mapping)


def objections(
    actor: Actor, rules: dict[str, Any], app: catalogue.Released, granted: Iterable[str]
) -> Iterator[FieldError]:
    """What the policy has against this app with these scopes, each with what it is about."""
    for name in sorted(set(granted).intersection(rules["deny_scopes"])):
        yield FieldError("/granted_scopes", "policy_denies_scope", f"The policy lets no app have {name}.")
    allowed = rules["allowed_publishers"]
    barred = app.publisher_id in rules["denied_publishers"] or (allowed is not None and app.publisher_id not in allowed)
    if barred:
        yield FieldError("/app_key", "policy_denies_publisher", "The policy lets in no apps of this publisher.")
    level = review_level(app)
    own = app.publisher_workspace_id == actor.workspace_id
    if not own and _LEVELS.index(level) < _LEVELS.index(rules["minimum_review"]):
        message = "The policy asks for more review than this version has had."
        yield FieldError("/app_key", "policy_needs_review", message)
    if not own and _PROOFS.index(_proof(app)) < _PROOFS.index(rules["minimum_verification"]):
        message = "The policy asks for a publisher that has proved more about itself."
        yield FieldError("/app_key", "policy_needs_verification", message)


def _proof(app: catalogue.Released) -> str:
    """What the app's publisher has proved, in the policy's words."""
    level: str = catalogue.publisher(app.publisher_id)["verification"]
    return "any" if level == "none" else level


def review_level(app: catalogue.Released) -> str:
    """How the version that runs was reviewed. What is released has passed the robot's check."""
    level = session().scalar(select(AppVersion.review_level).where(AppVersion.id == app.version_id))
    return level or "robot"


def approves_by_itself(rules: dict[str, Any], required: Iterable[str]) -> bool:
    """Whether an app that needs these scopes is installed for who asks, without an admin."""
    return rules["auto_approve"] == "read" and all(name in SCOPES and SCOPES[name].risk == "read" for name in required)


_GROWS: dict[str, tuple[str, ...]] = {"wait": (), "read": ("read",), "write": ("read", "write")}


def grows_by_itself(rules: dict[str, Any], scope: str) -> bool:
    """Whether a new version gets this scope without an admin, if the version before did not ask for it."""
    known = scope in SCOPES and scope not in rules["deny_scopes"]
    return known and SCOPES[scope].risk in _GROWS[rules["upgrades"]]
