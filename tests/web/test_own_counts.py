"""Counting calls in the process: windows end by themselves, and old ones do not pile up."""

from portico.web import limits
from portico.web.limits import OwnStorage


def test_a_window_counts_until_it_ends(monkeypatch):
    now = 1_000.0
    monkeypatch.setattr(limits.time, "time", lambda: now)
    storage = OwnStorage()
    assert [storage.incr("a", 60, 10), storage.incr("a", 60, 1), storage.get("a")] == [10, 11, 11]
    assert storage.get_expiry("a") == 1_060.0
    now = 1_060.0
    assert storage.get("a") == 0
    assert storage.incr("a", 60, 3) == 3


def test_callers_who_went_away_are_forgotten(monkeypatch):
    now = 1_000.0
    monkeypatch.setattr(limits.time, "time", lambda: now)
    storage = OwnStorage()
    for number in range(OwnStorage.MOST_KEYS):
        storage.incr(f"caller {number}", 60)
    now = 2_000.0
    storage.incr("somebody", 60)
    assert storage.reset() == 1
