"""`app dev`: the app on this machine, in a workspace, without a public URL."""

from __future__ import annotations

import json
import platform
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from portico_sdk.cli import _app, _profiles
from portico_sdk.cli._connection import Problem, base_url_option, connect, told
from portico_sdk.cli.dev import _credentials
from portico_sdk.cli.dev._runner import Runner, command_of
from portico_sdk.cli.dev._tunnel import Handled, Tunnel, free_port, is_listening
from portico_sdk.client import Portico
from portico_sdk.errors import APIError, NotFoundError, PorticoError
from portico_sdk.models import DevSession, RegisteredApp

LOOK_S = 0.5
RENEW_S = 10.0
ASK_AGAIN_S = 3.0
OVER = 5
"""Exit code: the session was ended from elsewhere."""


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=Path())
@click.option("--command", metavar="COMMAND", help="What starts the app; it listens on localhost at $PORT.")
@click.option("--port", type=int, help="The app's port; without it a free one.")
@base_url_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line, for scripts.")
@told
def dev(path: Path, command: str | None, port: int | None, base_url: str | None, as_json: bool) -> None:
    """Run the app in PATH in your workspace, and see each call with its answer.

    Registers the app when the server does not know it, waits until it is installed, starts it (--command,
    runtime.command in portico.toml, or the package with a __main__.py) with PORTICO_* and PORT in its environment, and
    starts it again when a file changes. Its events, actions, cards and lifecycle calls come over a connection that is
    opened from here; your own browser loads its pages from this machine, and the portal marks it "(local)". On Ctrl-C,
    and half a minute after a kill, everything goes where it went before.

    Exit code 0: ended by Ctrl-C; 1: refused; 2: wrong manifest or call; 3: signed out; 4: no server; 5: the session was
    ended from elsewhere.
    """
    folder, manifest = _app.manifest_in(path)
    say = Printer(as_json)
    client = connect(base_url)
    starts = command_of(folder, manifest, command)
    app, credentials = _registered(client, manifest, say)
    local_url = f"http://localhost:{free_port(port)}"
    session = _begin(client, app, local_url, say)
    _profiles.keep_installation(client.base_url, app.id, session.installation_id)
    try:
        environment = credentials.environment(client.base_url) | {"PORT": local_url.rpartition(":")[2]}
        runner = Runner(starts, folder, environment | {"PORTICO_INSTALLATION_ID": session.installation_id})
        _serve(client, session, runner, say, credentials.signing_secret if credentials.is_ours else None)
    finally:
        with suppress(PorticoError):
            client.apps.dev_sessions.delete(app.id, session.id)
        say.note("ended", "Ended; calls go where they went before.")


class Printer:
    """Lines for people, or JSON for scripts; from any thread."""

    def __init__(self, as_json: bool) -> None:
        self._as_json, self._lock = as_json, threading.Lock()

    def note(self, what: str, words: str, **more: Any) -> None:
        self._print({"what": what, "message": words, **more}, words)

    def call(self, handled: Handled) -> None:
        good = handled.status < 400
        took = f"{handled.status}  {handled.milliseconds} ms"
        words = f"{time.strftime('%H:%M:%S')}  {handled.kind:9} {handled.name:28} {took}"
        if handled.answer and (not good or handled.kind == "action"):
            words += f"\n          {handled.answer}"
        self._print({"what": "call", **asdict(handled)}, words if good else click.style(words, fg="red"))

    def _print(self, content: dict[str, Any], words: str) -> None:
        with self._lock:
            click.echo(json.dumps(content, ensure_ascii=False) if self._as_json else words)


def _registered(client: Portico, manifest: dict[str, Any], say: Printer) -> tuple[RegisteredApp, Any]:
    key = manifest["app"]["key"]
    app = _app.find(client, key)
    if app is None:
        app = client.apps.create(manifest=manifest)
        say.note("registered", f"Registered {key} as {app.id}.", app_id=app.id)
        return app, _credentials.keep_new(client.base_url, app)
    if not _app.is_newest(client, app, manifest):
        say.note(
            "differs", "portico.toml differs from the version on the server; `portico-app deploy` brings it there."
        )
    return app, _credentials.of_app(client, app, public=_app.is_public(manifest))


def _begin(client: Portico, app: RegisteredApp, local_url: str, say: Printer) -> DevSession:
    """Waits until the app is installed."""
    asked = False
    while True:
        try:
            return client.apps.dev_sessions.create(app.id, local_url=local_url, host=platform.node()[:100])
        except APIError as error:
            if not _app.is_missing(error):
                raise
        if not asked:
            words = (
                "Waiting until it is installed: in the console under Developer → your app → Install, or by an admin."
            )
            say.note("waiting", words, app_id=app.id)
            asked = True
        time.sleep(ASK_AGAIN_S)


def _serve(client: Portico, session: DevSession, runner: Runner, say: Printer, secret: str | None) -> None:
    """Until Ctrl-C. Raises Problem when the session is over."""

    def connected(there: bool) -> None:
        words = "Connected; waiting for calls." if there else "The connection broke; trying again."
        say.note("connected" if there else "broken", words, session_id=session.id, url=session.local_url)

    tunnel = Tunnel(
        client._transport, session.tunnel_url, session.local_url, handled=say.call, connected=connected, secret=secret
    )
    over: list[PorticoError] = []
    thread = threading.Thread(target=_until_over, args=(tunnel, over), daemon=True)
    with _asked_to_end() as ending:
        runner.start()
        thread.start()
        renewed, listens = time.monotonic(), False
        while not ending.wait(LOOK_S) and not over:
            news = runner.look()
            if news is not None:
                listens = False
                say.note("restarted", news)
            if not listens and (listens := is_listening(session.local_url)):
                say.note("listening", f"The app listens at {session.local_url}.", url=session.local_url)
            if time.monotonic() - renewed >= RENEW_S and _renewed(client, session, over):
                renewed = time.monotonic()
    tunnel.close()
    runner.stop()
    if over:
        raise Problem(f"The session is over: {over[0]}", OVER)


def _until_over(tunnel: Tunnel, over: list[PorticoError]) -> None:
    try:
        tunnel.run()
    except PorticoError as error:
        over.append(error)


def _renewed(client: Portico, session: DevSession, over: list[PorticoError]) -> bool:
    """What is only a bad connection is tried again at the next look."""
    try:
        client.with_options(max_retries=0).apps.dev_sessions.renew(session.app_id, session.id)
    except NotFoundError as error:
        over.append(error)
    except PorticoError:
        return False
    return True


@contextmanager
def _asked_to_end() -> Iterator[threading.Event]:
    """Set by SIGINT and SIGTERM."""
    ending = threading.Event()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda *_: ending.set()) for number in numbers}
    try:
        yield ending
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
