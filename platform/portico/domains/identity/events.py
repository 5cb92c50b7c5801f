"""Events of identity."""

from __future__ import annotations

from portico.domains.identity import schemas
from portico.kernel.events import EventType

_EXAMPLE = {
    "id": "mem_01jd0000000000000000000000",
    "employee_id": "emp_01jd0000000000000000000000",
    "role": "agent",
}

MEMBER_JOINED = EventType(
    "member.joined", "members:read", "Someone joined the workspace", schemas.MemberEvent, _EXAMPLE
)
MEMBER_ROLE_CHANGED = EventType(
    "member.role_changed", "members:read", "Someone's role changed", schemas.MemberEvent, _EXAMPLE
)
MEMBER_LEFT = EventType("member.left", "members:read", "Someone's membership ended", schemas.MemberEvent, _EXAMPLE)
