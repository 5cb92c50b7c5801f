"""Who asks: proved by the session token of the portal, with what they may do here."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import flask
import httpx

from flow_composer.flows import Person
from flow_composer.messages import say
from portico_sdk import PorticoError, SessionTokenError
from portico_sdk.apps import App
from portico_sdk.client import without_token
from portico_sdk.models import Me
from portico_sdk.session import JwksCache, PanelContext, verify_session_token

_FRESH_S = 300.0
_MANAGERS = frozenset({"app_manager", "admin", "owner"})


class Refused(Exception):
    """Said to the person: `key` and `details` are of `messages`."""

    def __init__(self, status: int, key: str, *details: object, pointer: str | None = None) -> None:
        super().__init__(key)
        self.status, self.key, self.details, self.pointer = status, key, details, pointer


@dataclass(frozen=True)
class Asker:
    context: PanelContext
    name: str
    role: str

    @property
    def id(self) -> str:
        return self.context.employee_id

    @property
    def installation_id(self) -> str:
        return self.context.installation_id

    @property
    def locale(self) -> str:
        return self.context.locale

    @property
    def person(self) -> Person:
        return Person(self.id, self.name, self.locale)

    @property
    def manages(self) -> bool:
        return self.role in _MANAGERS

    def say(self, key: str, *details: object) -> str:
        return say(self.locale, key, details)


class Desk:
    """Name and role are asked for by the session token itself, and kept for five minutes."""

    def __init__(
        self, config: Mapping[str, str], http_client: httpx.Client, app: App, now: Callable[[], float]
    ) -> None:
        self._config, self._now, self.app = config, now, app
        self._platform = without_token(config["PORTICO_BASE_URL"], http_client)
        self._keys = JwksCache(config["PORTICO_BASE_URL"], http_client=http_client)
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], tuple[float, Me]] = {}

    def asker(self) -> Asker:
        """Raises Refused."""
        scheme, _, token = flask.request.headers.get("Authorization", "").partition(" ")
        try:
            if scheme.lower() != "bearer":
                raise SessionTokenError("There is no session token.")
            context = verify_session_token(
                token.strip(),
                client_id=self._config["PORTICO_CLIENT_ID"],
                issuer=self._config["PORTICO_BASE_URL"],
                keys=self._keys,
                now=self._now(),
            )
        except SessionTokenError as error:
            raise Refused(401, "not_signed_in") from error
        me = self._me(context, token.strip())
        return Asker(context, (me.employee and me.employee.display_name) or context.employee_id, me.role or "")

    def _me(self, context: PanelContext, token: str) -> Me:
        """One asks while the others wait: a session token is good for one exchange, and a page may send it twice."""
        key = (context.installation_id, context.employee_id)
        with self._lock:
            kept = self._known.get(key)
            if kept is None or self._now() - kept[0] >= _FRESH_S:
                kept = self._known[key] = (self._now(), self._asked(token))
            return kept[1]

    def _asked(self, token: str) -> Me:
        try:
            person = self._platform.person(
                token,
                client_id=self._config["PORTICO_CLIENT_ID"],
                client_secret=self._config["PORTICO_CLIENT_SECRET"],
                scopes=["openid"],
            )
            return person.me()
        except PorticoError as error:
            flask.current_app.logger.warning("who asks is not known: %s", error)
            raise Refused(503, "platform_away") from error
