"""The order of events under concurrent writers: whoever tails the cursor misses nothing and sees nothing late."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from portico.domains.contacts.events import CONTACT_CREATED
from portico.domains.webhooks.cursor import page_of_events
from portico.kernel.events import emit
from portico.kernel.unit_of_work import session
from tests.support.cast import Cast

WRITERS = 20
TRANSACTIONS = 25

pytestmark = pytest.mark.postgres


class _Undone(Exception):
    """Takes a transaction or a savepoint back."""


def _emit(cast: Cast, name: str) -> str:
    return emit(cast.system(), CONTACT_CREATED, {"id": "con_1", "display_name": name, "version": 1})


def _one_transaction(cast: Cast, chance: random.Random, name: str) -> list[str]:
    """Some events, perhaps a savepoint that is taken back, perhaps all of it; answers what was committed."""
    try:
        with cast.writing():
            made = [_emit(cast, name) for _ in range(chance.randint(1, 3))]
            try:
                with session().begin_nested():
                    kept = _emit(cast, "savepoint")
                    if chance.random() < 0.5:
                        raise _Undone
                made.append(kept)
            except _Undone:
                pass
            if chance.random() < 0.2:
                raise _Undone
            return made
    except _Undone:
        return []


def _write(cast: Cast, number: int, start: threading.Barrier) -> list[str]:
    chance = random.Random(number)
    start.wait()
    return [event_id for turn in range(TRANSACTIONS) for event_id in _one_transaction(cast, chance, f"{number}/{turn}")]


def _tail(cast: Cast, after: str, done: threading.Event) -> list[tuple[int, str]]:
    """Read until the writers are done and nothing more comes."""
    seen: list[tuple[int, str]] = []
    while True:
        was_done = done.is_set()
        with cast.reading():
            page = page_of_events(cast.system(), after, "7")
        seen += [(event["seq"], event["id"]) for event in page["data"]]
        after = page["page"]["next_cursor"]
        if was_done and not page["data"]:
            return seen


def test_a_tailing_reader_misses_no_event_and_sees_none_out_of_order(cast: Cast) -> None:
    """E-G-19."""
    with cast.reading():
        after = page_of_events(cast.system(), "latest")["page"]["next_cursor"]
    start, done = threading.Barrier(WRITERS), threading.Event()
    with ThreadPoolExecutor(WRITERS + 1) as pool:
        reading = pool.submit(_tail, cast, after, done)
        writing = [pool.submit(_write, cast, number, start) for number in range(WRITERS)]
        committed = [event_id for future in writing for event_id in future.result()]
        done.set()
        seen = reading.result()
    seqs = [seq for seq, _ in seen]
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs))), "dense and rising, in the order of reading"
    assert sorted(event_id for _, event_id in seen) == sorted(committed)
    assert len(committed) > WRITERS * TRANSACTIONS
