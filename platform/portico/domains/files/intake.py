"""From an upload to bytes in the store, before any unit of work is open: reading, drawing and storing take their time,
and nobody's write waits for it. What comes of it has no row yet; without one it is swept."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import IO

from portico.domains.files import kinds
from portico.domains.files.errors import FileTooLarge, ImageUnreadable
from portico.kernel import blobs
from portico.kernel.blobs import Blob
from portico.kernel.errors import Unavailable, invalid
from portico.kernel.text import N_, clean_name
from portico.settings import current

_DRAWER = Path(__file__).with_name("reencoding.py")
_MOVES = 4
_AGAIN = {"Retry-After": "10"}
_drawing = BoundedSemaphore(2)
"""A drawer may take a gigabyte of memory and a core."""
_PATIENCE = 5.0
"""Seconds that an upload waits for a drawer: who sends slow pictures does not take every thread of the server."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What is in the store of an upload."""

    name: str
    type: str
    whole: Blob
    small: Blob | None = None
    width: int | None = None
    height: int | None = None


def take_in(workspace_id: str, name: str, content: IO[bytes], *, square: int | None = None) -> Taken:
    """Store an upload; with `square`, the middle of a picture at that size.

    Raises Invalid for a missing name or nothing in it, FileTooLarge, FileTypeRefused, FileTypeMismatch,
    ImageUnreadable, and Unavailable while too many pictures are drawn.
    """
    name = _name(name)
    most = current().upload_bytes
    try:
        with blobs.spooled(content, most) as file:
            return _stored(workspace_id, name, file, square)
    except blobs.TooLong:
        mib = most / 1024**2
        raise FileTooLarge(f"A file has at most {mib:g} MiB here.", extra={"limit_bytes": most}) from None


def _name(name: str) -> str:
    """The last part of what may come as a path, short enough for every file system."""
    name = clean_name(name.replace("\\", "/").rpartition("/")[2]).strip(". ")
    if not name:
        raise invalid("/file", "required", N_("The file needs a name."))
    while len(name.encode()) > 200:
        stem, dot, ending = name.rpartition(".")
        name = f"{stem[:-1]}{dot}{ending}" if stem and len(ending) < 20 else name[:-1]
    return name


def _stored(workspace_id: str, name: str, file: IO[bytes], square: int | None) -> Taken:
    head = file.read(kinds.HEAD_BYTES)
    if not head:
        raise invalid("/file", "empty", N_("The file is empty."))
    kind = kinds.kind_of(head, name)
    if kind not in kinds.PICTURES:
        if square is not None:
            raise ImageUnreadable(N_("Choose a picture: JPEG, PNG, WebP or GIF."))
        return Taken(name, kind, blobs.store().put(workspace_id, file))
    with tempfile.TemporaryDirectory(prefix="portico-picture-") as folder:
        about = _drawn(Path(file.name), Path(folder), square)
        if about is None:
            return Taken(name, kind, blobs.store().put(workspace_id, file))
        with _opened(folder, "whole") as whole, _opened(folder, "small") as small:
            put = blobs.store().put
            ours = _renamed(name, kind, about["type"])
            return Taken(ours, about["type"], put(workspace_id, whole), put(workspace_id, small), *_sides(about))


def _sides(about: dict[str, str]) -> tuple[int, int]:
    return int(about["width"]), int(about["height"])


@contextmanager
def _opened(folder: str, name: str) -> Iterator[IO[bytes]]:
    with Path(folder, name).open("rb") as file:
        yield file


def _renamed(name: str, was: str, is_now: str) -> str:
    """A still GIF became a PNG, and is called one."""
    return name if was == is_now else f"{Path(name).stem}.{is_now.partition('/')[2]}"


@contextmanager
def _a_drawer() -> Iterator[None]:
    if not _drawing.acquire(timeout=_PATIENCE):
        raise Unavailable(N_("Too many pictures are drawn at this moment; try again shortly."), headers=_AGAIN)
    try:
        yield
    finally:
        _drawing.release()


def _drawn(source: Path, folder: Path, square: int | None) -> dict[str, str] | None:
    """What the drawer says of the picture; None for one that moves, which stays as it came and is a download."""
    sides = [] if square is None else [str(square)]
    with _a_drawer():
        try:
            done = subprocess.run(
                [sys.executable, "-I", str(_DRAWER), str(source), str(folder), *sides],
                capture_output=True,
                timeout=30,
                check=False,
                env={name: os.environ[name] for name in ("SYSTEMROOT", "PATH") if name in os.environ},
            )
        except subprocess.TimeoutExpired:
            raise ImageUnreadable from None
    if done.returncode == _MOVES:
        return None
    if done.returncode:
        raise ImageUnreadable
    about: dict[str, str] = json.loads(done.stdout)
    return about
