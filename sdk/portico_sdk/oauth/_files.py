"""Grants as files: for command lines, and for apps on one machine."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from portico_sdk.oauth._grants import Grant, Locks

if sys.platform != "win32":
    import fcntl


class FileStore:
    """A folder (0700) with one file (0600) for each grant; a file is whole, or as it was before.

    Processes on one machine may share it. On Windows, where there is no `flock`, only threads of one process.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._folder = Path(folder)
        self._locks = Locks()

    def get(self, key: str) -> Grant | None:
        try:
            return Grant.loads(self._path(key, ".json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None

    def put(self, key: str, grant: Grant) -> None:
        self._make_folder()
        number, name = tempfile.mkstemp(dir=self._folder, prefix=".new-")  # 0600 by itself
        try:
            with os.fdopen(number, "w", encoding="utf-8") as handle:
                handle.write(grant.dumps())
                handle.flush()
                os.fsync(handle.fileno())
            Path(name).replace(self._path(key, ".json"))
        except BaseException:
            with suppress(FileNotFoundError):
                Path(name).unlink()
            raise

    def delete(self, key: str) -> None:
        self._path(key, ".json").unlink(missing_ok=True)

    @contextmanager
    def locked(self, key: str) -> Iterator[None]:
        self._make_folder()
        with self._locks.of(key), self._path(key, ".lock").open("w") as handle:
            if sys.platform != "win32":
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _make_folder(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def _path(self, key: str, suffix: str) -> Path:
        """By its digest, since a key may hold anything."""
        return self._folder / (hashlib.sha256(key.encode()).hexdigest() + suffix)
