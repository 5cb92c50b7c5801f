"""Telling somebody in their browsers: one sealed call for each, through the guard."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from sqlalchemy import delete

from portico import settings
from portico.domains.notifications.channels import Message, Receiver, Subscribed
from portico.domains.notifications.models import PushSubscription
from portico.domains.notifications.queries.browsers import key_of
from portico.kernel import web_push
from portico.kernel.mail import sender_address
from portico.kernel.outbound import Answer, EgressPolicy, Request
from portico.kernel.outbound import send as call
from portico.kernel.unit_of_work import session, unit

TTL_S = 24 * 3600
"""For so long a push service keeps what a browser that is off cannot take yet."""
GONE = (404, 410)
"""By which it says that a browser takes nothing any more (RFC 8030 sections 7.3 and 5)."""
MOST_TITLE, MOST_BODY = 200, 500
DEADLINE_S = 10


class PushNotTaken(OSError):
    """No push service took it now."""


def send(to: Receiver, message: Message) -> None:
    """Outside of any unit. What one of the browsers took is not sent again. Raises PushNotTaken when none did and
    trying again may help; browsers that are no more are forgotten."""
    with unit(to.workspace_id, write=False):
        key = key_of(to.workspace_id)
    if key is None:
        return
    words = {"title": message.title[:MOST_TITLE], "body": message.short[:MOST_BODY], "url": message.url}
    said, policy = orjson.dumps(words), EgressPolicy.of(settings.current())
    answers = [(one, _send_one(one, said, key, policy, urgent=message.urgent)) for one in to.browsers]
    gone = [one.id for one, answer in answers if answer.status in GONE]
    if gone:
        with unit(to.workspace_id, write=True):
            _forget(to.workspace_id, gone)
    if any(answer.ok for _, answer in answers):
        return
    again = [answer for _, answer in answers if _may_help(answer)]
    if again:
        raise PushNotTaken(again[0].error or f"HTTP {again[0].status}")


def _forget(workspace_id: str, ids: Sequence[str]) -> None:
    own = PushSubscription.__table__.c
    session().execute(delete(PushSubscription).where(own.workspace_id == workspace_id, own.id.in_(ids)))


def _send_one(one: Subscribed, message: bytes, key: bytes, policy: EgressPolicy, *, urgent: bool) -> Answer:
    browser, urgency = one.browser, "high" if urgent else "normal"
    headers = web_push.headers_for(browser.endpoint, key, f"mailto:{sender_address()}", ttl_s=TTL_S, urgency=urgency)
    body = web_push.seal(message, browser)
    return call(Request("POST", browser.endpoint, headers, body, deadline_s=DEADLINE_S), policy)


def _may_help(answer: Answer) -> bool:
    """Too many at once, a fault over there, or no way to it."""
    return answer.status is None or answer.status in (408, 429) or answer.status >= 500
