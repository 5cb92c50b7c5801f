"""`app login`, `logout` and `whoami`: the device grant (RFC 8628), so that no password passes through a terminal."""

from __future__ import annotations

import os
import time
import webbrowser
from typing import Any

import click

from portico_sdk._transport import Transport
from portico_sdk.cli import _profiles
from portico_sdk.cli._connection import (
    CLIENT_ID,
    Problem,
    base_url_option,
    connect,
    json_option,
    post_form,
    print_json,
    tokens_of,
    told,
    transport_to,
)
from portico_sdk.cli._profiles import Profile
from portico_sdk.client import Portico
from portico_sdk.errors import APIError

SCOPES = "apps:read apps:write catalogue:read installations:read webhooks:read webhooks:write offline_access"
GRANT = "urn:ietf:params:oauth:grant-type:device_code"
SLOWER_S = 5.0
DEFAULT = "http://127.0.0.1:8000"


@click.command()
@click.option("--base-url", metavar="URL", help=f"The server; without it PORTICO_BASE_URL, else {DEFAULT}.")
@click.option("--no-browser", is_flag=True, help="Print the address and open nothing.")
@told
def login(base_url: str | None, no_browser: bool) -> None:
    """Sign in to a server by your browser.

    Shows a code and an address. Open it where you are signed in to the workspace, compare the code, and allow it. The
    tokens are kept in a file that only you can read (profiles.json below PORTICO_CONFIG_HOME or ~/.config/portico) and
    renewed by themselves; `logout` ends them. Exit code 0: signed in; 1: refused, or the ten minutes were over; 4: no
    server answers.
    """
    over = transport_to(base_url or os.environ.get("PORTICO_BASE_URL") or DEFAULT)
    asked = post_form(over, "/oauth/device", {"client_id": CLIENT_ID, "scope": SCOPES})
    address = asked["verification_uri_complete"]
    click.echo(f"Open {address}\nand check that it shows the code {asked['user_code']}.")
    if not no_browser:
        webbrowser.open(address)
    tokens = _wait(over, asked)
    profile = Profile(base_url=over.base_url, **tokens_of(tokens, time.time()))
    me = Portico(profile.access_token, base_url=over.base_url).me()
    person = (me.employee.display_name if me.employee else None) or me.actor.id
    with _profiles.locked():
        _profiles.keep(
            Profile(**{**vars(profile), "workspace": me.workspace.name or me.workspace.id, "person": person}),
            current=True,
        )
    click.echo(f"Signed in to {me.workspace.name or me.workspace.id} as {person}.")


def _wait(over: Transport, asked: dict[str, Any]) -> Any:
    """The tokens, once the person has said yes (RFC 8628, 3.5). Raises Problem."""
    form = {"grant_type": GRANT, "device_code": asked["device_code"], "client_id": CLIENT_ID}
    pause = float(asked.get("interval", SLOWER_S))
    until = time.monotonic() + float(asked["expires_in"])
    while time.monotonic() < until:
        try:
            return post_form(over, "/oauth/token", form)
        except APIError as error:
            if error.code == "slow_down":
                pause += SLOWER_S
            elif error.code == "access_denied":
                raise Problem("It was not allowed. Run `portico-app login` to ask again.") from error
            elif error.code != "authorization_pending":
                raise
        over.sleep(pause)
    raise Problem("Nobody answered in time. Run `portico-app login` to get a new code.")


@click.command()
@base_url_option
@told
def logout(base_url: str | None) -> None:
    """Sign out of a server: its tokens end there, and are forgotten here.

    Exit code 0, also when nobody was signed in.
    """
    asked = (base_url or os.environ.get("PORTICO_BASE_URL") or "").rstrip("/") or None
    with _profiles.locked():
        profile = _profiles.find(asked)
        if profile is None:
            click.echo("You were not signed in.")
            return
        _profiles.forget(profile.base_url)
    post_form(
        transport_to(profile.base_url),
        "/oauth/revoke",
        {"token": profile.refresh_token, "token_type_hint": "refresh_token", "client_id": CLIENT_ID},
    )
    click.echo(f"Signed out of {profile.base_url}.")


@click.command()
@base_url_option
@json_option
@told
def whoami(base_url: str | None, as_json: bool) -> None:
    """Say who is signed in where, and what the sign-in may do.

    Exit code 0: signed in; 3: not; 4: no server answers.
    """
    client = connect(base_url)
    me = client.me()
    if as_json:
        print_json({"base_url": client.base_url, **me.raw})
        return
    person = (me.employee.display_name if me.employee else None) or me.actor.id
    click.echo(f"{person} ({me.role or me.actor.kind}) in {me.workspace.name or me.workspace.id}, {client.base_url}")
    click.echo(f"May: {' '.join(sorted(me.scopes)) or 'nothing'}")
