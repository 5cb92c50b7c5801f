"""The order in which the files of the slow tier begin: no long one is left for the end, when the other process has
nothing to do beside it. Derived from what each test says of itself; nothing is remembered from run to run."""

from __future__ import annotations

from collections import defaultdict

import pytest

# Those that wait for processes to start and end stand before those that keep the processor busy all the time.
KINDS = ("fault", "slow", "browser")


def by_file(items: list[pytest.Item]) -> list[pytest.Item]:
    """Files with a longer limit first, then by kind, then those with more tests; those of the fast tier stay as they
    are."""
    files: defaultdict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        files[item.nodeid.split("::", 1)[0]].append(item)
    return [item for file in sorted(files.values(), key=_weight) for item in file]


def _weight(file: list[pytest.Item]) -> tuple[float, int, int]:
    slow = [item for item in file if any(map(item.get_closest_marker, KINDS))]
    if not slow:
        return (0, len(KINDS), 0)
    limits = [float(marker.args[0]) for item in slow if (marker := item.get_closest_marker("timeout"))]
    kind = min(KINDS.index(name) for item in slow for name in KINDS if item.get_closest_marker(name))
    return (-max(limits, default=0), kind, -len(slow))
