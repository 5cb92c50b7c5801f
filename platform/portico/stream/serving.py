"""The server of the streams: granian within a loop of its own, on a thread, so that the process keeps its signals."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.embed import Server

from portico.settings import Settings
from portico.stream import hub as hubs
from portico.stream.asgi import StreamApp
from portico.stream.hub import Hub
from portico.stream.pace import Pace

BACKLOG = 2048
BUFFERED_BYTES = 64 * 1024
FAREWELL_S = 3.0
log = logging.getLogger("portico.stream")


def address(here: Settings) -> tuple[str, int]:
    """Where `streams_url` says."""
    parts = urlsplit(here.streams_url)
    return socket.gethostbyname(parts.hostname or "127.0.0.1"), parts.port or 80


class StreamServer:
    """`start` it, `wake` it when the bell rings, let it `hear` whispers, `stop` it.

    `failed` is called when it ends without being asked to.
    """

    def __init__(
        self,
        here: Settings,
        host: str,
        port: int,
        *,
        failed: Callable[[], None],
        about: Callable[[], dict[str, str]] = dict,
        pace: Pace | None = None,
    ) -> None:
        self._here, self._host, self._port = here, host, port
        self._failed, self._about, self._pace = failed, about, pace or Pace()
        self._hub: Hub | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._guarded, name="stream", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        if self._hub is not None:
            self._hub.ring()

    def hear(self, whisper: bytes) -> None:
        """What the bell carried besides rings, for the pages that are open."""
        if self._hub is not None:
            self._hub.hear(whisper)

    def request_stop(self) -> None:
        """Tell the listeners to come back, and end. From any thread, and without waiting for it."""
        if self._loop is not None and self._stopping is not None:
            with suppress(RuntimeError):  # the loop is closed: it ended already
                self._loop.call_soon_threadsafe(self._stopping.set)

    def stop(self) -> None:
        """The same, and wait for it: seconds."""
        self.request_stop()
        self._thread.join(2 * FAREWELL_S)

    def _guarded(self) -> None:
        try:
            asyncio.run(self._run())
        except Exception:  # the edge: half a process would look alive, so all of it ends and is started again
            log.exception("the streams failed")
            self._failed()

    async def _run(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        self._hub = Hub(self._here.limits_factor, self._pace)
        app = StreamApp(self._here, self._hub, self._about)
        server = self._server(app)
        following = asyncio.create_task(self._hub.run())
        serving = asyncio.create_task(server.serve())
        asked = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({following, serving, asked}, return_when=asyncio.FIRST_COMPLETED)
        self._hub.close()
        app.relay.close()
        await self._hub.farewell(FAREWELL_S)
        server.stop()  # type: ignore[no-untyped-call]
        await asyncio.gather(following, serving)
        await self._hub.end()
        if not asked.done():
            raise RuntimeError("The server of the streams ended by itself.")

    def _server(self, app: StreamApp) -> Server:
        return Server(
            app,
            address=self._host,
            port=self._port,
            interface=Interfaces.ASGI,
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(max_buffer_size=BUFFERED_BYTES),
            websockets=False,
            backlog=BACKLOG,
            backpressure=2 * hubs.MOST,
            log_access=False,
            log_level=LogLevels.error,
        )
