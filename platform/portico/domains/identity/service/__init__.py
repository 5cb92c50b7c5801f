"""Every change of identity's state, by activity."""

from portico.domains.identity.service.errands import (
    finish_errand,
    leave_errand,
    leave_errand_about,
    put_errand_back,
    take_errand,
)
from portico.domains.identity.service.guides import begin_guide, end_guide
from portico.domains.identity.service.members import change_role, end_membership, join, resume_membership
from portico.domains.identity.service.operating import record_act
from portico.domains.identity.service.requiring import (
    change_workspace,
    require_two_factor,
    reset_factors_of,
    reset_two_factor,
)
from portico.domains.identity.service.roles import create_role, delete_role, require_may_give, update_role
from portico.domains.identity.service.sessions import (
    admit,
    begin_session,
    end_other_sessions,
    end_session,
    may_ask_for_reset,
    note_failure,
    prove_again,
    start_session,
)
from portico.domains.identity.service.tokens import create_token, revoke_token
from portico.domains.identity.service.users import (
    change_password,
    create_user,
    delete_user,
    mark_operator,
    open_reset,
    renew_hash,
    set_preferences,
    use_reset,
    verify_email,
)
from portico.domains.identity.service.workspaces import (
    allow_unlisted_clients,
    create_workspace,
    delete_workspace,
    give_up_slug,
    rename_workspace,
    spend_setup,
    update_workspace,
)

__all__ = [
    "admit",
    "allow_unlisted_clients",
    "begin_guide",
    "begin_session",
    "change_password",
    "change_role",
    "change_workspace",
    "create_role",
    "create_token",
    "create_user",
    "create_workspace",
    "delete_role",
    "delete_user",
    "delete_workspace",
    "end_guide",
    "end_membership",
    "end_other_sessions",
    "end_session",
    "finish_errand",
    "give_up_slug",
    "join",
    "leave_errand",
    "leave_errand_about",
    "mark_operator",
    "may_ask_for_reset",
    "note_failure",
    "open_reset",
    "prove_again",
    "put_errand_back",
    "record_act",
    "rename_workspace",
    "renew_hash",
    "require_may_give",
    "require_two_factor",
    "reset_factors_of",
    "reset_two_factor",
    "resume_membership",
    "revoke_token",
    "set_preferences",
    "spend_setup",
    "start_session",
    "take_errand",
    "update_role",
    "update_workspace",
    "use_reset",
    "verify_email",
]
