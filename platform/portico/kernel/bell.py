"""The doorbell: after a commit, wake whoever waits for events or jobs. A lost ring costs one poll, never a row.
Whispers (`kernel/whispers.py`) travel the same way.

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
RING = b"1"
log = logging.getLogger("portico.bell")

Carrier = Callable[[bytes], None]
_carrier: Carrier | None = None


def ring() -> None:
    """Ring once; never fails the caller."""
    carry(RING)


def carry(payload: bytes) -> None:
    """Bring these bytes to every listener that is there; never fails the caller."""
    if _carrier is not None:
        _carrier(payload)


def configure(settings: Settings, database: Database) -> None:
    """Choose the carrier."""
    global _carrier
    if settings.redis_url:
        _carrier = _by_redis(settings.redis_url)
    elif not database.sqlite:
        _carrier = _by_postgres(database)
    elif settings.bell_port:
        _carrier = _by_datagram(settings.bell_port)
    else:
        _carrier = None


def _by_redis(url: str) -> Carrier:
    client = redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5)
    circuit = Circuit()

    def by_redis(payload: bytes) -> None:
        if not circuit.may_try():
            return
        try:
            client.publish(CHANNEL, payload)
            circuit.worked()
        except redis.RedisError as error:
            circuit.failed()
            log.warning("The bell could not be rung: %s. The poll will find the work.", type(error).__name__)

    return by_redis


def _by_postgres(database: Database) -> Carrier:
    def by_postgres(payload: bytes) -> None:
        quoted = payload.replace(b"'", b"''")
        try:
            driver.Straight(database.engine, b"NOTIFY %s, '%s'" % (CHANNEL.encode(), quoted)).close()
        except SQLAlchemyError as error:
            log.warning("The bell could not be rung: %s. The poll will find the work.", type(error).__name__)

    return by_postgres


def _by_datagram(port: int) -> Carrier:
    def by_datagram(payload: bytes) -> None:
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            sender.sendto(payload, ("127.0.0.1", port))

    return by_datagram
