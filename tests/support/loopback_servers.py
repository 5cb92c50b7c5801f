"""Small real servers on loopback, in threads, that answer as they are told: well, late, too much or never."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came over the wire. `headers` have lower-case names."""

    line: str
    headers: dict[str, str]
    body: bytes


Respond = Callable[[Received], Iterable[bytes]]
"""The raw bytes of the answer, piece by piece; no piece at all closes the connection."""


def answer(status: str = "200 OK", body: bytes = b"", **headers: str) -> list[bytes]:
    """One complete HTTP/1.1 answer; `_` in a header's name stands for `-`."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ["\r\n".join([*lines, "", ""]).encode() + body]


@dataclass
class LoopbackServer:
    """Serves `respond` on `host` until the `with` block ends; counts connections and keeps the requests."""

    respond: Respond = lambda received: answer()
    host: str = "127.0.0.1"
    port: int = 0
    tls: ssl.SSLContext | None = None
    greeting: bytes = b""
    connections: int = 0
    received: list[Received] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self._listener = socket.create_server((self.host, self.port), family=family, backlog=256)
        self.port = self._listener.getsockname()[1]
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

    def url(self, path: str = "/", *, host: str | None = None) -> str:
        named = host or (f"[{self.host}]" if ":" in self.host else self.host)
        return f"{'https' if self.tls else 'http'}://{named}:{self.port}{path}"

    def drop_connections(self) -> None:
        """Close what is open, as a server does with idle keep-alive connections."""
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        self._open.add(connection)
        try:
            if self.tls is not None:
                plain, connection = connection, self.tls.wrap_socket(connection, server_side=True)
                self._open.discard(plain)
                self._open.add(connection)
            connection.sendall(self.greeting)
            for received in _requests(connection):
                self.received.append(received)
                if not self._send(connection, self.respond(received)):
                    return
        except OSError:
            pass  # the client hung up, or refused our certificate
        finally:
            self._open.discard(connection)
            connection.close()

    def _send(self, connection: socket.socket, pieces: Iterable[bytes]) -> bool:
        sent = False
        for piece in pieces:
            connection.sendall(piece)
            sent = True
        return sent


def _requests(connection: socket.socket) -> Iterator[Received]:
    with connection.makefile("rb") as stream:
        while line := stream.readline():
            headers = dict(_header_lines(stream))
            body = stream.read(int(headers.get("content-length", "0")))
            yield Received(line.decode("latin-1").strip(), headers, body)


def _header_lines(stream: Iterable[bytes]) -> Iterator[tuple[str, str]]:
    for raw in stream:
        if raw == b"\r\n":
            return
        name, _, value = raw.decode("latin-1").partition(":")
        yield name.strip().lower(), value.strip()
