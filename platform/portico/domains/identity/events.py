"""Events of identity."""

from __future__ import annotations

from portico.domains.identity import schemas
from portico.kernel.events import EventType

_EXAMPLE = {
    "id": "mem_01jd0000000000000000000000",
    "employee_id": "emp_01jd0000000000000000000000",
    "role": "agent",
}

WORKSPACE_UPDATED = EventType(
    "workspace.updated",
    "workspace:read",
    "Settings of the workspace changed",
    schemas.Workspace,
    {
        "id": "wsp_01jd0000000000000000000000",
        "slug": "acme",
        "name": "Acme",
        "locale": "en",
        "timezone": "Asia/Shanghai",
        "logo_id": None,
        "two_factor": "off",
        "unlisted_clients": False,
        "reads_kept_days": None,
        "created_at": "2026-11-22T09:30:00.000Z",
        "version": 2,
    },
)
MEMBER_JOINED = EventType(
    "member.joined", "members:read", "Someone joined the workspace", schemas.MemberEvent, _EXAMPLE
)
MEMBER_ROLE_CHANGED = EventType(
    "member.role_changed", "members:read", "Someone's role changed", schemas.MemberEvent, _EXAMPLE
)
MEMBER_LEFT = EventType("member.left", "members:read", "Someone's membership ended", schemas.MemberEvent, _EXAMPLE)
_ROLE = {
    "id": "rol_01jd0000000000000000000000",
    "name": "Front desk",
    "description": "Answers the phone.",
    "scopes": ["contacts:read"],
}


def _role(verb: str, title: str, **more: object) -> EventType:
    return EventType(f"role.{verb}", "members:read", title, schemas.RoleEvent, {**_ROLE, **more}, record_only=True)


ROLE_CREATED = _role("created", "A role was made")
ROLE_UPDATED = _role("updated", "What a role may do changed")
ROLE_DELETED = _role("deleted", "A role was deleted", moved_to="employee")
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


_ABOUT_ME = {"id": "ses_01jd0000000000000000000000", "employee_id": "emp_01jd0000000000000000000000"}


def _recorded(name: str, title: str, **more: object) -> EventType:
    """Of each workspace of the person, for its record alone: apps have no business with how people sign in."""
    return EventType(name, "members:read", title, schemas.SignInEvent, {**_ABOUT_ME, **more}, record_only=True)


SESSION_STARTED = _recorded("session.started", "Somebody signed in", methods=["otp", "pwd"])
SESSION_ENDED = _recorded("session.ended", "A session ended")
SIGN_IN_FAILED = _recorded("sign_in.failed", "A sign-in failed")
PASSWORD_CHANGED = _recorded("password.changed", "Somebody's password was changed")
TWO_FACTOR_ENABLED = _recorded("two_factor.enabled", "Two-factor sign-in was turned on", methods=["otp"])
TWO_FACTOR_DISABLED = _recorded("two_factor.disabled", "Two-factor sign-in was turned off")
TWO_FACTOR_CHANGED = _recorded("two_factor.changed", "Somebody's second factors were changed", methods=["otp"])
TWO_FACTOR_RESET = _recorded("two_factor.reset", "An admin reset somebody's second factor")
TWO_FACTOR_REQUIRED = EventType(
    "workspace.two_factor_required",
    "members:read",
    "Who needs a second factor was decided",
    schemas.TwoFactorPolicyEvent,
    {"id": "wsp_01jd0000000000000000000000", "required_of": "admins"},
    record_only=True,
)
