"""How long `portico_sdk.testing.workspace()` takes to open: first in a process, and later.

The floor of the first one is a process that imports Flask and SQLAlchemy and asks SQLite for a number. Processor time
is what a busy machine does not change.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence

import _support

ROUNDS, TIMES = 5, 20
FLOOR = """
import flask, sqlalchemy
with sqlalchemy.create_engine("sqlite://").connect() as connection:
    connection.exec_driver_sql("SELECT 1")
"""
FIRST = """
from portico_sdk.testing import workspace
with workspace() as ws:
    ws.agent.client.me()
"""
LATER = f"""
import json, time
from portico_sdk.testing import workspace
found = []
for _ in range({TIMES} + 1):
    began = time.perf_counter()
    with workspace() as ws:
        found.append(time.perf_counter() - began)
        ws.agent.client.me()
print(json.dumps(found[1:]))
"""


def _process(source: str, cache: str) -> tuple[float, float, str]:
    """Seconds on the clock and of the processor, and what it printed."""
    environment = {**os.environ, "PORTICO_CACHE_HOME": cache}
    began, before = time.perf_counter(), os.times()
    done = subprocess.run(
        [sys.executable, "-c", source], env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - began, used, done.stdout


def _figures(runs: Sequence[tuple[float, float, str]]) -> dict[str, float]:
    cpu = round(statistics.median(used for _, used, _ in runs) * 1000)
    return {**_support.summary([took for took, _, _ in runs]), "cpu_median_ms": cpu}


def main() -> None:
    about = _support.machine()
    with tempfile.TemporaryDirectory() as cache:
        _process(FLOOR, cache)  # its files are read and compiled
        nothing_kept = [_process(FIRST, f"{cache}/{number}") for number in range(2)][1:]
        _process(FIRST, cache)
        floor, first = [], []
        for _ in range(ROUNDS):
            floor.append(_process(FLOOR, cache))
            first.append(_process(FIRST, cache))
        later = json.loads(_process(LATER, cache)[2])
    ratio = _figures(first)["cpu_median_ms"] / _figures(floor)["cpu_median_ms"]
    _support.report(
        about,
        {
            "goal": "later in a process: under 1,000 ms at the median",
            "later": _support.summary(later),
            "first": _figures(first),
            "first_with_nothing_kept": _figures(nothing_kept),
            "floor": _figures(floor),
            "first_to_floor_cpu": round(ratio, 1),
        },
    )


if __name__ == "__main__":
    main()
