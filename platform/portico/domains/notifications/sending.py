"""Sending what is due, in the words of who receives it."""

from __future__ import annotations

from collections.abc import Sequence

from portico.domains.identity import queries as identity
from portico.domains.notifications.channels import Message
from portico.domains.notifications.queries.inbox import workspace_url
from portico.domains.notifications.senders import NOT_TAKEN, SENDERS
from portico.domains.notifications.service import finish_sending, let_out, take_sending
from portico.domains.notifications.service.leaving import Taken
from portico.domains.notifications.wording import said
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow
from portico.kernel.text import N_
from portico.kernel.unit_of_work import unit
from portico.web.catalogues import translations
from portico.web.language import known_locale

MOST = 200
"""Sent by one run of the job; then another one goes on, so that other jobs have their turn."""
FOOT = N_("How and when you are told: %(url)s")


def send_due(actor: Actor) -> tuple[int, bool]:
    """Send what is due. Answers how many were sent, and whether there may be more."""
    while _let_out(actor):
        pass
    for sent in range(MOST):
        with unit(actor.workspace_id, write=True):
            taken = take_sending(actor)
        if taken is None:
            return sent, False
        if taken.to is not None:
            _send(actor, taken)
    return MOST, True


def _let_out(actor: Actor) -> int:
    with unit(actor.workspace_id, write=True):
        return let_out(actor)


def _send(actor: Actor, taken: Taken) -> None:
    """Outside of any unit: a mail server may take its time."""
    sender = SENDERS.get(taken.row.channel)
    if sender is None or taken.to is None or not sender.reaches(taken.to):
        state, error = "dropped", "unreachable"
    else:
        state, error = "sent", ""
        message = _message(actor, taken)
        try:
            sender.send(taken.to, message)
        except NOT_TAKEN as refused:
            state, error = "waiting", type(refused).__name__
    with unit(actor.workspace_id, write=True):
        finish_sending(actor, taken, state, error or None)


def _message(actor: Actor, taken: Taken) -> Message:
    with unit(actor.workspace_id, write=False):
        root = workspace_url(actor.workspace_id)
        house = identity.workspace(actor.workspace_id)
    locale = known_locale(taken.to.locale if taken.to else None) or known_locale(house.locale) or "en"
    title = _title(taken.row, locale)
    parts = [said(taken.row.body, taken.row.params, locale) or "", *_listed(taken.listed, root, locale)]
    if taken.row.url is not None:
        parts.append(root + taken.row.url)
    foot = translations(locale).gettext(FOOT) % {"url": f"{root}/notifications/settings"}
    text = "\n\n".join([*(part for part in parts if part), f"-- \n{house.name}\n{foot}"])
    short = said(taken.row.body, taken.row.params, locale) or ""
    where = root + (taken.row.url or "/notifications")
    return Message(title, text + "\n", short, where, urgent=taken.row.urgent)


def _title(row: AnyRow, locale: str) -> str:
    """An app's words begin with its name: nobody takes them for ours."""
    words = said(row.title, row.params, locale) or ""
    return words if row.app_name is None else f"{row.app_name}: {words}"


def _listed(rows: Sequence[AnyRow], root: str, locale: str) -> list[str]:
    return [f"* {_title(row, locale)}" + (f"\n  {root}{row.url}" if row.url else "") for row in rows]
