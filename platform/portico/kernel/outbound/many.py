"""Many requests in flight in one thread, on warm connections: libcurl's multi interface on a selector."""

from __future__ import annotations

import selectors
import socket
import time
from collections import deque
from contextlib import suppress
from typing import Any

import pycurl

from portico.kernel.outbound.inside import answered_inside
from portico.kernel.outbound.lines import own_name, received
from portico.kernel.outbound.messages import Answer, Request
from portico.kernel.outbound.policy import BLOCKED, EgressPolicy, UrlRefused
from portico.kernel.outbound.resolver import DNS_S, Lookup, Resolver, system_addresses
from portico.kernel.outbound.transfer import Transfer

CONNECTIONS_KEPT = 512
LOOK_S = 0.2
"""How often it is looked at how much has come, and how old a call is by then."""
RECEIVED_CAP = 1024 * 1024
_HANDLES_KEPT = 512
_WATCHED_FOR = {
    pycurl.POLL_IN: selectors.EVENT_READ,
    pycurl.POLL_OUT: selectors.EVENT_WRITE,
    pycurl.POLL_INOUT: selectors.EVENT_READ | selectors.EVENT_WRITE,
}


class Many:
    """Start requests, collect answers. All of it belongs to one thread; `wake` alone may come from another.

    Connections and TLS sessions are shared by all requests of this object; a warm connection was opened under
    this policy, and its peer is checked again before each request. So a policy is for life: to change it,
    close this object and open another. `close` drops what is in flight without an answer.
    """

    def __init__(self, policy: EgressPolicy, lookup: Lookup = system_addresses) -> None:
        self._policy = policy
        self._selector = selectors.DefaultSelector()
        self._bell, self._ear = socket.socketpair()
        for end in (self._bell, self._ear):
            end.setblocking(False)
        self._selector.register(self._ear, selectors.EVENT_READ)
        self._multi: Any = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_MAXCONNECTS, CONNECTIONS_KEPT)
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._watch)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._set_timer)
        self._watched: set[int] = set()
        self._timer: float | None = None
        self._told: deque[tuple[str, tuple[str, ...]]] = deque()
        self._resolver = Resolver(self._hear, lookup)
        self._waiting: dict[str, list[Transfer]] = {}
        self._running: dict[Any, Transfer] = {}
        self._idle: list[Transfer] = []
        self._done: list[tuple[object, Answer]] = []
        self._woken = False
        self._look_at = 0.0
        self.in_flight = 0
        """Requests started whose answer `poll` has not handed out yet."""

    def start(self, request: Request, token: object) -> None:
        """Begin a request; `poll` hands its answer out together with the token. Never waits."""
        inside = answered_inside(request)
        if inside is not None:
            self.in_flight += 1
            self._done.append((token, inside))
            return
        transfer = self._idle.pop() if self._idle else Transfer(self._policy)
        self.in_flight += 1
        try:
            target = transfer.begin(request)
        except UrlRefused:
            transfer.token = token
            self._finish(transfer, transfer.end("blocked", BLOCKED))
            return
        transfer.token = token
        self._find(transfer, target.host, literal=target.literal)

    def poll(self, timeout_s: float) -> list[tuple[object, Answer]]:
        """Wait until an answer is there, `wake` was called or `timeout_s` have passed; the answers so far."""
        until = time.monotonic() + timeout_s
        while True:
            left = until - time.monotonic()
            self._turn(0.0 if self._done else max(0.0, left))
            if self._done or self._woken or left <= 0:
                break
        done, self._done, self._woken = self._done, [], False
        self.in_flight -= len(done)
        return done

    def wake(self) -> None:
        """End a running or the next `poll`; from any thread."""
        # A full pipe rings already, and after `close` nobody listens.
        with suppress(OSError):
            self._bell.send(b"\0")

    def close(self) -> None:
        for curl in self._running:
            self._multi.remove_handle(curl)
        waiting = [transfer for transfers in self._waiting.values() for transfer in transfers]
        for transfer in [*self._running.values(), *waiting, *self._idle]:
            transfer.close()
        self._multi.close()
        self._running, self._waiting, self._idle, self.in_flight = {}, {}, [], 0
        self._selector.close()
        self._bell.close()
        self._ear.close()

    # --- one turn of the loop ---

    def _turn(self, longest_s: float) -> None:
        for key, events in self._selector.select(self._pause(longest_s)):
            if key.fileobj is self._ear:
                self._answer_bell()
            else:
                self._multi.socket_action(key.fd, _ready_for(events))
        if self._timer is not None and self._timer <= time.monotonic():
            self._timer = None
            self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        self._take_lookups()
        self._give_up_lookups()
        self._collect()
        self._end_floods()

    def _pause(self, longest_s: float) -> float:
        """Seconds that the loop may sleep: until curl's timer or the first lookup that will be given up."""
        moments = [_lookup_ends_in(transfer) for waiting in self._waiting.values() for transfer in waiting]
        if self._timer is not None:
            moments.append(self._timer - time.monotonic())
        return max(0.0, min([longest_s, *moments]))

    def _answer_bell(self) -> None:
        with suppress(BlockingIOError):
            while self._ear.recv(4096):
                self._woken = True

    def _collect(self) -> None:
        more = 1
        while more:
            more, succeeded, failed = self._multi.info_read()
            for curl in succeeded:
                self._collect_one(curl, 0, "")
            for curl, code, message in failed:
                self._collect_one(curl, code, message)

    def _collect_one(self, curl: Any, code: int, message: str) -> None:
        transfer = self._running.pop(curl)
        answer = transfer.answer(code, message)
        self._multi.remove_handle(curl)
        self._finish(transfer, answer)

    def _end_floods(self) -> None:
        """End whoever sends far more than we read. libcurl swallows some of it without a word (extensions of chunks,
        TLS tickets), as fast as it comes, and all others would wait for their turns."""
        now = time.monotonic()
        if now < self._look_at:
            return
        self._look_at = now + LOOK_S
        lasting = {one.line: one for one in self._running.values() if one.line is not None and one.elapsed_s > LOOK_S}
        if not lasting:
            return
        for fd in list(self._watched):
            name = own_name(fd)
            transfer = None if name is None else lasting.get(name)
            if transfer is not None and self._is_flood(transfer, received(fd)):
                del self._running[transfer.curl]
                self._multi.remove_handle(transfer.curl)
                self._finish(transfer, transfer.flooded())

    def _is_flood(self, transfer: Transfer, total: int) -> bool:
        if transfer.received_before is None:
            transfer.received_before = total
        return total - transfer.received_before > RECEIVED_CAP

    def _finish(self, transfer: Transfer, answer: Answer) -> None:
        self._done.append((transfer.token, answer))
        if len(self._idle) < _HANDLES_KEPT:
            transfer.rest()
            self._idle.append(transfer)
        else:
            transfer.close()

    # --- names ---

    def _hear(self, host: str, addresses: tuple[str, ...]) -> None:
        """Called by the resolver's threads."""
        self._told.append((host, addresses))
        self.wake()

    def _take_lookups(self) -> None:
        while self._told:
            host, addresses = self._told.popleft()
            for transfer in self._waiting.pop(host, ()):
                transfer.dns_ms = int(transfer.elapsed_s * 1000)
                self._found(transfer, addresses)

    def _give_up_lookups(self) -> None:
        for host, transfers in list(self._waiting.items()):
            late = [transfer for transfer in transfers if _lookup_ends_in(transfer) <= 0]
            for transfer in late:
                transfers.remove(transfer)
                transfer.dns_ms = int(transfer.elapsed_s * 1000)
                self._finish(transfer, transfer.nameless("The name did not resolve in time."))
            if not transfers:
                del self._waiting[host]

    def _find(self, transfer: Transfer, host: str, *, literal: bool) -> None:
        """The addresses of the target, or of the proxy when those of the target were checked."""
        addresses = (host,) if literal else self._resolver.remembered(host)
        if addresses is not None:
            self._found(transfer, addresses)
            return
        self._waiting.setdefault(host, []).append(transfer)
        self._resolver.ask(host)

    def _found(self, transfer: Transfer, addresses: tuple[str, ...]) -> None:
        if not addresses:
            self._finish(transfer, transfer.nameless("The name did not resolve."))
        elif transfer.proxy is not None:
            transfer.go_through(addresses)
            self._dial(transfer)
        else:
            self._aim(transfer, addresses)

    def _aim(self, transfer: Transfer, addresses: tuple[str, ...]) -> None:
        if not transfer.aim(addresses):
            self._finish(transfer, transfer.end("blocked", BLOCKED))
        elif transfer.proxy is not None:
            self._find(transfer, transfer.proxy.host, literal=transfer.proxy.literal)
        else:
            self._dial(transfer)

    def _dial(self, transfer: Transfer) -> None:
        self._running[transfer.curl] = transfer
        self._multi.add_handle(transfer.curl)

    # --- called by libcurl ---

    def _watch(self, what: int, fd: int, multi: Any, data: Any) -> None:
        if what == pycurl.POLL_REMOVE:
            if fd in self._watched:
                self._watched.remove(fd)
                self._selector.unregister(fd)
        elif fd in self._watched:
            self._selector.modify(fd, _WATCHED_FOR[what])
        else:
            self._watched.add(fd)
            self._selector.register(fd, _WATCHED_FOR[what])

    def _set_timer(self, milliseconds: int) -> None:
        self._timer = None if milliseconds < 0 else time.monotonic() + milliseconds / 1000


def _ready_for(events: int) -> int:
    reading = pycurl.CSELECT_IN if events & selectors.EVENT_READ else 0
    writing = pycurl.CSELECT_OUT if events & selectors.EVENT_WRITE else 0
    return int(reading | writing)


def _lookup_ends_in(transfer: Transfer) -> float:
    return min(DNS_S, transfer.request.deadline_s) - transfer.elapsed_s
