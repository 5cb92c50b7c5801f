"""Who acts. Every service function takes an actor first; it is made once per request, from the credential."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

ActorKind = Literal["employee", "app", "app_for_employee", "visitor", "system"]

# What each role includes besides itself; every role includes `employee`.
_INCLUDES: dict[str, tuple[str, ...]] = {
    "employee": (),
    "agent": (),
    "support_admin": ("agent",),
    "announcer": (),
    "hr_admin": (),
    "app_manager": (),
    "developer": (),
    "admin": ("support_admin", "agent", "announcer", "hr_admin", "app_manager", "developer"),
    "owner": ("admin", "support_admin", "agent", "announcer", "hr_admin", "app_manager", "developer"),
}
ROLES: tuple[str, ...] = tuple(_INCLUDES)


class CustomRole(str):
    """A role that the workspace made: its id, which knows its name, its scopes and the built-in roles that it
    includes. `portico.kernel.custom_roles` makes them."""

    label: str
    scopes: frozenset[str]
    within: frozenset[str]

    def __new__(cls, role_id: str, label: str, scopes: frozenset[str], within: frozenset[str]) -> CustomRole:
        made = super().__new__(cls, role_id)
        made.label, made.scopes, made.within = label, scopes, within
        return made


def roles_within(role: str) -> frozenset[str]:
    """The role itself and all that it includes; unknown roles include nothing."""
    if isinstance(role, CustomRole):
        return role.within
    return frozenset({role, "employee", *_INCLUDES[role]}) if role in _INCLUDES else frozenset()


@dataclass(frozen=True, slots=True)
class Cause:
    """The event that made an app write: lets it ignore its own echo, and stops loops."""

    event_id: str
    installation_id: str | None
    depth: int


@dataclass(frozen=True, slots=True)
class DataRange:
    """Records of these people: of departments (with all below them, or without), of groups, and single ones."""

    departments: frozenset[str] = frozenset()
    subtrees: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    employees: frozenset[str] = frozenset()
    unassigned: bool = False
    """Whether records that nobody holds are within."""


@dataclass(frozen=True, slots=True)
class Actor:
    kind: ActorKind
    workspace_id: str
    id: str
    scopes: frozenset[str] = frozenset()
    pending_scopes: frozenset[str] = frozenset()
    """What the app's released version asks for and the workspace did not grant: refused as `scope_pending`."""
    role: str | None = None
    employee_id: str | None = None
    user_id: str | None = None
    membership_id: str | None = None
    installation_id: str | None = None
    app_id: str | None = None
    grant_id: str | None = None
    """What the person allowed the app that acts for them."""
    cause: Cause | None = None
    data_range: DataRange | None = None
    """Which records the app sees; None is every record that its scopes show."""
    locale: str | None = None
    timezone: str | None = None
    display_name: str | None = field(default=None, compare=False)
    """How an app is called, for what it writes under its name; people's names stand in the directory."""
    caller_key: str = field(default="", compare=False)
    """Names the caller for limits and idempotency: the membership or the installation, not the token."""
    shared_key: str = field(default="", compare=False)
    """Names the app that calls in a person's name: all its calls in the workspace have one limit together."""

    def may(self, scope: str) -> bool:
        """Whether this actor holds the scope; the system holds all."""
        return self.kind == "system" or scope in self.scopes

    def has_role(self, role: str) -> bool:
        """Whether the person's role includes `role`. Apps as themselves have no role."""
        return self.kind == "system" or (self.role is not None and role in roles_within(self.role))

    @property
    def is_app(self) -> bool:
        return self.kind == "app"

    @property
    def through_app(self) -> bool:
        """Whether an app reads and writes here, as itself or in a person's name: what is for people is not for it."""
        return self.kind in ("app", "app_for_employee")

    def as_dict(self) -> dict[str, str | None]:
        """The actor as events and the audit show it."""
        answer: dict[str, str | None] = {"kind": self.kind, "id": self.id}
        if self.kind == "app_for_employee":
            answer["on_behalf_of"] = self.employee_id
        return answer


class Caller(NamedTuple):
    """Whose credential was refused, as far as it was known: an app's, for the log that its developer reads."""

    workspace_id: str
    installation_id: str | None
    app_id: str | None
    employee_id: str | None
    scopes: frozenset[str] = frozenset()


def system(workspace_id: str) -> Actor:
    """The platform itself, for jobs, seeds and the command line."""
    return Actor(kind="system", workspace_id=workspace_id, id="system", caller_key="system")
