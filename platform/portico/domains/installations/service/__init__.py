"""Every change of an installation's state, by activity."""

from portico.domains.installations.service.erasing import erase, erase_when_over, keep_receipt
from portico.domains.installations.service.holding import (
    resume_as_operator,
    resume_as_publisher,
    suspend_as_operator,
    suspend_as_publisher,
)
from portico.domains.installations.service.installing import install, update_installation
from portico.domains.installations.service.living import finish_uninstalling, resume, suspend, uninstall
from portico.domains.installations.service.planning import plan
from portico.domains.installations.service.trying import end_trial, try_own_app
from portico.domains.installations.service.upgrading import announce_upgrade

__all__ = [
    "announce_upgrade",
    "end_trial",
    "erase",
    "erase_when_over",
    "finish_uninstalling",
    "install",
    "keep_receipt",
    "plan",
    "resume",
    "resume_as_operator",
    "resume_as_publisher",
    "suspend",
    "suspend_as_operator",
    "suspend_as_publisher",
    "try_own_app",
    "uninstall",
    "update_installation",
]
