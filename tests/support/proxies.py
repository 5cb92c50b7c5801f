"""Forward proxies on loopback: they say what they are told, or lead every request to one server of the test."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self


@dataclass
class LoopbackProxy:
    """Takes CONNECT, or SOCKS5 (RFC 1928). `leads_to`: the port on loopback behind each tunnel; 0, nowhere.

    `says`: what it answers instead of opening a tunnel: an HTTP head, or a SOCKS5 reply code. `heard`: the heads, or
    the addresses, that it was asked for. `silent`: it takes connections and answers nothing.
    """

    leads_to: int = 0
    socks: bool = False
    says: bytes = b""
    silent: bool = False
    host: str = "127.0.0.1"
    port: int = 0
    connections: int = 0
    heard: list[str] = field(default_factory=list)
    credentials: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._listener = socket.create_server((self.host, self.port))
        self.port = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in list(self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in list(self._threads):
            thread.join(10)

    def url(self, credentials: str = "") -> str:
        return f"{'socks5' if self.socks else 'http'}://{credentials}{self.host}:{self.port}"

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._spawn(self._serve, client)

    def _spawn(self, work: object, *sockets: socket.socket) -> None:
        thread = threading.Thread(target=work, args=sockets, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        self._open += sockets
        thread.start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            if self.silent:
                client.recv(1 << 16)
                client.recv(1 << 16)
            elif self._opens_tunnel(client):
                with socket.create_connection(("127.0.0.1", self.leads_to)) as server:
                    self._spawn(self._pass_on, server, client)
                    self._pass_on(client, server)

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while chunk := source.recv(1 << 16):
                sink.sendall(chunk)
            sink.shutdown(socket.SHUT_RDWR)

    def _opens_tunnel(self, client: socket.socket) -> bool:
        return self._socks(client) if self.socks else self._connect(client)

    def _connect(self, client: socket.socket) -> bool:
        head = b""
        while b"\r\n\r\n" not in head:
            head += client.recv(1 << 16)
        self.heard.append(head.decode("latin-1"))
        client.sendall(self.says or b"HTTP/1.1 200 Connection established\r\nX-Proxy: 1\r\n\r\n")
        return not self.says

    def _socks(self, client: socket.socket) -> bool:
        offered = client.recv(1 << 16)
        if 2 in offered[2:]:  # RFC 1929
            client.sendall(b"\x05\x02")
            self.credentials.append(client.recv(1 << 16).decode("latin-1"))
            client.sendall(b"\x01\x00")
        else:
            client.sendall(b"\x05\x00")
        asked = client.recv(1 << 16)
        kind, address, port = asked[3], asked[4:-2], int.from_bytes(asked[-2:], "big")
        family = {1: socket.AF_INET, 4: socket.AF_INET6}.get(kind)
        self.heard.append(f"{socket.inet_ntop(family, address) if family else address.decode()}:{port}")
        client.sendall(b"\x05" + (self.says or b"\x00") + b"\x00\x01" + bytes(6))
        return not self.says
