"""The doorbell, rung by one process's bell and heard by another's listener, over each real carrier."""

from __future__ import annotations

import socket
import threading
from dataclasses import replace

import pytest

from portico.kernel import bell, db, whispers
from portico.kernel.bell_listening import BellListener
from portico.kernel.whispers import Whisper
from portico.settings import Settings
from tests.support.databases import REDIS
from tests.support.loopback_servers import LoopbackServer
from tests.support.waiting import until


def _is_heard(settings: Settings, database: db.Database) -> None:
    """Wakes once when it connects, and again for each ring; a whisper arrives as it is."""
    woken = threading.Event()
    bell.configure(settings, database)
    heard: list[bytes] = []
    listener = BellListener(settings, woken.set, heard.append)
    listener.start()
    try:
        until(woken.is_set, what="it listens")
        woken.clear()
        bell.ring()
        until(woken.is_set, what="it heard the ring")
        whispers.say(Whisper("wsp_1", "here", resource=("ticket", "tkt_1"), state="it's"))
        until(lambda: heard, what="it heard the whisper")
        assert whispers.read(heard[0]) == Whisper("wsp_1", "here", resource=("ticket", "tkt_1"), state="it's")
    finally:
        listener.stop()


def test_a_datagram_is_heard(database: db.Database, settings: Settings) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    _is_heard(replace(settings, bell_port=port), database)


@pytest.mark.postgres
def test_a_notification_of_postgresql_is_heard(database: db.Database, settings: Settings) -> None:
    _is_heard(settings, database)


@pytest.mark.redis
def test_a_message_of_redis_is_heard(database: db.Database, settings: Settings) -> None:
    _is_heard(replace(settings, redis_url=REDIS), database)


def test_without_a_carrier_nothing_listens_and_nothing_breaks(database: db.Database, settings: Settings) -> None:
    listener = BellListener(settings, lambda: None)
    listener.start()
    listener.stop()


def test_a_carrier_that_is_gone_is_tried_again_quietly(database: db.Database, settings: Settings) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        woken = threading.Event()
        listener = BellListener(replace(settings, bell_port=taken.getsockname()[1]), woken.set)
        listener.start()
    until(woken.is_set, what="it listens once the port is free")
    listener.stop()


def test_who_rings_at_a_redis_that_hangs_waits_for_it_once(database: db.Database, settings: Settings) -> None:
    with LoopbackServer() as silent:
        bell.configure(replace(settings, redis_url=f"redis://127.0.0.1:{silent.port}/0"), database)
        for _ in range(6):
            bell.ring()
        assert silent.connections == 1
