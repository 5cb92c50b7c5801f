"""Doing what the door left: mails about logins, and failed sign-ins for the record."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable
from typing import Any

from portico.domains.identity import mails, queries, service
from portico.domains.identity.events import SIGN_IN_FAILED
from portico.domains.identity.service.recording import record
from portico.kernel import origin
from portico.kernel.db import AnyRow
from portico.kernel.unit_of_work import light_system_unit, system_unit

MOST_RESETS = 3
"""Links to a new password that one login has open at a time: a mailbox is not to be flooded from here."""
log = logging.getLogger("portico.errands")


def run_errands(limit: int = 100) -> int:
    """Do what is due, one after the other. Answers how many were done. Asked often, so it looks before it writes."""
    with light_system_unit("errands: whether any is due"):
        if not queries.errand_is_due():
            return 0
    for done in range(limit):
        with system_unit("errands: take one", write=True):
            row = service.take_errand()
        if row is None:
            return done
        _do(row)
    return limit


def _do(row: AnyRow) -> None:
    try:
        KINDS[row.kind](row)
    except (OSError, smtplib.SMTPException):
        log.exception("an errand could not be done", extra={"errand_id": row.id, "kind": row.kind})
        with system_unit("errands: put one back", write=True):
            service.put_errand_back(row.id, row.attempts)
        return
    with system_unit("errands: finish one", write=True):
        service.finish_errand(row.id)


def _reset(row: AnyRow) -> None:
    """A link for a new password, if the address has a login and not several links already; tried again, the same."""
    reset_id = f"rst_{row.id.partition('_')[2]}"
    with system_unit("password reset: the user of an address", write=True):
        user = queries.user_by_email(row.about["email"])
        enough = user is None or queries.open_resets(user.id, besides=reset_id) >= MOST_RESETS
        token = None if user is None or enough else service.open_reset(user.id, reset_id)
    if user is not None and token is not None:
        mails.send_reset(user.email, token)


def _failed(row: AnyRow) -> None:
    """For the record of each workspace of whoever the address belongs to; in one transaction with being done."""
    with system_unit("sign-in: record a failure", write=True):
        user = queries.user_by_email(row.about["email"])
        if user is not None:
            _as_from(row.origin, lambda: record(user.id, SIGN_IN_FAILED))
        service.finish_errand(row.id)


def _as_from(place: dict[str, Any] | None, work: Callable[[], None]) -> None:
    """From where the door was tried, not from where the errand is done."""
    if place is None:
        work()
        return
    origin.begin(origin.Origin(place.get("address", ""), place.get("user_agent", ""), place.get("request_id", "")))
    try:
        work()
    finally:
        origin.end()


def _tell(row: AnyRow) -> None:
    """Tell the person what was changed, who may not be who changed it."""
    with system_unit("errands: the address of a user"):
        user = queries.user(row.about["user_id"])
    mails.tell(user.email, row.about["what"])


KINDS: dict[str, Callable[[AnyRow], None]] = {"reset": _reset, "failed": _failed, "tell": _tell}
