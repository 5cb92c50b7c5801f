"""The only place of the SDK that speaks to a network: tokens, retries, idempotency keys, errors.

Retried are failed connections, 408, 409 `idempotency_in_progress`, 429 and 5xx. Each POST carries one
idempotency key for all of its tries, so a retry never does a thing twice.
"""

from __future__ import annotations

import platform
import random
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from os import PathLike
from pathlib import Path
from typing import Any, Protocol

import httpx

from portico_sdk._encoding import json_body, one_file
from portico_sdk._version import __version__
from portico_sdk.errors import APIError, ConnectionFailed, PorticoError, TimedOut, api_error

USER_AGENT = f"portico-sdk/{__version__} python/{platform.python_version()}"
LONGEST_WAIT = 60.0
"""Seconds. A server that asks for more gets no retry; the error tells the caller how long."""

WITHOUT_CREDENTIALS = (
    "There is no token for this call: give Portico(token=…), set PORTICO_TOKEN, "
    "or use Portico.installation(…) with an installation id."
)

_RENEWABLE = frozenset({"token_expired", "token_revoked"})


class Credentials(Protocol):
    """Where the bearer token comes from."""

    def token(self) -> str: ...

    def renew(self, stale: str) -> bool:
        """Forget `stale`; False when no other token can be had."""
        ...


@dataclass(frozen=True)
class StaticToken:
    """A token somebody gave us; when it dies, so do we."""

    value: str

    def token(self) -> str:
        return self.value

    def renew(self, stale: str) -> bool:
        return False


@dataclass(frozen=True)
class Reply:
    status: int
    body: Any
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Call:
    """One request as the caller meant it, whatever number of tries it takes."""

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    bearer: bool = True
    as_file: bool = False
    """The body is bytes to keep, not JSON to read."""


def api_call(
    method: str,
    path: str,
    params: Mapping[str, str] | None,
    json: object,
    if_match: str | None,
    idempotency_key: str | None,
    cause: str | None,
) -> Call:
    """A call of the API; a POST gets a key for all of its tries."""
    headers = {"accept": "application/json"}
    if method == "POST":
        headers["idempotency-key"] = idempotency_key or str(uuid.uuid4())
    if if_match is not None:
        headers["if-match"] = if_match
    if cause is not None:
        headers["portico-cause"] = cause
    content = None
    if json is not None:
        content, headers["content-type"] = json_body(json), "application/json"
    return Call(method, f"/api/v1{path}", params or {}, content, headers)


def upload_call(path: str, source: str | PathLike[str] | bytes, name: str | None) -> Call:
    """A form with one file: bytes, or what stands at a path, which is read here."""
    if isinstance(source, bytes):
        content, name = source, name or "file"
    else:
        content, name = Path(source).read_bytes(), name or Path(source).name
    body, content_type = one_file(name, content)
    headers = {"accept": "application/json", "content-type": content_type}
    return Call("POST", f"/api/v1{path}", {}, body, headers)


@dataclass(frozen=True)
class Transport:
    base_url: str
    http: httpx.Client
    credentials: Credentials | None = None
    timeout: float = 30.0
    max_retries: int = 2
    cause: str | None = None
    sleep: Callable[[float], None] = time.sleep

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json: object = None,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> Reply:
        return self.send(api_call(method, path, params, json, if_match, idempotency_key, self.cause))

    def upload(self, path: str, source: str | PathLike[str] | bytes, name: str | None = None) -> Reply:
        """Send one file. A repeat leaves a copy that nobody attached, which the platform sweeps."""
        return self.send(upload_call(path, source, name))

    def download(self, path: str) -> bytes:
        """The file that stands there."""
        content: bytes = self.send(Call("GET", f"/api/v1{path}", as_file=True)).body
        return content

    def send(self, call: Call) -> Reply:
        """Try until it works, is refused, or the retries are used up. A dead token is renewed once."""
        tries, renewed = 0, False
        while True:
            token = self._token() if call.bearer else None
            outcome = self._attempt(call, token)
            if isinstance(outcome, Reply):
                return outcome
            if not renewed and self._renew(outcome, token):
                renewed = True
                continue
            wait = delay_before_retry(outcome, tries)
            if wait is None or tries >= self.max_retries:
                raise outcome
            tries += 1
            self.sleep(wait)

    @contextmanager
    def listen(
        self, url: str, params: Mapping[str, str], headers: Mapping[str, str], token: str, *, silence: float
    ) -> Iterator[Iterator[bytes]]:
        """The body of an answer that does not end by itself, as it comes; one try. `silence`: seconds without a byte
        after which the connection counts as dead. Raises ConnectionFailed, also while it is read, and APIError."""
        sent = {"user-agent": USER_AGENT, "authorization": f"Bearer {token}", **headers}
        limits = httpx.Timeout(self.timeout, read=silence)
        try:
            with self.http.stream("GET", url, params=params, headers=sent, timeout=limits) as response:
                if not response.is_success:
                    response.read()
                    raise refused_stream(response)
                yield response.iter_bytes()
        except httpx.RequestError as error:
            raise broken_stream(error, url, silence) from error

    def bearer(self) -> str:
        """The token to send now; minted where that is needed."""
        return self._token()

    def renewed(self, error: PorticoError, token: str | None) -> bool:
        """Whether the token that was refused so has another one in its place now."""
        return self._renew(error, token or None)

    def _token(self) -> str:
        if self.credentials is None:
            raise PorticoError(WITHOUT_CREDENTIALS)
        return self.credentials.token()

    def _renew(self, error: PorticoError, token: str | None) -> bool:
        if not renewable(error):
            return False
        return self.credentials is not None and token is not None and self.credentials.renew(token)

    def _attempt(self, call: Call, token: str | None) -> Reply | PorticoError:
        try:
            response = self.http.request(
                call.method,
                self.base_url + call.path,
                params=call.params or None,
                content=call.content,
                headers=told(call, token),
                timeout=self.timeout,
                follow_redirects=False,
            )
        except httpx.RequestError as error:
            return no_answer(error, self.base_url, self.timeout)
        return read(response, as_file=call.as_file)


def renewable(error: PorticoError) -> bool:
    """Whether another token may be let in where this one was refused."""
    return isinstance(error, APIError) and error.status == 401 and error.code in _RENEWABLE


def told(call: Call, token: str | None) -> dict[str, str]:
    """The headers of one try."""
    headers = {"user-agent": USER_AGENT, **call.headers}
    return headers if token is None else {**headers, "authorization": f"Bearer {token}"}


def no_answer(cause: httpx.RequestError, base_url: str, timeout: float) -> PorticoError:
    error: PorticoError
    if isinstance(cause, httpx.TimeoutException):
        error = TimedOut(f"No answer from {base_url} in {timeout:g} s.")
    else:
        error = ConnectionFailed(f"No answer from {base_url}: {cause}")
    error.__cause__ = cause
    return error


def broken_stream(cause: httpx.RequestError, url: str, silence: float) -> ConnectionFailed:
    if isinstance(cause, httpx.TimeoutException):
        return TimedOut(f"Nothing came from {url} for {silence:g} s.")
    return ConnectionFailed(f"The stream from {url} broke: {cause}")


def refused_stream(response: httpx.Response) -> PorticoError:
    """What an answer says that is no stream; its body was read."""
    refusal = read(response)
    return refusal if isinstance(refusal, APIError) else PorticoError("No stream.")


def read(response: httpx.Response, *, as_file: bool = False) -> Reply | APIError:
    request_id = response.headers.get("x-request-id")
    if as_file and response.is_success:
        return Reply(response.status_code, response.content, response.headers)
    body = _decode(response)
    if not response.is_success:
        wait = retry_after(response.headers.get("retry-after"))
        return api_error(response.status_code, body, request_id=request_id, retry_after=wait)
    if body is None and response.content:
        message = "The answer is not JSON; check that base_url is the platform's public URL."
        return APIError(status=response.status_code, code="not_json", message=message, request_id=request_id)
    return Reply(response.status_code, body, response.headers)


def _decode(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def retry_after(value: str | None, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> float | None:
    """Seconds to wait; the header holds seconds or a date (RFC 9110, 10.2.3)."""
    if value is None:
        return None
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now()).total_seconds())


def delay_before_retry(error: PorticoError, tries: int) -> float | None:
    """Seconds until the next try, or None when another try cannot help."""
    if isinstance(error, ConnectionFailed):
        return _backoff(tries)
    if not isinstance(error, APIError) or not _may_pass(error):
        return None
    if error.retry_after is None:
        return _backoff(tries)
    return error.retry_after if error.retry_after <= LONGEST_WAIT else None


def _may_pass(error: APIError) -> bool:
    if error.status == 409:
        return error.code == "idempotency_in_progress"
    return error.status in {408, 429} or error.status >= 500


def _backoff(tries: int) -> float:
    """0.5 s, 1 s, 2 s … 8 s, less up to a quarter, so that clients do not come back together."""
    ceiling: float = min(0.5 * 2**tries, 8.0)
    return ceiling * (1 - random.uniform(0, 0.25))  # noqa: S311  nobody gains by guessing it
