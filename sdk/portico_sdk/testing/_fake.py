"""A Portico in memory, behind the httpx seam: contacts, tickets and comments, enough for an app's unit tests.

It knows one workspace in which the app is installed. What it does not know answers 404, so that a test never
passes against something made up.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey

from portico_sdk._registry import SCOPES
from portico_sdk.apps import Answer, App
from portico_sdk.client import Portico
from portico_sdk.session import TOKEN_TYPE
from portico_sdk.testing._routes import Failure, Routes
from portico_sdk.testing._signed import signed_webhook
from portico_sdk.testing._store import Record, Store

_SIGNING_SECRET = "whsec_" + "cG9ydGljby1mYWtlLXNpZ25pbmctc2VjcmV0LTMyYiE="


class FakePortico:
    """`scopes` limits what the installation may do; `clock` is `time.time` or a `HeldClock`."""

    def __init__(
        self,
        *,
        base_url: str = "https://portico.test",
        scopes: Iterable[str] = SCOPES,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.base_url = base_url
        self.clock = clock
        self.client_id = "fake-client"
        self.client_secret = "fake-client-secret"  # noqa: S105
        self.signing_secret = _SIGNING_SECRET
        self._store = Store(clock)
        self._key = ECKey.generate_key("P-256", {"kid": "fake", "use": "sig", "alg": "ES256"})
        self.workspace_id = self._store.new_id("wsp")
        self.installation_id = self._store.new_id("ins")
        self.employee_id = self._store.new_id("emp")
        self._routes = Routes(self._store, self._identity(), frozenset(scopes), self._key)
        self.http_client = httpx.Client(transport=httpx.MockTransport(self._routes.answer))

    # For the app under test

    def app_config(self) -> dict[str, str]:
        """What an app reads from its environment."""
        return {
            "PORTICO_BASE_URL": self.base_url,
            "PORTICO_CLIENT_ID": self.client_id,
            "PORTICO_CLIENT_SECRET": self.client_secret,
            "PORTICO_SIGNING_SECRET": self.signing_secret,
        }

    def client(self) -> Portico:
        """A client of the installation."""
        return Portico(base_url=self.base_url, http_client=self.http_client).installation(
            self.installation_id, client_id=self.client_id, client_secret=self.client_secret
        )

    def event(self, event_type: str, resource: Mapping[str, Any] | None = None, **fields: Any) -> Record:
        """The envelope of an event about `resource`, as this installation would receive it."""
        now = self._store.now()
        about = resource or {}
        return {
            "id": self._store.new_id("evt"),
            "type": event_type,
            "version": 1,
            "seq": 1,
            "occurred_at": now,
            "timestamp": now,
            "workspace_id": self.workspace_id,
            "installation_id": self.installation_id,
            "actor": {"kind": "employee", "id": self.employee_id},
            "resource": {
                "type": event_type.split(".")[-2],
                "id": about.get("id"),
                "version": about.get("version"),
            },
            "data": dict(about),
            "changes": [],
            "cause": {"event_id": None, "installation_id": None, "depth": 0},
            **fields,
        }

    def session_token(self, *, surface: str, object: Mapping[str, Any] | None = None, **claims: Any) -> str:
        """The token with which the portal would open a panel beside `object`; `claims` replace its own."""
        now = int(self.clock())
        content = {
            "iss": self.base_url,
            "aud": self.client_id,
            "sub": self.employee_id,
            "workspace_id": self.workspace_id,
            "installation_id": self.installation_id,
            "surface": surface,
            "object": None if object is None else {"type": _kind(object["id"]), "id": object["id"]},
            "locale": "en",
            "timezone": "UTC",
            "sid": "fake-session",
            "iat": now,
            "nbf": now,
            "exp": now + 60,
            "jti": self._store.new_id("jti"),
            **claims,
        }
        return jwt.encode({"alg": "ES256", "typ": TOKEN_TYPE, "kid": "fake"}, content, self._key)

    def run_action(
        self,
        app: App,
        key: str,
        object: Mapping[str, Any] | None = None,
        *,
        check: bool = True,
        **fields: Any,
    ) -> Record:
        """Press the button of an action beside `object`; answers what the app answered. `fields` are those of the
        request, such as `input={"note": "…"}` or `locale="zh-CN"`. With `check` a wrong answer is an AssertionError."""
        answer = app.handle_action(key, *self._signed(self.interaction(key, object, **fields), "interaction_id"))
        return _content(answer, "check_answer" if check else None)

    def interaction(self, key: str, object: Mapping[str, Any] | None = None, **fields: Any) -> Record:
        """What the app receives when somebody presses the button; it can be answered late through the fake."""
        about = None if object is None else {"type": _kind(object["id"]), "id": object["id"]}
        interaction = self._routes.new_interaction(key, about)
        return {
            "type": "action.run",
            "interaction_id": interaction["id"],
            "attempt": 1,
            "action": key,
            "workspace_id": self.workspace_id,
            "installation_id": self.installation_id,
            "actor": {"kind": "employee", "id": self.employee_id},
            "object": about,
            "input": {},
            "locale": "en",
            "timezone": "UTC",
            **fields,
        }

    def card(self, app: App, key: str, *, check: bool = True, **fields: Any) -> Record:
        """The card as the portal would get it for `employee_id`. With `check` a wrong one is an AssertionError."""
        call = {
            "type": "card",
            "card": key,
            "workspace_id": self.workspace_id,
            "installation_id": self.installation_id,
            "actor": {"kind": "employee", "id": self.employee_id},
            "locale": "en",
            "timezone": "UTC",
            "id": self._store.new_id("crd"),
            **fields,
        }
        answer = app.handle_card(key, *self._signed(call, "id"))
        return _content(answer, "check_card" if check else None)

    def interaction_of(self, interaction_id: str) -> Record:
        """An interaction with what it was answered late."""
        return self._store.tables["interactions"][interaction_id]

    def _signed(self, call: Mapping[str, Any], identity: str) -> tuple[bytes, dict[str, str]]:
        return signed_webhook({**call, "id": call[identity]}, self.signing_secret, now=self.clock())

    # What is in the workspace

    def add_contact(self, **fields: Any) -> Record:
        return self._routes.new_contact({"display_name": "Zoë", **fields})

    def add_ticket(self, **fields: Any) -> Record:
        return self._routes.new_ticket({"subject": "A question", **fields})

    def comments_of(self, ticket: Mapping[str, Any]) -> list[Record]:
        """Public and internal, oldest first."""
        comments = self._store.tables["comments"].values()
        return [comment for comment in comments if comment["ticket_id"] == ticket["id"]]

    # What a test watches, and what it breaks

    @property
    def requests(self) -> list[httpx.Request]:
        """Every request so far."""
        return self._routes.requests

    def fail_next(self, status: int, code: str = "fault", *, times: int = 1, retry_after: int | None = None) -> None:
        """Refuse the next calls of the API."""
        self._routes.failures += [Failure(status, code, retry_after)] * times

    def expire_tokens(self) -> None:
        """The tokens given out so far answer 401 `token_expired`."""
        self._routes.expire_tokens()

    def _identity(self) -> dict[str, str]:
        return {
            "base_url": self.base_url,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "workspace_id": self.workspace_id,
            "installation_id": self.installation_id,
        }


def _content(answer: Answer, check: str | None) -> Record:
    """What the app answered. Raises AssertionError for a refusal, and for what the portal would not show; the check
    itself needs marshmallow, which the extra `testing` brings and the base does without."""
    if answer.status >= 300:
        raise AssertionError(f"The app answered {answer.status}: {answer.body.decode()}")
    content: Record = json.loads(answer.body)
    found = getattr(import_module("portico_sdk.cards"), check)(content) if check is not None else []
    if found:
        raise AssertionError("\n".join(f"{each.path}: {each.message} {each.mending}" for each in found))
    return content


def _kind(identifier: str) -> str:
    kinds = {"tkt": "ticket", "con": "contact", "emp": "employee"}
    return kinds.get(identifier.partition("_")[0], "object")
