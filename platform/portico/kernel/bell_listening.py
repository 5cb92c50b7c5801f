"""The listening half of the doorbell: a thread that wakes whoever waits for events or jobs.

By the carrier that `bell` rings: Redis when it is set, else LISTEN on a PostgreSQL connection of its own, else
datagrams on loopback. A ring that is lost while it reconnects costs one poll.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable

import psycopg
import redis
from sqlalchemy import make_url

from portico.kernel.bell import CHANNEL, RING
from portico.settings import Settings

TURN_S = 0.5
LARGEST = 8192  # bytes
BACKOFF_FIRST_S, BACKOFF_LONGEST_S = 0.5, 15.0
log = logging.getLogger("portico.bell")

_FAULTS = (redis.RedisError, psycopg.Error, OSError)


class BellListener:
    """Calls `wake` for each ring, and once after each connecting, since rings may have been missed before; `hear` for
    each whisper."""

    def __init__(self, settings: Settings, wake: Callable[[], None], hear: Hear | None = None) -> None:
        self._settings = settings
        self._wake, self._hear = wake, hear
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Listen in the background. Without any carrier there is nothing to hear, and the poll finds the work."""
        listen = _carrier(self._settings)
        if listen is not None:
            self._thread = threading.Thread(target=self._run, args=(listen,), name="bell", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(2 * TURN_S)

    def _take(self, payload: bytes) -> None:
        if payload == RING:
            self._wake()
        elif self._hear is not None:
            self._hear(payload)

    def _run(self, listen: Listen) -> None:
        pause = BACKOFF_FIRST_S
        while not self._stop.is_set():
            try:
                listen(self._settings, self._take, self._stop)
                pause = BACKOFF_FIRST_S
            except _FAULTS as error:
                log.warning("The bell cannot be heard: %s. Polling meanwhile.", type(error).__name__)
                self._stop.wait(pause)
                pause = min(pause * 2, BACKOFF_LONGEST_S)


Hear = Callable[[bytes], None]
Listen = Callable[[Settings, Hear, threading.Event], None]


def _carrier(settings: Settings) -> Listen | None:
    if settings.redis_url:
        return _on_redis
    if not settings.sqlite:
        return _on_postgres
    return _on_datagrams if settings.bell_port else None


def _on_redis(settings: Settings, heard: Hear, stop: threading.Event) -> None:
    client = redis.Redis.from_url(settings.redis_url or "", socket_connect_timeout=2)
    with client.pubsub(ignore_subscribe_messages=True) as channel:  # type: ignore[no-untyped-call]
        channel.subscribe(CHANNEL)
        heard(RING)
        while not stop.is_set():
            message = channel.get_message(timeout=TURN_S)
            if message is not None:
                heard(message["data"])


def _on_postgres(settings: Settings, heard: Hear, stop: threading.Event) -> None:
    url = make_url(settings.database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
        connection.execute(f"LISTEN {CHANNEL}")
        heard(RING)
        while not stop.is_set():
            for notice in connection.notifies(timeout=TURN_S, stop_after=1):
                heard(notice.payload.encode())


def _on_datagrams(settings: Settings, heard: Hear, stop: threading.Event) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind(("127.0.0.1", settings.bell_port))
        ear.settimeout(TURN_S)
        heard(RING)
        while not stop.is_set():
            try:
                payload = ear.recv(LARGEST)
            except TimeoutError:
                continue
            heard(payload)
