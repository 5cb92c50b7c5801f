"""Browsers in which people are told, and the key of the workspace to which they subscribe."""

from __future__ import annotations

import hashlib
from typing import Any, cast

import orjson
from sqlalchemy import Table, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from portico import settings
from portico.domains.notifications.models import PushKey, PushSubscription
from portico.domains.notifications.queries import browsers
from portico.kernel import clock, web_push
from portico.kernel.actor import Actor
from portico.kernel.errors import Forbidden, invalid
from portico.kernel.ids import new_id
from portico.kernel.outbound import EgressPolicy, check_url
from portico.kernel.secrets import keyring
from portico.kernel.text import N_
from portico.kernel.unit_of_work import session

MOST = 10
"""Browsers of one person; with one more, the oldest is told no longer."""
_keys = cast(Table, PushKey.__table__)
_subscriptions = cast(Table, PushSubscription.__table__)
_own = _subscriptions.c


def push_key(actor: Actor) -> str:
    """To which a browser subscribes, as base64url; made when the first one does."""
    key = browsers.key_of(actor.workspace_id)
    if key is None:
        key = _make(actor.workspace_id)
    return web_push.public_of(key)


def _make(workspace_id: str) -> bytes:
    """Of two at once the second finds the first one's."""
    key_id, key = new_id("psk"), web_push.new_key()
    sealed = keyring().seal(key, browsers.sealed_key(key_id, workspace_id))
    row = {"workspace_id": workspace_id, "id": key_id, "sealed": sealed, "created_at": clock.now()}
    try:
        with session().begin_nested():
            session().execute(insert(_keys).values(row))
    except IntegrityError:
        return browsers.key_of(workspace_id) or key
    return key


def subscribe(actor: Actor, session_id: str, user_agent: str, wanted: dict[str, str]) -> str:
    """Tell this person in the browser of this session from now on; answers the id. The same browser again, also with
    somebody else signed in, takes the place of what was.

    `wanted` has `endpoint`, `p256dh` and `auth`. Raises Forbidden and Invalid.
    """
    if actor.employee_id is None:
        raise Forbidden("Only a person has a browser.")
    browser = _browser(wanted)
    digest = hashlib.sha256(browser.endpoint.encode()).hexdigest()
    one = new_id("psb")
    plain = orjson.dumps({"endpoint": browser.endpoint, "p256dh": browser.p256dh, "auth": browser.auth})
    here = _own.workspace_id == actor.workspace_id
    row = {
        "id": one,
        "employee_id": actor.employee_id,
        "session_id": session_id,
        "sealed": keyring().seal(plain, browsers.sealed_browser(one, actor.workspace_id)),
        "user_agent": user_agent[:300],
        "created_at": clock.now(),
    }
    build: Any = postgresql.insert if session().get_bind().dialect.name == "postgresql" else sqlite.insert
    session().execute(
        build(_subscriptions)
        .values(workspace_id=actor.workspace_id, digest=digest, **row)
        .on_conflict_do_update(index_elements=["workspace_id", "digest"], set_=row)
    )
    mine = (here, _own.employee_id == actor.employee_id)
    kept = select(_own.id).where(*mine).order_by(_own.id.desc()).limit(MOST)
    session().execute(delete(_subscriptions).where(*mine, _own.id.not_in(kept)))
    return one


def _browser(wanted: dict[str, str]) -> web_push.Browser:
    wrong_url = check_url(wanted["endpoint"], EgressPolicy.of(settings.current()))
    if wrong_url is not None:
        raise invalid("/endpoint", "url", wrong_url)
    try:
        return web_push.Browser(wanted["endpoint"], wanted["p256dh"], wanted["auth"])
    except web_push.NotABrowser as wrong:
        advice = N_("Give it as the browser's subscription has it.")
        raise invalid(f"/{wrong.name}", "invalid", advice) from None


def unsubscribe(actor: Actor, subscription_id: str) -> None:
    """The actor's own; one that is gone already is fine."""
    session().execute(
        delete(_subscriptions)
        .where(_own.workspace_id == actor.workspace_id, _own.employee_id == actor.employee_id)
        .where(_own.id == subscription_id)
    )
