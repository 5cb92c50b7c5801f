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
_TOKEN = {
    "id": "ptk_01jd0000000000000000000000",
    "name": "Nightly report",
    "scopes": ["tickets:read"],
    "employee_id": "emp_01jd0000000000000000000000",
    "expires_at": "2027-11-22T09:30:00.000Z",
}


def _token(verb: str, title: str) -> EventType:
    return EventType(
        f"personal_token.{verb}", "audit:read", title, schemas.PersonalTokenEvent, _TOKEN, record_only=True
    )


PERSONAL_TOKEN_CREATED = _token("created", "Somebody made a personal token")
PERSONAL_TOKEN_REVOKED = _token("revoked", "A personal token was ended")
