"""The database from which each workspace begins: migrated, with its people; made once and kept for other processes.

It lies in a folder that is named after the code that made it. It is made beside its place and moved there whole, so a
process finds all of it or nothing; of several that make it at once, one keeps its own and the others take that one.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import portico_sdk
from portico_sdk.testing._people import Seeded

DATABASE, PEOPLE = "portico.db", "people.json"
MOST = 4
"""So many are kept: of several clones, or of the last changes in one."""


@dataclass(frozen=True)
class Template:
    """A migrated database with its people, to be copied."""

    file: Path
    people: dict[str, Seeded]


def folder() -> Path:
    """`PORTICO_CACHE_HOME`, else `portico` where the person's programs keep what they can make again."""
    given = os.environ.get("PORTICO_CACHE_HOME")
    if given:
        return Path(given)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "portico"


@cache
def fingerprint() -> str:
    """Of all code that may have a say in what is in the database: names, lengths and times of its files."""
    found = hashlib.sha256()
    for root in _sources():
        for path in sorted(root.rglob("*.py")):
            about = path.stat()
            found.update(f"{path}\0{about.st_size}\0{about.st_mtime_ns}\n".encode())
    return found.hexdigest()[:32]


def _sources() -> Iterator[Path]:
    platform = Path(str(files("portico")))
    yield platform
    yield platform.parents[1] / "migrations"  # in a clone; a wheel has them within
    yield Path(str(files(portico_sdk))) / "testing"


def kept(make: Callable[[Path], dict[str, Seeded]]) -> Template:
    """The template of this code, made by `make` in an empty folder if nobody has made it yet."""
    home = folder() / "testing"
    return _read(home / fingerprint()) or _made(make, home)


def _read(place: Path) -> Template | None:
    try:
        rows = json.loads((place / PEOPLE).read_text(encoding="utf-8"))
    except OSError:  # nobody made it yet, or nothing may be kept there
        return None
    return Template(place / DATABASE, {name: Seeded(**row) for name, row in rows.items()})


def _made(make: Callable[[Path], dict[str, Seeded]], home: Path) -> Template:
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=home))
    except OSError:
        return _for_this_process(make)
    place = home / fingerprint()
    try:
        _write(fresh, make(fresh))
        with suppress(OSError):  # another process was faster, and its folder is not empty
            fresh.rename(place)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    _forget_old(home)
    found = _read(place)
    if found is None:
        raise RuntimeError(f"{place} was made and is gone again; is something emptying {home}?")
    return found


def _write(fresh: Path, people: dict[str, Seeded]) -> None:
    (fresh / PEOPLE).write_text(json.dumps({name: asdict(one) for name, one in people.items()}), encoding="utf-8")
    for name in (DATABASE, PEOPLE):  # on the disk before they have their place, or a crash leaves half of them there
        with (fresh / name).open("rb") as file:
            os.fsync(file.fileno())


def _forget_old(home: Path) -> None:
    """All but the newest. What another process makes at this moment is among those."""
    places = sorted(home.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for place in places[MOST:]:
        shutil.rmtree(place, ignore_errors=True)


def _for_this_process(make: Callable[[Path], dict[str, Seeded]]) -> Template:
    """Where nothing may be kept."""
    fresh = Path(tempfile.mkdtemp(prefix="portico-template-"))
    atexit.register(shutil.rmtree, fresh, ignore_errors=True)
    return Template(fresh / DATABASE, make(fresh))
