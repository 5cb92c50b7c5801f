"""By which rules clocks change: the version of the zone database that this process reckons with."""

from __future__ import annotations

import zoneinfo
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


@cache
def tzdb_version() -> str:
    """Of the system, where it has a database, for that comes first; else of the package."""
    for folder in zoneinfo.TZPATH:
        for name in ("tzdata.zi", "+VERSION"):
            path = Path(folder, name)
            if path.is_file():
                with path.open(encoding="utf-8") as file:
                    return file.readline().removeprefix("# version ").strip()[:40]
    try:
        return f"tzdata {version('tzdata')}"
    except PackageNotFoundError:
        return "unknown"
