"""A receiver of webhooks in a process of its own, as cheap as it can be: it counts, and remembers when what came.

python bench/_sink.py PORT [CERTIFICATE_AND_KEY]
`POST /…` is answered at once, below `/hang` never. `GET /-/count` says how many came, `GET /-/seen` what (path,
`webhook-id`, seconds since 1970 in the order of arrival), `GET /-/forget` begins anew.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import time

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
END = b"\r\n\r\n"
seen: list[tuple[bytes, bytes, float]] = []


def _control(path: bytes) -> bytes:
    if path == b"/-/forget":
        seen.clear()
    found = [[one.decode(), two.decode(), at] for one, two, at in seen] if path == b"/-/seen" else len(seen)
    body = json.dumps(found).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


def _field(head: bytes, name: bytes) -> bytes:
    start = head.lower().find(b"\r\n" + name + b":")
    if start < 0:
        return b""
    start += len(name) + 3
    end = head.find(b"\r\n", start)
    return head[start : end if end >= 0 else None].strip()


class Receiver(asyncio.Protocol):
    def __init__(self) -> None:
        self._had = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._had += data
        while True:
            end = self._had.find(END)
            if end < 0:
                return
            head = self._had[:end]
            whole = end + len(END) + int(_field(head, b"content-length") or 0)
            if len(self._had) < whole:
                return
            self._had = self._had[whole:]
            self._take(head)

    def _take(self, head: bytes) -> None:
        path = head.split(b" ", 2)[1]
        if path.startswith(b"/-/"):
            self._transport.write(_control(path))
            return
        seen.append((path, _field(head, b"webhook-id"), time.time()))
        if not path.startswith(b"/hang"):
            self._transport.write(ANSWER)


async def main() -> None:
    tls = None
    if len(sys.argv) > 2:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(sys.argv[2])
    server = await asyncio.get_running_loop().create_server(
        Receiver, "127.0.0.1", int(sys.argv[1]), ssl=tls, backlog=4096
    )
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
