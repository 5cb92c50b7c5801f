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
from portico.kernel.outbound.faults import PROXY_FAILED, TOO_LARGE, fault, proxy_fault
from portico.kernel.outbound.messages import Answer, ErrorClass, Request
from portico.kernel.outbound.policy import BLOCKED, EgressPolicy, Target, UrlRefused, parse_target
from portico.kernel.outbound.proxy import Proxy

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

    In this order: `begin`, `aim`, with a `proxy` then `go_through`, let curl run, `answer`. `end` and `nameless` give
    an answer without a run.
    """

    def __init__(self, policy: EgressPolicy) -> None:
        self._policy = policy
        self._shape = ("", False)
        self.curl: Any = pycurl.Curl()
        for option, value in _STANDING:
            self.curl.setopt(option, value)
        self.curl.setopt(pycurl.CAINFO, _authorities())
        if policy.proxy is not None:
            self._introduce(policy.proxy)
        self.curl.setopt(pycurl.OPENSOCKETFUNCTION, self._open_socket)
        self.curl.setopt(pycurl.PREREQFUNCTION, self._check_peer)
        self.curl.setopt(pycurl.HEADERFUNCTION, self._take_header)
        self.curl.setopt(pycurl.WRITEFUNCTION, self._take_body)

    def _introduce(self, proxy: Proxy) -> None:
        self.curl.setopt(pycurl.HTTPPROXYTUNNEL, 1)
        if proxy.user:
            self.curl.setopt(pycurl.PROXYUSERNAME, proxy.user)
            self.curl.setopt(pycurl.PROXYPASSWORD, proxy.password)

    def begin(self, request: Request) -> Target:
        """Take a request on and start its clock. Raises UrlRefused, also when no address could open the target."""
        self.request = request
        self.token: object = None
        self.started_at: datetime = clock.now()
        self._started = time.monotonic()
        self.dns_ms = 0
        self._vetted: tuple[str, ...] = ()
        self._dialled: tuple[str, ...] = ()
        self.proxy: Proxy | None = None
        self._ready = self._blocked = self._truncated = self._swamped = self._body_begun = False
        self.line: tuple[str, int] | None = None
        """Our end of the connection, once the request is on its way."""
        self.received_before: int | None = None
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
        """Pin the handle to these addresses, or hold them for `go_through`; False when one of them is refused.

        One bad answer among several refuses all: a name that points inside and outside is an attack or a
        mistake.
        """
        for address in addresses:
            why = self._policy.refusal(self.target, address)
            if why is not None:
                self._block(address, why)
                return False
        self._vetted = tuple(addresses)
        self.proxy = self._policy.proxy_for(self.target, addresses)
        if self.proxy is None:
            self._dialled = self._vetted
            self._prepare([] if self.target.literal else [_pin(self.target.host, self.target.port, addresses)])
        return True

    def go_through(self, addresses: Sequence[str]) -> None:
        """Pin the handle to the proxy's addresses; it will be asked for one that was checked."""
        if self.proxy is not None:
            self._dialled = tuple(addresses)
            self._prepare([] if self.proxy.literal else [_pin(self.proxy.host, self.proxy.port, addresses)])

    def _prepare(self, pins: list[str]) -> None:
        request, setopt = self.request, self.curl.setopt
        setopt(pycurl.URL, request.url)
        setopt(pycurl.RESOLVE, pins)
        if self._policy.proxy is not None:
            self._choose_way()
        has_body = bool(request.body) or request.method in _WITH_BODY
        if self._shape != (request.method, has_body):
            self._set_shape(request.method, has_body)
        if has_body:
            setopt(pycurl.POSTFIELDS, request.body)
        setopt(pycurl.HTTPHEADER, _header_lines(request))
        setopt(pycurl.CONNECTTIMEOUT_MS, int(request.connect_s * 1000))
        # At least 1: to libcurl 0 means no deadline at all.
        setopt(pycurl.TIMEOUT_MS, max(1, int((request.deadline_s - self.elapsed_s) * 1000)))

    def _choose_way(self) -> None:
        proxy, setopt = self.proxy, self.curl.setopt
        setopt(pycurl.PROXY, proxy.url if proxy else "")
        setopt(pycurl.NOPROXY, "" if proxy else "*")
        # Without this the proxy would be asked for the name, and could be led elsewhere by it.
        # An empty list would leave the one before in force.
        setopt(pycurl.CONNECT_TO, [f"::{_asked_for(self._vetted)}:{self.target.port}" if proxy else _AS_IT_STANDS])

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
        # The proxy is the operator's and may stand inside; it passes by being the proxy.
        why = None if self.proxy else self._policy.refusal(self.target, address)
        if why is None and parsed(address) not in map(parsed, self._dialled):
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
        why = None if peer in self._dialled else self._doubt(peer)
        if why is not None:
            self._block(peer, why)
        self._ready = True
        self.line = (own, own_port)
        return int(pycurl.PREREQFUNC_ABORT if self._blocked else pycurl.PREREQFUNC_OK)

    def _doubt(self, peer: str) -> str | None:
        return "not the proxy" if self.proxy else self._policy.refusal(self.target, peer)

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
            error, detail = "too_large", "The answer is too large around its body."
        elif code and not self._truncated:
            error, detail = self._fault(code, message, connected=connected_us > 0)
        return Answer(
            status=status if status >= 200 else None,
            # Before the tunnel stood, what came was the proxy's.
            headers=_headers(self._header_lines) if self._ready else {},
            body=bytes(self._body),
            error=error,
            detail=detail,
            dns_ms=self.dns_ms,
            connect_ms=max(connected_us, tls_us) // 1000,
            total_ms=int(self.elapsed_s * 1000),
            started_at=self.started_at,
            truncated=self._truncated,
        )

    def _fault(self, code: int, message: str, *, connected: bool) -> tuple[ErrorClass, str]:
        if self.proxy is not None and not self._ready:
            status = self.curl.getinfo(pycurl.HTTP_CONNECTCODE) if self.proxy.scheme == "http" else None
            reply = self.curl.getinfo(pycurl.PROXY_ERROR)
            found = proxy_fault(code, connected=connected, connect_status=status, reply=reply)
            if found is not None:
                return found
        return fault(code, message, ready=self._ready, connected=connected)

    def flooded(self) -> Answer:
        """The answer when far more came than libcurl gave us."""
        self._swamped = True
        return self.answer(TOO_LARGE, "")

    def nameless(self, detail: str) -> Answer:
        """The answer when the name that was looked up last, the target's or the proxy's, brought no address."""
        return self.end("dns", detail) if self.proxy is None else self.end("proxy_error", PROXY_FAILED)

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
_AS_IT_STANDS = "nothing.invalid:1:nothing.invalid:1"


_STANDING: tuple[tuple[int, Any], ...] = (
    (pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS),
    (pycurl.REDIR_PROTOCOLS, 0),
    (pycurl.FOLLOWLOCATION, 0),
    (pycurl.HEADEROPT, pycurl.HEADER_SEPARATE),  # what is for the receiver is not for a proxy
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


def _pin(host: str, port: int, addresses: Sequence[str]) -> str:
    """An entry for libcurl's name cache; the plus lets it age there instead of staying for ever."""
    return f"+{host}:{port}:{','.join(map(_written, addresses))}"


def _written(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _asked_for(addresses: Sequence[str]) -> str:
    """The one address that a proxy is asked for: of IPv4 if there is one, which every proxy can reach."""
    return _written(next((address for address in addresses if ":" not in address), addresses[0]))


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
