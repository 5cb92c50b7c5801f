"""One curl handle with the guard in its hooks; it serves one request after another."""

from __future__ import annotations

import logging
import os
import socket
import ssl
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import certifi
import pycurl

from portico.kernel import clock
from portico.kernel.outbound.addresses import parsed
from portico.kernel.outbound.faults import fault
from portico.kernel.outbound.messages import Answer, ErrorClass, Request
from portico.kernel.outbound.policy import BLOCKED, EgressPolicy, Target, UrlRefused, parse_target

USER_AGENT = "Portico/1"
HEADER_CAP = 64 * 1024
KEPT_BODY = 16 * 1024
IDLE_S = 60
"""A connection unused for longer is not trusted to be alive."""
LIFETIME_S = 600
"""A connection older than this is not reused, so that a name that moved is followed."""

_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_log = logging.getLogger(__name__)


def _authorities() -> str:
    """The certificate authorities of the system (`SSL_CERT_FILE` names others), or those of certifi."""
    return ssl.get_default_verify_paths().cafile or certifi.where()


class _Socket:
    """A file descriptor for libcurl, which takes a duplicate; ours is closed when libcurl lets go of it.

    A `socket.socket` would be collected unclosed, with a warning at each dial.
    """

    __slots__ = ("_fd",)

    def __init__(self, family: int, kind: int, protocol: int) -> None:
        self._fd = socket.socket(family, kind, protocol).detach()

    def fileno(self) -> int:
        return self._fd

    def __del__(self) -> None:
        os.close(self._fd)


class Transfer:
    """A curl handle and the request it carries at the moment.

    In this order: `begin`, `aim`, let curl run, `answer`. `end` gives an answer without a run.
    """

    def __init__(self, policy: EgressPolicy) -> None:
        self._policy = policy
        self._shape = ("", False)
        self.curl: Any = pycurl.Curl()
        for option, value in _STANDING:
            self.curl.setopt(option, value)
        self.curl.setopt(pycurl.CAINFO, _authorities())
        self.curl.setopt(pycurl.OPENSOCKETFUNCTION, self._open_socket)
        self.curl.setopt(pycurl.PREREQFUNCTION, self._check_peer)
        self.curl.setopt(pycurl.HEADERFUNCTION, self._take_header)
        self.curl.setopt(pycurl.WRITEFUNCTION, self._take_body)

    def begin(self, request: Request) -> Target:
        """Take a request on and start its clock. Raises UrlRefused, also when no address could open the target."""
        self.request = request
        self.token: object = None
        self.started_at: datetime = clock.now()
        self._started = time.monotonic()
        self.dns_ms = 0
        self._vetted: tuple[str, ...] = ()
        self._ready = self._blocked = self._truncated = self._swamped = self._body_begun = False
        self._header_lines: list[bytes] = []
        self._header_size = 0
        self._body = bytearray()
        self.target = parse_target(request.url)
        why = self._policy.refusal_unseen(self.target)
        if why is not None:
            self._block("", why)
            raise UrlRefused(BLOCKED)
        return self.target

    @property
    def elapsed_s(self) -> float:
        return time.monotonic() - self._started

    def aim(self, addresses: Sequence[str]) -> bool:
        """Pin the handle to these addresses; False when one of them is refused.

        One bad answer among several refuses all: a name that points inside and outside is an attack or a
        mistake.
        """
        for address in addresses:
            why = self._policy.refusal(self.target, address)
            if why is not None:
                self._block(address, why)
                return False
        self._vetted = tuple(addresses)
        self._prepare()
        return True

    def _prepare(self) -> None:
        request, target, setopt = self.request, self.target, self.curl.setopt
        setopt(pycurl.URL, request.url)
        setopt(pycurl.RESOLVE, [] if target.literal else [_pin(target, self._vetted)])
        has_body = bool(request.body) or request.method in _WITH_BODY
        if self._shape != (request.method, has_body):
            self._set_shape(request.method, has_body)
        if has_body:
            setopt(pycurl.POSTFIELDS, request.body)
        setopt(pycurl.HTTPHEADER, _header_lines(request))
        setopt(pycurl.CONNECTTIMEOUT_MS, int(request.connect_s * 1000))
        # At least 1: to libcurl 0 means no deadline at all.
        setopt(pycurl.TIMEOUT_MS, max(1, int((request.deadline_s - self.elapsed_s) * 1000)))

    def _set_shape(self, method: str, has_body: bool) -> None:
        self.curl.setopt(pycurl.HTTPGET, 1)  # forgets the body of the request before
        self.curl.setopt(pycurl.NOBODY, 1 if method == "HEAD" else 0)
        if has_body:
            self.curl.setopt(pycurl.POST, 1)
        self.curl.setopt(pycurl.CUSTOMREQUEST, method)
        self._shape = (method, has_body)

    # --- the hooks: libcurl calls them, so they must not raise ---

    def _open_socket(self, purpose: int, dialled: Any) -> _Socket | int:
        """The guard: the concrete address that is being dialled, whatever led to it."""
        if dialled.family not in (socket.AF_INET, socket.AF_INET6):
            return self._refuse("", "not an internet address")
        address = dialled.addr[0]
        why = self._policy.refusal(self.target, address)
        if why is None and parsed(address) not in map(parsed, self._vetted):
            why = "not among the addresses that were checked"
        if why is not None:
            return self._refuse(address, why)
        try:
            return _Socket(dialled.family, dialled.socktype, dialled.protocol)
        except OSError as error:  # no descriptors left, or no such family here
            _log.warning("outbound: no socket for %s: %s", self.target.host, error)
            return int(pycurl.SOCKET_BAD)

    def _refuse(self, address: str, why: str) -> int:
        self._block(address, why)
        return int(pycurl.SOCKET_BAD)

    def _check_peer(self, peer: str, own: str, peer_port: int, own_port: int) -> int:
        """The guard for warm connections, and the end of a transfer of which any dial was refused."""
        # What was judged a moment ago for this request is not judged twice.
        why = None if peer in self._vetted else self._policy.refusal(self.target, peer)
        if why is not None:
            self._block(peer, why)
        self._ready = True
        return int(pycurl.PREREQFUNC_ABORT if self._blocked else pycurl.PREREQFUNC_OK)

    def _take_header(self, line: bytes) -> int:
        if line.startswith(b"HTTP/"):  # an interim answer (1xx) came before
            self._header_lines.clear()
        elif not self._body_begun:  # what follows the body is a trailer, and not ours to trust
            self._header_lines.append(line)
        self._header_size += len(line)
        self._swamped = self._header_size > HEADER_CAP
        return 0 if self._swamped else len(line)

    def _take_body(self, chunk: bytes) -> int:
        self._body_begun = True
        room = self.request.read_cap - len(self._body)
        self._body += chunk[:room]
        self._truncated = len(chunk) > room
        return 0 if self._truncated else len(chunk)

    def _block(self, address: str, why: str) -> None:
        self._blocked = True
        _log.warning(
            "outbound: refused %s://%s:%s at %s: %s; PORTICO_EGRESS_ALLOW opens networks and hosts",
            self.target.scheme,
            self.target.host,
            self.target.port,
            address,
            why,
        )

    # --- what became of it ---

    def answer(self, code: int, message: str) -> Answer:
        """The answer after curl has run; `code` and `message` are libcurl's."""
        if self._blocked:
            return self.end("blocked", BLOCKED)
        status = self.curl.getinfo(pycurl.RESPONSE_CODE)
        connected_us = self.curl.getinfo(pycurl.CONNECT_TIME_T)
        tls_us = self.curl.getinfo(pycurl.APPCONNECT_TIME_T)
        error: ErrorClass | None = None
        detail = ""
        if self._swamped:
            error, detail = "too_large", "The headers of the answer are too large."
        elif code and not self._truncated:
            error, detail = fault(code, message, ready=self._ready, connected=connected_us > 0)
        return Answer(
            status=status if status >= 200 else None,
            headers=_headers(self._header_lines),
            body=bytes(self._body),
            error=error,
            detail=detail,
            dns_ms=self.dns_ms,
            connect_ms=max(connected_us, tls_us) // 1000,
            total_ms=int(self.elapsed_s * 1000),
            started_at=self.started_at,
            truncated=self._truncated,
        )

    def end(self, error: ErrorClass, detail: str) -> Answer:
        """The answer when nothing was heard."""
        if error == "blocked":
            # How long it took to find out says whether the name was known, and from how near.
            return Answer(None, {}, b"", error, detail, 0, 0, 0, self.started_at)
        total_ms = int(self.elapsed_s * 1000)
        return Answer(None, {}, b"", error, detail, self.dns_ms, 0, total_ms, self.started_at)

    def rest(self) -> None:
        """Hold nothing of what was carried, until the next request: a body may be large, and resting handles many."""
        if len(self.request.body) > KEPT_BODY:
            self.curl.setopt(pycurl.POSTFIELDS, b"")
        self.request = _NOTHING
        self._header_lines, self._body = [], bytearray()

    def close(self) -> None:
        self.curl.close()


_NOTHING = Request("GET", "https://nothing.invalid/")


_STANDING: tuple[tuple[int, Any], ...] = (
    (pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS),
    (pycurl.REDIR_PROTOCOLS, 0),
    (pycurl.FOLLOWLOCATION, 0),
    (pycurl.PROXY, ""),
    (pycurl.NOPROXY, "*"),
    (pycurl.NETRC, pycurl.NETRC_IGNORED),
    (pycurl.NOSIGNAL, 1),
    (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1),
    (pycurl.HTTP09_ALLOWED, 0),
    (pycurl.HTTP_CONTENT_DECODING, 0),
    (pycurl.PATH_AS_IS, 1),
    (pycurl.USERAGENT, USER_AGENT),
    (pycurl.SSL_VERIFYPEER, 1),
    (pycurl.SSL_VERIFYHOST, 2),
    (pycurl.SSLVERSION, pycurl.SSLVERSION_TLSv1_2),
    (pycurl.MAXAGE_CONN, IDLE_S),
    (pycurl.MAXLIFETIME_CONN, LIFETIME_S),
)


def _pin(target: Target, addresses: Sequence[str]) -> str:
    """An entry for libcurl's name cache; the plus lets it age there instead of staying for ever."""
    written = ",".join(f"[{address}]" if ":" in address else address for address in addresses)
    return f"+{target.host}:{target.port}:{written}"


def _header_lines(request: Request) -> list[str]:
    # "Name;" is libcurl's spelling for an empty value; "Name:" takes away a header it would add.
    lines = [f"{name}: {value}" if value.strip() else f"{name};" for name, value in request.headers.items()]
    lines.append("Expect:")
    if not any(name.lower() == "content-type" for name in request.headers):
        lines.append("Content-Type:")
    return lines


def _headers(lines: Sequence[bytes]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.decode("latin-1").partition(":")
        if colon:
            key, text = name.strip().lower(), value.strip()
            headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers
