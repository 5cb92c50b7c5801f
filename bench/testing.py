"""How long `portico_sdk.testing.workspace()` takes to open: `portico bench testing`.

The first one of a process pays for the imports, the migrations and the routes; the median is of those after it.
"""

from __future__ import annotations

import statistics
import time

_BEGAN = time.perf_counter()

from portico_sdk.testing import workspace  # noqa: E402  the imports are part of the first one

TIMES = 20


def _open() -> float:
    began = time.perf_counter()
    with workspace() as ws:
        took = time.perf_counter() - began
        ws.agent.client.me()
    return took


def main() -> None:
    first = _open()
    rest = [_open() for _ in range(TIMES)]
    print(f"first in a process, imports and migrations included: {time.perf_counter() - _BEGAN - sum(rest):.2f} s")
    print(f"the workspace alone, first: {first:.2f} s")
    print(f"median of {TIMES} after it: {statistics.median(rest) * 1000:.1f} ms, slowest {max(rest) * 1000:.1f} ms")


if __name__ == "__main__":
    main()
