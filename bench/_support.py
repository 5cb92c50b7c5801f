"""What the benches share: the machine they ran on, statistics, the JSON they print."""

from __future__ import annotations

import json
import os
import platform
import shlex
import shutil
import statistics
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # for tests.support, which starts and stops real processes

LIBRARIES = ("flask", "granian", "sqlalchemy", "psycopg", "orjson", "marshmallow")


def machine() -> dict[str, Any]:
    """Where this ran, and how busy it was with other things."""
    return {
        "system": platform.platform(),
        "cpus": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
    }


def command() -> str:
    return shlex.join(["python", str(Path(sys.argv[0]).resolve().relative_to(ROOT)), *sys.argv[1:]])


def can_pin() -> bool:
    """Whether server and client can have a core each."""
    return (os.cpu_count() or 1) > 1 and shutil.which("taskset") is not None


def say(text: str) -> None:
    """Progress, beside the JSON."""
    print(text, file=sys.stderr, flush=True)


def report(about: Mapping[str, Any], figures: Mapping[str, Any]) -> None:
    print(json.dumps({"command": command(), "machine": about, **figures}, indent=2))


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of the values does not exceed (nearest rank)."""
    return sorted(values)[max(0, -(-int(share * 100) * len(values) // 100) - 1)]


def summary(seconds: Sequence[float]) -> dict[str, float]:
    """Milliseconds."""
    return {
        "median_ms": round(statistics.median(seconds) * 1000, 1),
        "p95_ms": round(percentile(seconds, 0.95) * 1000, 1),
        "longest_ms": round(max(seconds) * 1000, 1),
    }


def cpu_seconds(group: int) -> float:
    """Processor time, user and system, of all processes of a process group so far."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        if int(fields[2]) == group:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
