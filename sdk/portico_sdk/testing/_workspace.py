"""A whole workspace inside a test: the platform itself, in this process, on a SQLite database of its own."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx

from portico import background
from portico.domains.identity import service as identity
from portico.domains.interactions import calling
from portico.domains.webhooks.pump import Pump
from portico.kernel import clock as platform_clock
from portico.kernel.outbound import EgressPolicy, Request, kept_inside
from portico_sdk import _now
from portico_sdk.apps import App
from portico_sdk.client import Portico
from portico_sdk.models import Event
from portico_sdk.testing._boot import Booted, booted
from portico_sdk.testing._browser import Host, hosting
from portico_sdk.testing._clock import HeldClock
from portico_sdk.testing._installing import (
    Create,
    InstalledApp,
    manifest_of,
    read_manifest,
    register_and_install,
    served,
)
from portico_sdk.testing._outside import JSON, Delivery, Outside, of_types
from portico_sdk.testing._people import PASSWORD, Seeded, writing

_ROUNDS = 50
_PATIENCE_S = 20.0


class WorkspaceClock(HeldClock):
    """Stands still for the platform, for this SDK and for you, until `advance` is called."""

    def advance(
        self,
        seconds: float = 0,
        *,
        minutes: float = 0,
        hours: float = 0,
        days: float = 0,
        to: datetime | None = None,
    ) -> None:
        """By so much, or to a moment. What is due by then is done by the next `run()`."""
        super().advance(seconds, minutes=minutes, hours=hours, days=days, to=to)
        platform_clock.advance(self.now() - platform_clock.now())


class Persona:
    """One of the people: `ws.agent.client.tickets.list()`."""

    password = PASSWORD

    def __init__(self, workspace: Workspace, seeded: Seeded) -> None:
        self._workspace = workspace
        self._actor = seeded.actor
        self.name = seeded.name
        self.email = seeded.email
        self.role = str(seeded.actor.role)
        self.employee_id = str(seeded.actor.employee_id)
        self.workspace_id = seeded.actor.workspace_id

    def token(self, *scopes: str) -> str:
        """A personal access token with all that the role may do, or with these scopes only."""
        with writing(self._actor):
            return identity.create_token(
                self._actor, name="testing", scopes=scopes or self._actor.scopes, life=timedelta(days=90)
            )

    def client_with(self, *scopes: str) -> Portico:
        """A client that may do less than the person."""
        return self._workspace.portico(self.token(*scopes))

    @cached_property
    def client(self) -> Portico:
        return self.client_with()


class Workspace:
    """Made by `workspace()`. Acme has one person per role: `owner`, `admin`, `app_manager`, `hr_admin`,
    `support_admin`, `agent`, `announcer`, `developer`, `employee`; `outsider` owns another company."""

    def __init__(self, platform: Booted, clock: WorkspaceClock, outside: Outside) -> None:
        self._platform = platform
        self._outside = outside
        self._sockets: dict[str, socket.socket] = {}
        self._targets: dict[str, Any] = {}
        self.clock = clock
        self.base_url = platform.settings.public_url
        self.people = {name: Persona(self, seeded) for name, seeded in platform.people.items()}
        self.http_client = httpx.Client(transport=httpx.WSGITransport(app=platform.app))
        """Reaches the platform, in this process."""

    def __getattr__(self, name: str) -> Persona:
        try:
            return self.__dict__["people"][name]  # type: ignore[no-any-return]
        except KeyError:
            raise AttributeError(f"A workspace has no {name!r}; its people are {', '.join(self.people)}.") from None

    def portico(self, token: str) -> Portico:
        """A client with a token of your own. It tries nothing again: nothing here fails by chance."""
        return Portico(token, base_url=self.base_url, http_client=self.http_client, max_retries=0)

    # Apps

    def install(
        self,
        app: App | Mapping[str, Any] | str | Path,
        serve: Any = None,
        *,
        create: Create | None = None,
        grant: Iterable[str] = (),
        by: str = "admin",
        **options: Any,
    ) -> InstalledApp:
        """Register an app as the developer and install it as `by`.

        `app` is a manifest, the folder of a `portico.toml`, or an `App` alone, which then may do everything. What
        answers for it is `serve` (an `App`, a WSGI or ASGI application), what `create(config, http_client)` makes, or
        nobody: then its deliveries are taken and kept. `grant` are optional scopes to be granted too; `options` are
        `settings`, `availability_` and `data_range_` of an installation.
        """
        manifest = manifest_of(app) if isinstance(app, App) else read_manifest(app)
        listener = socket.create_server(("127.0.0.1", 0))
        base_url = f"http://localhost:{listener.getsockname()[1]}"
        self._sockets[base_url] = listener
        developer, admin = (self._platform.people[name].actor for name in ("developer", by))
        made, installed = register_and_install(developer, admin, manifest, base_url, grant=grant, options=options)
        config = {
            "PORTICO_BASE_URL": self.base_url,
            "PORTICO_CLIENT_ID": made["client_id"],
            "PORTICO_CLIENT_SECRET": made["client_secret"] or "",
            "PORTICO_SIGNING_SECRET": made["signing_secret"],
        }

        def answer_by(target: Any) -> None:
            if isinstance(target, App):
                target._belong_to(
                    made["client_id"],
                    made["client_secret"] or "",
                    made["signing_secret"],
                    self.base_url,
                    self.http_client,
                )
                target = served(target, manifest)
            self._targets[base_url] = target
            self._outside.serve(base_url, target)

        target = create(config, self.http_client) if create else app if isinstance(app, App) else serve
        if target is not None:
            answer_by(target)
        return InstalledApp(
            key=made["key"],
            app_id=made["id"],
            installation_id=installed["id"],
            client_id=made["client_id"],
            client_secret=made["client_secret"] or "",
            signing_secret=made["signing_secret"],
            base_url=base_url,
            config=config,
            http_client=self.http_client,
            serve=answer_by,
        )

    # What happened

    def run(self) -> None:
        """Do all that is due: events become deliveries and are delivered, jobs run, what time has changed is minded;
        until there is nothing left. Raises AssertionError when it does not come to rest."""
        for _ in range(_ROUNDS):
            before = len(self._outside.deliveries)
            ran = background.work_once()
            self._pump()
            self._let_calls_end()
            if not ran and len(self._outside.deliveries) == before:
                return
        raise AssertionError("The workspace does not come to rest: do apps answer each other's events?")

    def _pump(self) -> None:
        """A pump for this run alone: its leases are by the clock, which may have jumped since the last one."""
        pump = Pump(EgressPolicy.of(self._platform.settings))
        try:
            pump.take()
            busy = pump.holding
            while busy or pump.in_flight:
                busy = pump.step()
                if not busy and pump.in_flight:
                    pump.wait(0.1)
        finally:
            pump.close()

    def _let_calls_end(self) -> None:
        """Calls of actions that the person no longer waits for."""
        calling.CALLS.settle(_PATIENCE_S)

    def deliveries(self, *types: str) -> list[Delivery]:
        """Every call of the platform so far, oldest first; of these types only (`ticket.created`, `action.run`)."""
        return of_types(list(self._outside.deliveries), types)

    def listen(
        self,
        url: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        respond: Callable[[Request], tuple[int, bytes]] | None = None,
    ) -> None:
        """Answer calls to a URL by a status, or by a function, with `headers` such as `retry-after`. Who is not given a
        mind takes everything with 200."""
        about = {**JSON, **{name.lower(): value for name, value in (headers or {}).items()}}
        take = respond or (lambda request: (status, b"{}"))
        self._outside.listen(url, lambda request: (*take(request), about))

    def events(self, *types: str) -> list[Event]:
        """What happened since the workspace was opened, oldest first; of these types or patterns (`ticket.*`) only."""
        return list(self.people["owner"].client.events.list(types=types or None))

    @property
    def mails(self) -> list[EmailMessage]:
        """What was sent by mail, oldest first."""
        files = sorted((self._platform.settings.home / "mail").glob("*.eml"))
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]

    def close(self) -> None:
        """Nothing is open afterwards; `workspace()` calls it."""
        self._let_calls_end()
        self.http_client.close()
        for listener in self._sockets.values():
            listener.close()

    def browser_host(self) -> AbstractContextManager[Host]:
        """Serve the portal, and the apps, on loopback for a browser: `with ws.browser_host() as host:`."""
        return hosting(self._platform, self._sockets, self._targets)


@contextmanager
def opened(at: datetime | None = None) -> Iterator[Workspace]:
    """A workspace whose clock stands at `at`, by default at the present moment."""
    clock = WorkspaceClock(at or datetime.now(UTC).replace(microsecond=0))
    outside = Outside()
    with ExitStack() as stack:
        platform = stack.enter_context(booted())
        stack.enter_context(platform_clock.held(clock.now()))
        stack.enter_context(_now.told_by(clock))
        stack.enter_context(kept_inside(outside.answer))
        made = Workspace(platform, clock, outside)
        stack.callback(made.close)
        yield made
