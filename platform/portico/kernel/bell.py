"""The doorbell: after a commit, wake whoever waits for events or jobs. A lost ring costs one poll, never a row.

Redis when it is set, else PostgreSQL NOTIFY in a transaction of its own, else a datagram to the process that
`portico up` runs on loopback.
"""

from __future__ import annotations

import contextlib
import logging
import socket
from collections.abc import Callable

import redis
from sqlalchemy.exc import SQLAlchemyError

from portico.kernel import driver
from portico.kernel.circuit import Circuit
from portico.kernel.db import Database
from portico.settings import Settings

CHANNEL = "portico_bell"
_NOTIFY = f"NOTIFY {CHANNEL}".encode()
log = logging.getLogger("portico.bell")

_ring: Callable[[], None] | None = None


def ring() -> None:
    """Ring once; never fails the caller."""
    if _ring is not None:
        _ring()


def configure(settings: Settings, database: Database) -> None:
    """Choose the carrier."""
    global _ring
    if settings.redis_url:
        _ring = _by_redis(settings.redis_url)
    elif not database.sqlite:
        _ring = _by_postgres(database)
    elif settings.bell_port:
        _ring = _by_datagram(settings.bell_port)
    else:
        _ring = None


def _by_redis(url: str) -> Callable[[], None]:
    client = redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5)
    circuit = Circuit()

    def ring_redis() -> None:
        if not circuit.may_try():
            return
        try:
            client.publish(CHANNEL, b"1")
            circuit.worked()
        except redis.RedisError as error:
            circuit.failed()
            log.warning("The bell could not be rung: %s. The poll will find the work.", type(error).__name__)

    return ring_redis


def _by_postgres(database: Database) -> Callable[[], None]:
    def ring_postgres() -> None:
        try:
            driver.Straight(database.engine, _NOTIFY).close()
        except SQLAlchemyError as error:
            log.warning("The bell could not be rung: %s. The poll will find the work.", type(error).__name__)

    return ring_postgres


def _by_datagram(port: int) -> Callable[[], None]:
    def ring_datagram() -> None:
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            sender.sendto(b"1", ("127.0.0.1", port))

    return ring_datagram
