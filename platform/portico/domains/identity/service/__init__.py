"""Every change of identity's state, by activity."""

from portico.domains.identity.service.members import change_role, end_membership, join, resume_membership
from portico.domains.identity.service.operating import record_act
from portico.domains.identity.service.sessions import (
    end_other_sessions,
    end_session,
    note_failure,
    start_session,
)
from portico.domains.identity.service.tokens import create_token, revoke_token
from portico.domains.identity.service.users import (
    change_password,
    create_user,
    mark_operator,
    open_reset,
    renew_hash,
    set_preferences,
    use_reset,
)
from portico.domains.identity.service.workspaces import (
    allow_unlisted_clients,
    create_workspace,
    rename_workspace,
    spend_setup,
)

__all__ = [
    "allow_unlisted_clients",
    "change_password",
    "change_role",
    "create_token",
    "create_user",
    "create_workspace",
    "end_membership",
    "end_other_sessions",
    "end_session",
    "join",
    "mark_operator",
    "note_failure",
    "open_reset",
    "record_act",
    "rename_workspace",
    "renew_hash",
    "resume_membership",
    "revoke_token",
    "set_preferences",
    "spend_setup",
    "start_session",
    "use_reset",
]
