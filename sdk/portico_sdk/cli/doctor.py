"""`app doctor`: what stands between the app and a delivery, each with how to mend it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import click

from portico_sdk._transport import Call
from portico_sdk.cli import _app
from portico_sdk.cli._connection import Problem, base_url_option, connect, json_option, print_json, told
from portico_sdk.cli.dev import _credentials
from portico_sdk.cli.logs import failed_since
from portico_sdk.client import Portico
from portico_sdk.errors import APIError, PorticoError
from portico_sdk.models import RegisteredApp

ALLOWED_SKEW_S = 60.0
"""Receivers of webhooks allow five minutes."""


@dataclass(frozen=True)
class Found:
    check: str
    good: bool | None
    """None: it could not be looked at."""
    message: str
    mending: str = ""


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=Path())
@base_url_option
@json_option
@click.pass_context
@told
def doctor(context: click.Context, path: Path, base_url: str | None, as_json: bool) -> None:
    """Look for what keeps the app in PATH from working, and say how to mend it.

    Looks at the manifest, whether the server answers, the clocks, the sign-in, the registered version, the secrets,
    whether the endpoint refuses what nobody signed, what failed in the last day, and the scopes that were asked for and
    never used.

    Exit code 0: nothing to mend; 1: something.
    """
    found = list(_all(path, base_url))
    if as_json:
        print_json({"ok": all(each.good is not False for each in found), "checks": [asdict(each) for each in found]})
    else:
        for each in found:
            mark = {True: "ok  ", False: "BAD ", None: "?   "}[each.good]
            click.echo(f"{mark} {each.check}: {each.message}" + (f"\n       {each.mending}" if each.mending else ""))
    context.exit(1 if any(each.good is False for each in found) else 0)


def _all(path: Path, base_url: str | None) -> Iterator[Found]:
    try:
        _folder, manifest = _app.manifest_in(path)
    except Problem as problem:
        yield Found("manifest", False, problem.message, "`portico-app check` shows each finding with its line.")
        return
    yield Found("manifest", True, "nothing to mend")
    try:
        client = connect(base_url)
    except Problem as problem:
        yield Found("sign-in", False, problem.message)
        return
    try:
        yield _clock(client)
        yield Found("sign-in", True, f"as {client.me().role}")
        app = _app.find(client, manifest["app"]["key"])
    except APIError as error:
        yield Found("sign-in", False, str(error), "Run `portico-app login` again.")
        return
    except PorticoError as error:
        yield Found("server", False, str(error), "Is it running, and --base-url right?")
        return
    if app is None:
        yield Found("registered", False, "the server does not know this app", "`portico-app deploy` registers it.")
        return
    yield _version(client, app, manifest)
    yield from _credentials_and_scopes(client, app)
    yield _endpoint(manifest)


def _clock(client: Portico) -> Found:
    began = time.time()
    reply = client._transport.send(Call("GET", "/healthz", bearer=False, as_file=True))
    there = parsedate_to_datetime(reply.headers["date"]).timestamp() if "date" in reply.headers else None
    if there is None:
        return Found("clock", None, "the server says no time")
    skew = abs((began + time.time()) / 2 - there)
    if skew > ALLOWED_SKEW_S:
        return Found("clock", False, f"{skew:.0f} s from the server's", "Let NTP set the clock.")
    return Found("clock", True, f"within {max(1, round(skew))} s of the server's")


def _version(client: Portico, app: RegisteredApp, manifest: dict[str, Any]) -> Found:
    if _app.is_newest(client, app, manifest):
        return Found("version", True, "the server has this manifest")
    return Found(
        "version", False, "portico.toml differs from the newest version", "`portico-app deploy` brings it there."
    )


def _credentials_and_scopes(client: Portico, app: RegisteredApp) -> Iterator[Found]:
    try:
        credentials = _credentials.of_app(client, app, public=False, make=False)
        installation = _app.installation_of(client, app)
    except Problem as problem:
        yield Found("secrets", None, problem.message)
        return
    try:
        own = client.installation(
            installation, client_id=credentials.client_id, client_secret=credentials.client_secret
        ).installations.me()
    except PorticoError as error:
        yield Found("secrets", False, str(error), "Make a new secret in the console, and set PORTICO_CLIENT_SECRET.")
        return
    yield Found("secrets", True, "the platform takes the client secret")
    if own.pending_scopes:
        words = f"not granted yet: {' '.join(own.pending_scopes)}"
        yield Found("consent", False, words, "An admin grants them on the app's page under Installed apps.")
    yield _failed_lately(client, installation)
    yield _scope_use(client, installation)


def _failed_lately(client: Portico, installation: str) -> Found:
    failed = len(list(failed_since(client, installation, datetime.now(UTC) - timedelta(days=1))))
    if failed:
        return Found("deliveries", False, f"{failed} failed in the last day", "`portico-app replay` once it is mended.")
    return Found("deliveries", True, "none failed in the last day")


def _scope_use(client: Portico, installation: str) -> Found:
    try:
        rows = client.installations.scope_use(installation)["data"]
    except APIError:
        words = "asked against used: an app manager sees it on the app's page, and `check` of a version finds it"
        return Found("scopes", None, words)
    unused = [row["scope"] for row in rows if row["asked"] and not row["used"]]
    if unused:
        words = f"never used in 30 days: {' '.join(unused)}"
        return Found("scopes", False, words, "Take them out of [access], or make them optional, and deploy.")
    return Found("scopes", True, "all that are asked for were used")


def _endpoint(manifest: dict[str, Any]) -> Found:
    """What nobody signed must be refused."""
    url = manifest.get("events", {}).get("url")
    base = os.environ.get("PORTICO_APP_URL") or manifest["runtime"]["base_url"]
    if not url:
        return Found("signature", None, "the app has no [events]")
    call = Call("POST", url, content=b"{}", headers={"content-type": "application/json"}, bearer=False, as_file=True)
    try:
        with Portico(base_url=base, max_retries=0, timeout=5.0) as there:
            there._transport.send(call)
    except APIError as error:
        if error.status in (400, 401, 403):
            return Found("signature", True, f"refuses what nobody signed ({error.status})")
        words = f"{base}{url} answered {error.status} to what nobody signed"
        return Found("signature", False, words, "Answer 400 by webhooks.verify, before anything else.")
    except PorticoError:
        words = f"nobody answers at {base}"
        return Found("signature", None, words, "Start the app, or say where it runs by PORTICO_APP_URL.")
    words = f"{base}{url} takes what nobody signed"
    return Found("signature", False, words, "Verify each call by webhooks.verify, before anything else.")
