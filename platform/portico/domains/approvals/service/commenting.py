"""What is said about a request."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, insert

from portico.domains.approvals import queries
from portico.domains.approvals.errors import TooManyComments
from portico.domains.approvals.events import APPROVAL_COMMENTED
from portico.domains.approvals.models import ApprovalComment
from portico.domains.approvals.service import writing
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

MOST = 200
_table = cast(Table, ApprovalComment.__table__)


def comment(actor: Actor, approval_id: str, body: str) -> dict[str, Any]:
    """Raises NotFound and TooManyComments."""
    approval = queries.approval(actor, approval_id, lock=True)
    if queries.count_of_comments(actor, approval_id) >= MOST:
        raise TooManyComments()
    row = {
        "workspace_id": actor.workspace_id,
        "id": new_id("apc"),
        "approval_id": approval_id,
        "author": writing.who(actor),
        "body": body,
        "created_at": clock.now(),
    }
    session().execute(insert(_table), [row])
    installation_id = None if approval["source"] == queries.CORE else approval["source"]
    emit(actor, APPROVAL_COMMENTED, row, resource_id=approval_id, installation_id=installation_id)
    return row
