"""What the system knows of an open connection, by its file descriptor, which stays libcurl's."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager

_INFO_SIZE = 192
_BYTES_RECEIVED = 128
"""Where `tcpi_bytes_received` stands in Linux's `struct tcp_info`; it only ever grew at its end."""


@contextmanager
def _borrowed(fd: int) -> Iterator[socket.socket]:
    line = socket.socket(fileno=fd)
    try:
        yield line
    finally:
        line.detach()


def own_name(fd: int) -> tuple[str, int] | None:
    """Address and port of our end; None when it is no connection (libcurl has bells of its own)."""
    try:
        with _borrowed(fd) as line:
            found: tuple[str, int] = line.getsockname()[:2]
    except OSError:
        return None
    return found


def received(fd: int) -> int:
    """How many bytes have come since it was opened, TLS and all; 0 where the system does not tell."""
    if not hasattr(socket, "TCP_INFO"):
        return 0
    with _borrowed(fd) as line:
        info = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO_SIZE)
    count: int = struct.unpack_from("Q", info, _BYTES_RECEIVED)[0] if len(info) >= _BYTES_RECEIVED + 8 else 0
    return count
