from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

import httpx

from portico_sdk import _now, webhooks
from portico_sdk._globs import matches
from portico_sdk.apps._answers import ActionAnswer, ActionRun, Answer, action_run
from portico_sdk.apps._cards import CardRequest, card_answer, card_request
from portico_sdk.apps._once import Once
from portico_sdk.apps._pages import origin, page, refused, shell
from portico_sdk.apps.blocks import Card
from portico_sdk.client import Portico, without_token
from portico_sdk.errors import ConflictError, SessionTokenError, WebhookVerificationError
from portico_sdk.models.events import EventBatch, parse_event
from portico_sdk.session import JwksCache, PanelContext, verify_session_token

Content = Mapping[str, Any]
EventHandler = Callable[[Any, Portico], object]
ActionHandler = Callable[[ActionRun], ActionAnswer | None]
PanelHandler = Callable[[PanelContext], str]
CardHandler = Callable[[CardRequest], Card]

E = TypeVar("E", bound=EventHandler)
A = TypeVar("A", bound=ActionHandler)
P = TypeVar("P", bound=PanelHandler)
C = TypeVar("C", bound=CardHandler)


class App:
    """One app, in every workspace that installed it.

    `signing_secret` may be several while one replaces the other. A handler that raises makes the framework
    answer 500, and the platform delivers again; so a handler must bear to run twice. `remember` is how many
    ids are kept to spare it that where this process saw both.
    """

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        signing_secret: str | Iterable[str],
        base_url: str,
        *,
        http_client: httpx.Client | None = None,
        remember: int = 10_000,
        now: Callable[[], float] = _now.now,
    ) -> None:
        self._now = now
        self._remember = remember
        self._lock = threading.Lock()
        self._belong_to(client_id, client_secret, signing_secret, base_url, http_client)
        self._on: list[tuple[str, EventHandler]] = []
        self._lifecycle: dict[str, EventHandler] = {}
        self._actions: dict[str, ActionHandler] = {}
        self._panels: dict[str, PanelHandler] = {}
        self._cards: dict[str, CardHandler] = {}

    def _belong_to(
        self,
        client_id: str,
        client_secret: str,
        signing_secret: str | Iterable[str],
        base_url: str,
        http_client: httpx.Client | None,
    ) -> None:
        """Whose app it is; the testing kit says it anew for each workspace."""
        self._client_id = client_id
        self._client_secret = client_secret
        self._secrets = [signing_secret] if isinstance(signing_secret, str) else list(signing_secret)
        self._portico = without_token(base_url, http_client)
        self._portal = origin(self._portico.base_url)
        self._jwks = JwksCache(self._portico.base_url, http_client=http_client)
        self._once = Once(self._remember)
        self._workspaces: dict[str, Portico] = {}

    # What you declare

    def on(self, *patterns: str) -> Callable[[E], E]:
        """Events: `ticket.created`, `ticket.*`, `*`. Several functions for one event run in their order."""

        def register(handler: E) -> E:
            _only_plain(handler)
            self._on.extend((pattern, handler) for pattern in patterns)
            return handler

        return register

    def lifecycle(self, name: str) -> Callable[[E], E]:
        """`installed`, `upgraded`, `scopes_changed`, `suspended`, `resumed`, `uninstalled`, `erase_requested`.

        The last returns True when all is erased: the answer is then the signed receipt. Otherwise send the receipt
        before `due_at` to `receipt_url`, both in the event's data, signed by `portico_sdk.webhooks.sign`.
        """
        return lambda handler: _register(self._lifecycle, name, handler)

    def action(self, key: str) -> Callable[[A], A]:
        """The action of this key in the manifest."""
        return lambda handler: _register(self._actions, key, handler)

    def panel(self, key: str) -> Callable[[P], P]:
        """The surface of this key in the manifest; the function returns the whole page."""
        return lambda handler: _register(self._panels, key, handler)

    def card(self, key: str) -> Callable[[C], C]:
        """The surface of this key with `place = "home.card"`; the function returns `blocks.card(…)`."""
        return lambda handler: _register(self._cards, key, handler)

    @property
    def event_patterns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(pattern for pattern, _ in self._on))

    @property
    def action_keys(self) -> tuple[str, ...]:
        return tuple(self._actions)

    @property
    def card_keys(self) -> tuple[str, ...]:
        return tuple(self._cards)

    @property
    def panel_keys(self) -> tuple[str, ...]:
        return tuple(self._panels)

    def workspace(self, installation_id: str | None, *, cause: str | None = None) -> Portico:
        """The client of one installation. `cause`: the event because of which it will write."""
        if installation_id is None:
            return self._portico
        with self._lock:
            client = self._workspaces.get(installation_id)
            if client is None:
                client = self._workspaces[installation_id] = self._portico.installation(
                    installation_id, client_id=self._client_id, client_secret=self._client_secret
                )
        return client.with_options(cause=cause)

    def run_stream(
        self, installation_id: str, *, after: str | None = None, keep: Callable[[str], object] | None = None
    ) -> None:
        """Live by the event stream of one installation instead of calls to URLs: `runtime.delivery = "stream"`.

        Every event runs its functions, one after the other; an action runs its own and is answered by PATCH. Then
        `keep` gets the cursor to give as `after` the next time. A function that raises ends it, and the event is not
        behind you. It goes on for ever, until the power is over: `AuthenticationError` (suspended, uninstalled), or
        `BadRequestError` when no token is to be had.
        """
        types = {pattern for pattern, _ in self._on} | ({"app.*"} if self._lifecycle else set())
        types |= {"action.run"} if self._actions else set()
        stream = self.workspace(installation_id).events.stream(after=after, types=sorted(types) or None)
        for event in stream:
            self._run_event(event.raw)
            if event.type.startswith("app."):
                self._run_lifecycle(event.raw)
            if event.type == "action.run":
                self._answer_by_stream(event.data)
            if keep is not None and stream.cursor is not None:
                keep(stream.cursor)

    # What a framework calls

    def handle_event(self, body: bytes, headers: webhooks.Headers) -> Answer:
        """For the events URL: 2xx only when every function has run, for every event of a batch."""
        return self._handle(body, headers, self._run_events)

    def handle_lifecycle(self, body: bytes, headers: webhooks.Headers) -> Answer:
        """For the lifecycle URL."""
        return self._handle(body, headers, self._run_lifecycle)

    def handle_action(self, key: str, body: bytes, headers: webhooks.Headers) -> Answer:
        """For the URL of the action `key`."""
        if key not in self._actions:
            return Answer.json(404, {"error": f"There is no action {key}."})
        return self._handle(body, headers, lambda call: self._run_action(key, call))

    def handle_card(self, key: str, body: bytes, headers: webhooks.Headers) -> Answer:
        """For the URL of the card `key`."""
        if key not in self._cards:
            return Answer.json(404, {"error": f"There is no card {key}."})
        try:
            _, call = webhooks.verify_content(body, headers, secrets=self._secrets, now=self._now())
        except WebhookVerificationError as error:
            return Answer.json(400, {"error": str(error)})
        request = card_request(key, call, self.workspace(call.get("installation_id")))
        known = {name.lower(): value for name, value in headers.items()}.get("if-none-match")
        return card_answer(self._cards[key](request), known)

    def handle_panel(self, key: str, method: str, authorization: str | None) -> Answer:
        """For the URL of the surface `key`: the shell without a token, the page with one."""
        if key not in self._panels:
            return Answer.json(404, {"error": f"There is no panel {key}."})
        if authorization is None and method in {"GET", "HEAD"}:
            return shell(self._portal)
        try:
            context = self._who(key, authorization or "")
        except SessionTokenError as error:
            return refused(self._portal, str(error))
        return page(self._portal, self._panels[key](context))

    # How it is done

    def _handle(self, body: bytes, headers: webhooks.Headers, work: Callable[[Content], Answer]) -> Answer:
        try:
            webhook_id, call = webhooks.verify_content(body, headers, secrets=self._secrets, now=self._now())
        except WebhookVerificationError as error:
            return Answer.json(400, {"error": str(error)})
        return self._once.run(webhook_id, lambda: work(call))

    def _run_events(self, call: Content) -> Answer:
        """What came in a batch is remembered event by event: when it comes again, only what is missing is done."""
        came = parse_event(call)
        if not isinstance(came, EventBatch):
            return self._run_event(call)
        for event in came:
            answer = self._once.run(event.id, lambda raw=event.raw: self._run_event(raw))  # type: ignore[misc]
            if answer.status != 200:
                return answer
        return Answer.json(200, {"events": len(came)})

    def _run_event(self, call: Content) -> Answer:
        event = parse_event(call)
        workspace = self.workspace(event.installation_id, cause=event.id)
        handlers = dict.fromkeys(handler for pattern, handler in self._on if matches(pattern, event.type))
        for handler in handlers:
            handler(event, workspace)
        return Answer.json(200, {"handlers": len(handlers)})

    def _run_lifecycle(self, call: Content) -> Answer:
        event = parse_event(call)
        handler = self._lifecycle.get(event.type.rpartition(".")[2])
        if handler is None:
            return Answer.json(200, {"handlers": 0})
        result = handler(event, self.workspace(event.installation_id, cause=event.id))
        if event.type == "privacy.erase_requested" and result is True:
            return self._receipt(str(event.data["id"]))
        return Answer.json(200, {"handlers": 1})

    def _receipt(self, erasure_id: str) -> Answer:
        answer = Answer.json(200, {"erasure_id": erasure_id, "erased": True})
        signed = webhooks.sign(answer.body, secrets=self._secrets, webhook_id=erasure_id, timestamp=self._now())
        return Answer(answer.status, answer.body, {**answer.headers, **signed})

    def _run_action(self, key: str, call: Content) -> Answer:
        run = action_run(key, call, self.workspace(call.get("installation_id")), self._person)
        answer = self._actions[key](run) or ActionAnswer()
        return Answer.json(200, answer.content)

    def _person(self, session_token: str) -> Portico:
        return self._portico.person(session_token, client_id=self._client_id, client_secret=self._client_secret)

    def _answer_by_stream(self, interaction: Content) -> None:
        """What waits for an app without an address. One that was answered before its cursor was kept stays so."""
        key = str(interaction.get("action"))
        if interaction.get("state") != "waiting" or key not in self._actions:
            return
        workspace = self.workspace(interaction.get("installation_id"))
        call = {**interaction, "interaction_id": interaction.get("id")}
        answer = self._actions[key](action_run(key, call, workspace)) or ActionAnswer()
        if answer.content.get("later"):
            return
        with suppress(ConflictError):
            workspace.interactions.answer(str(interaction.get("id")), **answer.content)

    def _who(self, key: str, authorization: str) -> PanelContext:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise SessionTokenError("This page needs the session token of the portal as a Bearer token.")
        context = verify_session_token(
            token.strip(),
            client_id=self._client_id,
            issuer=self._portico.base_url,
            keys=self._jwks,
            now=self._now(),
        )
        if context.surface != key:
            raise SessionTokenError(f"The session token is for the surface {context.surface}, not {key}.")
        return context


def _only_plain(handler: Any) -> None:
    """A coroutine that nobody awaits would answer 200 and do nothing."""
    if inspect.iscoroutinefunction(handler):
        name = handler.__name__
        raise TypeError(f"{name} is async: functions of an App run in threads of their own, so write `def {name}`.")


def _register(table: dict[str, Any], key: str, handler: Any) -> Any:
    _only_plain(handler)
    if key in table:
        raise ValueError(f"{key!r} has a function already: {table[key].__name__}")
    table[key] = handler
    return handler
