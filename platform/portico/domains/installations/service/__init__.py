"""Every change of an installation's state, by activity."""

from portico.domains.installations.service.developing import (
    end_dev_session,
    renew_dev_session,
    start_dev_session,
    sweep_dev_sessions,
)
from portico.domains.installations.service.erasing import erase, erase_when_over, keep_receipt
from portico.domains.installations.service.holding import (
    enforce_stop,
    resume_as_operator,
    resume_as_publisher,
    resume_publisher,
    suspend_as_operator,
    suspend_as_publisher,
    suspend_publisher,
)
from portico.domains.installations.service.installing import install, update_installation
from portico.domains.installations.service.living import finish_uninstalling, resume, suspend, uninstall
from portico.domains.installations.service.planning import counts, plan, where
from portico.domains.installations.service.policing import require_policy, set_policy
from portico.domains.installations.service.requesting import (
    answer_growth,
    approve_request,
    close_requests,
    decline_request,
    expire_request,
    request_app,
)
from portico.domains.installations.service.shrinking import shrink
from portico.domains.installations.service.trying import end_trial, try_own_app
from portico.domains.installations.service.upgrading import announce_upgrade

__all__ = [
    "announce_upgrade",
    "answer_growth",
    "approve_request",
    "close_requests",
    "counts",
    "decline_request",
    "end_dev_session",
    "end_trial",
    "enforce_stop",
    "erase",
    "erase_when_over",
    "expire_request",
    "finish_uninstalling",
    "install",
    "keep_receipt",
    "plan",
    "renew_dev_session",
    "request_app",
    "require_policy",
    "resume",
    "resume_as_operator",
    "resume_as_publisher",
    "resume_publisher",
    "set_policy",
    "shrink",
    "start_dev_session",
    "suspend",
    "suspend_as_operator",
    "suspend_as_publisher",
    "suspend_publisher",
    "sweep_dev_sessions",
    "try_own_app",
    "uninstall",
    "update_installation",
    "where",
]
