"""Receivers that mean no good, on real sockets. Each is a function that is left alone with one connection."""

from __future__ import annotations

import gzip
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Self

Behave = Callable[[socket.socket, threading.Event], None]

OK = b"HTTP/1.1 200 OK\r\n"
BIT_S = 0.05
CHUNK = b"x" * 65536
BOMB = gzip.compress(bytes(1 << 25))
"""A thousand times smaller than what it becomes; one after the other they are one (RFC 1952 section 2.2)."""


@dataclass
class NastyServer:
    """Lets `behave` have each connection in a thread of its own, until the `with` block ends."""

    behave: Behave
    receive_buffer: int = 0
    connections: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._listener = socket.socket()
        if self.receive_buffer:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.receive_buffer)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(256)
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)

    def url(self, path: str = "/", scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.port}{path}"

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.add(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            self.behave(connection, self.stopping)
        self._open.discard(connection)


def heard(connection: socket.socket) -> None:
    """Read the head of the request; its body stays where it is."""
    head = b""
    while b"\r\n\r\n" not in head:
        chunk = connection.recv(65536)
        if not chunk:
            raise ConnectionError
        head += chunk


def says(*pieces: bytes) -> Behave:
    """These, and then nothing more, but the line stays open."""

    def behave(connection: socket.socket, stopping: threading.Event) -> None:
        heard(connection)
        for piece in pieces:
            connection.sendall(piece)
        stopping.wait(60)

    return behave


def drips(first: bytes, bit: bytes) -> Behave:
    """A little at a time, for ever."""

    def behave(connection: socket.socket, stopping: threading.Event) -> None:
        heard(connection)
        connection.sendall(first)
        while not stopping.wait(BIT_S):
            connection.sendall(bit)

    return behave


def pours(first: bytes, more: bytes) -> Behave:
    """As much as the line takes, for ever."""

    def behave(connection: socket.socket, stopping: threading.Event) -> None:
        heard(connection)
        connection.sendall(first)
        while not stopping.is_set():
            connection.sendall(more)

    return behave


def resets(connection: socket.socket, stopping: threading.Event) -> None:
    """In the middle of the body, without a goodbye."""
    heard(connection)
    connection.sendall(OK + b"Content-Length: 1000\r\n\r\nabc")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def closes(connection: socket.socket, stopping: threading.Event) -> None:
    heard(connection)


def answers_early(connection: socket.socket, stopping: threading.Event) -> None:
    """Before the request has ended, of which it reads no more."""
    heard(connection)
    connection.sendall(OK + b"Content-Length: 2\r\n\r\nok")
    stopping.wait(60)


def refuses_early(connection: socket.socket, stopping: threading.Event) -> None:
    heard(connection)
    connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")
    stopping.wait(60)


def shakes_hands_for_ever(connection: socket.socket, stopping: threading.Event) -> None:
    """A TLS record whose end never comes."""
    connection.recv(65536)
    connection.sendall(b"\x16\x03\x03\x40\x00")
    while not stopping.wait(BIT_S):
        connection.sendall(b"\x00")


NASTY: dict[str, Behave] = {
    "is silent": says(),
    "drips its status line": drips(b"HTTP/1.1 200 ", b"O"),
    "drips headers": drips(OK, b"X-A: 1\r\n"),
    "drips its body": drips(OK + b"Content-Length: 5000000000\r\n\r\n", b"x"),
    "drips chunks": drips(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "drips trailers": drips(OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X-A: 1\r\n"),
    "drips interim answers": drips(b"", b"HTTP/1.1 103 Early\r\n\r\n"),
    "pours its body": pours(OK + b"Content-Length: 5000000000\r\n\r\n", CHUNK),
    "pours a body of no length": pours(OK + b"\r\n", CHUNK),
    "pours chunks": pours(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + CHUNK + b"\r\n"),
    "pours an extension of a chunk": pours(OK + b"Transfer-Encoding: chunked\r\n\r\n1;", CHUNK),
    "pours trailers": pours(OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X-A: 1\r\n" * 1000),
    "pours interim answers": pours(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
    "pours headers": pours(OK, b"X-A: 1\r\n" * 10_000),
    "pours one header": pours(OK + b"X-A: ", CHUNK),
    "pours its status line": pours(b"HTTP/1.1 200 ", CHUNK),
    "pours what is no HTTP": pours(b"hello\r\n", CHUNK),
    "pours after 204": pours(b"HTTP/1.1 204 No Content\r\n\r\n", CHUNK),
    "is a bomb": pours(OK + b"Content-Encoding: gzip\r\nContent-Length: 5000000000\r\n\r\n", BOMB),
    "switches protocols": says(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nxx"),
    "has two lengths": says(OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc"),
    "has a length below nothing": says(OK + b"Content-Length: -1\r\n\r\nabc"),
    "has no number where a chunk begins": says(OK + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n"),
    "has a chunk of a size beyond numbers": says(OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 40 + b"\r\n"),
    "resets": resets,
    "closes": closes,
}
"""By what they do. None of them reads the body of what it is sent, which is small here."""


@contextmanager
def apart(names: Iterable[str]) -> Iterator[dict[str, str]]:
    """The addresses of those of `NASTY`, by name, in a process of their own: what they cost is not the caller's."""
    here, there = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_serve_until_told, args=(there, list(names)), daemon=True)
    process.start()
    try:
        yield here.recv()
    finally:
        process.kill()
        process.join()


def _serve_until_told(told: Connection, names: list[str]) -> None:
    with ExitStack() as stack:
        told.send({name: stack.enter_context(NastyServer(NASTY[name])).url() for name in names})
        told.recv()
