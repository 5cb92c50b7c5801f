"""The connection over which the platform calls the app on this machine: opened from here, so nobody needs a way in.

Calls come as server-sent events, each goes to the app on its own thread, and its answer is posted back.
"""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from portico_sdk import webhooks
from portico_sdk._sse import Frame, frames
from portico_sdk._transport import Transport
from portico_sdk.cli._connection import Problem
from portico_sdk.errors import APIError, ConnectionFailed, NotFoundError, PorticoError

SILENCE_S = 45.0
PAUSE_S = 1.0
TOGETHER = 8
ANSWER_S = 15.0
KEPT_HEADERS = ("content-type", "etag", "retry-after")


@dataclass(frozen=True)
class Handled:
    """One call of the platform, and what the app answered."""

    kind: str
    """`event`, `action`, `card` or `lifecycle`."""
    name: str
    path: str
    status: int
    milliseconds: int
    answer: str
    """The first of its text, where it went wrong or there is something to see."""
    id: str = ""


def is_listening(url: str) -> bool:
    """Whether somebody takes connections there."""
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "localhost", parts.port or 80), timeout=1).close()
    except OSError:
        return False
    return True


class Tunnel:
    """`run` it on a thread of its own until `close`. `secret` is given where the app knows another signing secret than
    the platform: what was proved by the connection is then signed anew for it."""

    def __init__(
        self,
        transport: Transport,
        url: str,
        local_url: str,
        *,
        handled: Callable[[Handled], None],
        connected: Callable[[bool], None],
        secret: str | None = None,
    ) -> None:
        self._transport, self._url, self._local_url = transport, url, local_url
        self._handled, self._connected, self._secret = handled, connected, secret
        self._closed = threading.Event()
        self._local = httpx.Client(timeout=ANSWER_S, trust_env=False)
        self._pool = ThreadPoolExecutor(TOGETHER, thread_name_prefix="call")
        self._answer_key = ""

    def run(self) -> None:
        """Comes back by itself when the connection breaks. Raises what another try cannot mend, such as NotFoundError
        when the session is over."""
        while not self._closed.is_set():
            try:
                self._listen(self._transport.bearer())
            except (ConnectionFailed, APIError) as error:
                if isinstance(error, APIError) and error.status < 500 and not self._may_go_on(error):
                    raise
            self._connected(False)
            self._closed.wait(PAUSE_S)

    def close(self) -> None:
        self._closed.set()
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._local.close()

    def _may_go_on(self, error: APIError) -> bool:
        return not isinstance(error, NotFoundError) and self._transport.renewed(error, self._transport.bearer())

    def _listen(self, token: str) -> None:
        headers = {"accept": "text/event-stream"}
        with self._transport.listen(self._url, {}, headers, token, silence=SILENCE_S) as chunks:
            for frame in frames(chunks):
                if self._closed.is_set():
                    return
                self._take(frame)

    def _take(self, frame: Frame) -> None:
        if frame.event == "ready":
            self._answer_key = json.loads(frame.data)["answer_key"]
            self._connected(True)
        elif frame.event == "call":
            self._pool.submit(self._answer, json.loads(frame.data), self._answer_key)

    def _answer(self, call: dict[str, Any], key: str) -> None:
        began = time.monotonic()
        body = base64.b64decode(call["body"])
        status, headers, content = self._ask(call, body)
        answer = {"status": status, "headers": headers, "body": base64.b64encode(content).decode()}
        posted = {"authorization": f"Bearer {key}", "content-type": "application/json"}
        try:
            self._transport.http.post(
                f"{self._url}/answers/{call['id']}", json=answer, headers=posted, timeout=ANSWER_S
            )
        except httpx.RequestError as error:
            content = f"The answer did not reach the platform: {error}".encode()
        self._handled(_seen(call["path"], body, status, content, round((time.monotonic() - began) * 1000)))

    def _ask(self, call: dict[str, Any], body: bytes) -> tuple[int, dict[str, str], bytes]:
        try:
            answer = self._local.post(self._local_url + call["path"], content=body, headers=self._signed(call, body))
        except (httpx.RequestError, PorticoError) as error:
            message = f"The app at {self._local_url} did not answer: {error}"
            return 502, {"content-type": "text/plain"}, message.encode()
        kept = {name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers}
        return answer.status_code, kept, answer.content

    def _signed(self, call: dict[str, Any], body: bytes) -> dict[str, str]:
        headers: dict[str, str] = dict(call["headers"])
        if self._secret is None:
            return headers
        stamp = float(headers["webhook-timestamp"])
        return headers | webhooks.sign(body, secrets=self._secret, webhook_id=headers["webhook-id"], timestamp=stamp)


def _seen(path: str, body: bytes, status: int, content: bytes, milliseconds: int) -> Handled:
    try:
        about = json.loads(body)
    except ValueError:
        about = {}
    kind, name = _kind(str(about.get("type", "")), about)
    text = content.decode("utf-8", "replace").strip()
    return Handled(
        kind, name, path, status, milliseconds, text[:300], str(about.get("interaction_id") or about.get("id") or "")
    )


def _kind(type_: str, about: dict[str, Any]) -> tuple[str, str]:
    if type_ == "action.run":
        return "action", str(about.get("action"))
    if type_ == "card":
        return "card", str(about.get("card"))
    return ("lifecycle" if type_.startswith(("app.", "privacy.")) else "event"), type_ or "call"


def free_port(wanted: int | None) -> int:
    """Raises Problem where the wanted one is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted or 0))
        except OSError as error:
            raise Problem(f"Port {wanted} is taken; choose another --port, or leave it out.") from error
        port: int = probe.getsockname()[1]
        return port
