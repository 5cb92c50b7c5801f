"""Every change of an installation's state, by activity."""

from portico.domains.installations.service.installing import install, update_installation
from portico.domains.installations.service.living import resume, suspend, uninstall
from portico.domains.installations.service.planning import plan
from portico.domains.installations.service.trying import end_trial, try_own_app
from portico.domains.installations.service.upgrading import announce_upgrade

__all__ = [
    "announce_upgrade",
    "end_trial",
    "install",
    "plan",
    "resume",
    "suspend",
    "try_own_app",
    "uninstall",
    "update_installation",
]
