"""A client for whoever is signed in, and what goes wrong on the way as an exit code and a next step."""

from __future__ import annotations

import functools
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlencode

import click

from portico_sdk._transport import Call, Transport
from portico_sdk.cli import _profiles
from portico_sdk.cli._profiles import Profile
from portico_sdk.client import Portico, without_token
from portico_sdk.errors import APIError, AuthenticationError, ConnectionFailed, PorticoError

CLIENT_ID = "portico-cli"
REFUSED, SIGNED_OUT, UNREACHABLE = 1, 3, 4
"""Exit codes: the server said no, or something is wrong; nobody is signed in; no server answers. 2 is a wrong call."""
MARGIN_S = 60.0
P = ParamSpec("P")
R = TypeVar("R")


class Problem(click.ClickException):
    """What went wrong, and what to do."""

    def __init__(self, message: str, exit_code: int = REFUSED) -> None:
        super().__init__(message)
        self._code = exit_code

    @property
    def exit_code(self) -> int:  # type: ignore[override]
        return self._code


def _signed_out(why: str) -> Problem:
    return Problem(f"{why} Run `portico-app login --base-url URL`, or set PORTICO_TOKEN.", SIGNED_OUT)


def told(command: Callable[P, R]) -> Callable[P, R]:
    """Says what the SDK raises in words, with the exit code that fits."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except AuthenticationError as error:
            raise _signed_out(f"{error}") from error
        except ConnectionFailed as error:
            raise Problem(f"{error} Is the server running, and --base-url right?", UNREACHABLE) from error
        except PorticoError as error:
            raise Problem(str(error)) from error

    return run


class Login:
    """The tokens of a profile, renewed when they run out; processes that need it at once do it one after the other."""

    def __init__(self, transport: Transport, profile: Profile, now: Callable[[], float] = time.time) -> None:
        self._transport, self._profile, self._now = replace(transport, max_retries=0), profile, now

    def token(self) -> str:
        if self._profile.expires_at - MARGIN_S <= self._now():
            self._renew()
        return self._profile.access_token

    def renew(self, stale: str) -> bool:
        if self._profile.access_token == stale:
            self._renew()
        return True

    def _renew(self) -> None:
        with _profiles.locked():
            kept = _profiles.find(self._profile.base_url)
            if kept is None:
                raise _signed_out(f"You are signed out of {self._profile.base_url}.")
            if kept.access_token == self._profile.access_token:
                kept = self._fresh(kept)
                _profiles.keep(kept)
            self._profile = kept

    def _fresh(self, kept: Profile) -> Profile:
        form = {"grant_type": "refresh_token", "refresh_token": kept.refresh_token, "client_id": CLIENT_ID}
        try:
            body = post_form(self._transport, "/oauth/token", form)
        except APIError as error:
            raise _signed_out("Your sign-in has ended.") from error
        return replace(kept, **tokens_of(body, self._now()))


def tokens_of(body: Mapping[str, Any], now: float) -> dict[str, Any]:
    """What a profile keeps of an answer of the token endpoint (RFC 6749, 5.1)."""
    return {
        "access_token": body["access_token"],
        "refresh_token": body["refresh_token"],
        "expires_at": now + float(body["expires_in"]),
    }


def post_form(transport: Transport, path: str, form: Mapping[str, str]) -> Any:
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
    content = urlencode(form).encode()
    return transport.send(Call("POST", path, content=content, headers=headers, bearer=False)).body


def transport_to(base_url: str) -> Transport:
    return without_token(base_url, None)._transport


def connect(base_url: str | None = None) -> Portico:
    """For `PORTICO_TOKEN`, else for who is signed in. Raises Problem."""
    asked = (base_url or os.environ.get("PORTICO_BASE_URL") or "").rstrip("/") or None
    token = os.environ.get("PORTICO_TOKEN")
    if token:
        if asked is None:
            raise Problem("PORTICO_TOKEN needs a server: give --base-url, or set PORTICO_BASE_URL.", 2)
        return Portico(token, base_url=asked)
    profile = _profiles.find(asked)
    if profile is None:
        raise _signed_out(f"You are not signed in{f' to {asked}' if asked else ''}.")
    over = transport_to(profile.base_url)
    return Portico._over(replace(over, credentials=Login(over, profile)))


def print_json(content: Any) -> None:
    click.echo(json.dumps(content, ensure_ascii=False, indent=2))


base_url_option = click.option(
    "--base-url", metavar="URL", help="The server; without it PORTICO_BASE_URL, else that of the last login."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
