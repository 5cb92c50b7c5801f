"""Every change of the catalogue's state, by activity."""

from portico.domains.catalogue.service.credentials import create_client_secret, end_client_secret, rotate_signing_secret
from portico.domains.catalogue.service.proving import ask_for_check, forget_domain, name_domain
from portico.domains.catalogue.service.public_keys import add_public_key, end_public_key
from portico.domains.catalogue.service.publishing import update_publisher
from portico.domains.catalogue.service.registering import override_base_url, register_app, update_app
from portico.domains.catalogue.service.releasing import create_version
from portico.domains.catalogue.service.reviewing import (
    approve_version,
    check_version,
    keep_findings,
    reject_version,
    submit_version,
)
from portico.domains.catalogue.service.rolling_out import (
    pause_version,
    release_version,
    resume_version,
    roll_back_version,
    withdraw_version,
)

__all__ = [
    "add_public_key",
    "approve_version",
    "ask_for_check",
    "check_version",
    "create_client_secret",
    "create_version",
    "end_client_secret",
    "end_public_key",
    "forget_domain",
    "keep_findings",
    "name_domain",
    "override_base_url",
    "pause_version",
    "register_app",
    "reject_version",
    "release_version",
    "resume_version",
    "roll_back_version",
    "rotate_signing_secret",
    "submit_version",
    "update_app",
    "update_publisher",
    "withdraw_version",
]
