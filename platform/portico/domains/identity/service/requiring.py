"""Second factors in a workspace: of whom they are required, and taking them off somebody who lost them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from portico.domains.identity import queries, schemas
from portico.domains.identity.errors import OtherWorkspaces, OwnFactorFirst
from portico.domains.identity.events import TWO_FACTOR_REQUIRED, TWO_FACTOR_RESET
from portico.domains.identity.models import User
from portico.domains.identity.service import factors
from portico.domains.identity.service.errands import leave_errand
from portico.domains.identity.service.members import require_above
from portico.domains.identity.service.recording import record
from portico.domains.identity.service.workspaces import update_workspace
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow
from portico.kernel.errors import invalid
from portico.kernel.events import emit
from portico.kernel.unit_of_work import session

POLICIES = schemas.TWO_FACTOR


def require_two_factor(actor: Actor, of_whom: str) -> None:
    """Decide of whom the workspace requires a second factor; it counts from the next click. Raises OwnFactorFirst for
    somebody who has none, so that nobody shuts themselves out by it."""
    if of_whom not in POLICIES:
        raise invalid("/two_factor", "choice", f"Choose one of {', '.join(POLICIES)}.")
    change_workspace(actor, {"two_factor": of_whom})


def change_workspace(actor: Actor, values: dict[str, Any], *, expected_version: int | None = None) -> AnyRow:
    """Change settings, of whom a second factor is required among them. Raises Stale and OwnFactorFirst."""
    of_whom = values.get("two_factor", "off")
    mine = select(User.two_factor_at).where(User.id == actor.user_id)
    if of_whom != "off" and actor.user_id is not None and session().scalar(mine) is None:
        raise OwnFactorFirst()
    before = queries.workspace(actor.workspace_id).two_factor
    after = update_workspace(actor, values, expected_version=expected_version)
    if after.two_factor != before:
        emit(actor, TWO_FACTOR_REQUIRED, {"id": actor.workspace_id, "required_of": after.two_factor})
    return after


def reset_two_factor(actor: Actor, membership_id: str) -> None:
    """Take the factors off a member who has lost them; they are told by mail. Raises NotFound; Forbidden, unless an
    owner does it for an owner; OtherWorkspaces where the login is not this workspace's alone to weaken."""
    member = queries.member(actor, membership_id)
    require_above(actor, member.role)
    user = queries.user(member.user_id)
    if user.operator or len(queries.memberships_of_user(user.id)) != 1:
        raise OtherWorkspaces()
    if _take_off(user.id):
        emit(actor, TWO_FACTOR_RESET, {"id": member.id, "employee_id": member.employee_id})


def reset_factors_of(user_id: str) -> bool:
    """As the operator of the instance does it, in the open system unit; answers whether there were any."""
    was_on = _take_off(user_id)
    if was_on:
        record(user_id, TWO_FACTOR_RESET, by_platform=True)
    return was_on


def _take_off(user_id: str) -> bool:
    if not factors.remove_all(user_id):
        return False
    factors.credentials_changed(user_id, None)
    leave_errand("tell", user_id=user_id, what="two_factor_reset")
    return True
