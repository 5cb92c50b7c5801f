"""How and when a person wants to be told."""

from __future__ import annotations

from typing import Any

from portico.domains.directory.service.policies import write_policy
from portico.domains.notifications.kinds import KINDS
from portico.domains.notifications.service.leaving import let_go
from portico.kernel.actor import Actor
from portico.kernel.errors import FieldError, Invalid


def put_policy(actor: Actor, values: dict[str, Any], *, expected_version: int | None = None) -> dict[str, Any]:
    """The whole of it: what is absent is as without a policy. Raises Forbidden, Invalid and Stale."""
    unknown = [
        FieldError(f"/channels/{kind.replace('~', '~0').replace('/', '~1')}", "unknown", "There is no such kind.")
        for kind in values.get("channels", {})
        if kind not in KINDS
    ]
    if unknown:
        raise Invalid(errors=unknown)
    policy = write_policy(actor, values, expected_version=expected_version)
    let_go(actor, actor.employee_id or "")
    return policy
