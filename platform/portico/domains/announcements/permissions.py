"""Scopes and policies of announcements.

Who began an announcement, or was given it, manages it; no role alone shows others' announcements. An admin can step
in, which stands in the record each time.
"""

from __future__ import annotations

from typing import Any

from portico.kernel.actor import Actor
from portico.kernel.authn import InsufficientScope
from portico.kernel.errors import Forbidden
from portico.kernel.scopes import Scope
from portico.kernel.text import N_

READ = Scope("announcements:read", N_("read the announcements that are for the person"), roles=("employee",))
CONFIDENTIAL_READ = Scope(
    "announcements.confidential:read",
    N_("read confidential announcements among them"),
    roles=("employee",),
    risk="sensitive",
)
WRITE = Scope(
    "announcements:write",
    N_("write announcements and change their own"),
    roles=("announcer",),
    marks="announcer",
    risk="write",
)
PUBLISH = Scope(
    "announcements:publish",
    N_("publish announcements to up to 1,000 people, withdraw them and remind of them"),
    roles=("announcer",),
    risk="write",
)
PUBLISH_ALL = Scope(
    "announcements:publish_all", N_("publish announcements to everybody"), roles=("announcer",), risk="write"
)
URGENT = Scope(
    "announcements:urgent",
    N_("publish urgent announcements, which reach people also when they want quiet"),
    roles=("announcer",),
    risk="sensitive",
)
RECEIPTS_READ = Scope(
    "announcements.receipts:read",
    N_("see who has read and acknowledged their own announcements, and as a lead those of their department"),
    roles=("employee",),
)
ADMIN = Scope(
    "announcements:admin", N_("set up categories of announcements and who reviews them"), roles=("admin",), risk="write"
)

WITHOUT_PUBLISH_ALL = 1000
"""To how many people one may publish without `announcements:publish_all`."""


def owns(actor: Actor, announcement: Any) -> bool:
    if actor.kind == "system":
        return True
    if actor.is_app:
        return actor.installation_id is not None and announcement["owner_installation_id"] == actor.installation_id
    return actor.employee_id is not None and announcement["owner_employee_id"] == actor.employee_id


def may_step_in(actor: Actor) -> bool:
    """Whether they may act on what is another's; apps never in a person's name."""
    return actor.kind == "employee" and actor.has_role("admin")


def require_scope(actor: Actor, scope: str, why: str) -> None:
    """Raises InsufficientScope."""
    if not actor.may(scope):
        raise InsufficientScope(f"{why} needs {scope}.", extra={"required_scopes": [scope]})


def require_not_author(actor: Actor, announcement: dict[str, Any]) -> None:
    """Nobody reviews what they wrote or manage. Raises Forbidden."""
    wrote = announcement["author"].get("on_behalf_of") or announcement["author"]["id"]
    if actor.employee_id is not None and actor.employee_id in (wrote, announcement["owner_employee_id"]):
        raise Forbidden("Somebody else reviews what you wrote.")
