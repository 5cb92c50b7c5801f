"""Where the bytes of files lie: one store behind one interface, a folder or S3.

A blob is written once under a name that holds its SHA-256, below its workspace, and never changed. Rows point at it;
a blob that no row points at is an orphan and is swept. Two who store the same bytes at once get two blobs, so that
removing the one never takes the other's: sharing is decided by rows, inside a transaction, and not here.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import IO, Protocol
from urllib.parse import unquote, urlsplit

from portico.settings import Settings, SettingsError

CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Blob:
    place: str
    sha256: str
    size: int


class BlobMissing(Exception):
    """A row points at bytes that are not in the store: it was emptied behind our back."""


class Store(Protocol):
    def put(self, workspace_id: str, source: IO[bytes]) -> Blob:
        """Store what `source` holds from its beginning; it is there whole, or not at all."""
        ...

    def read(self, place: str) -> Iterator[bytes]:
        """The bytes in pieces. Raises BlobMissing at once, not at the first piece."""
        ...

    def delete(self, place: str) -> None:
        """Remove it; what is gone already stays gone."""
        ...

    def places(self) -> Iterator[tuple[str, datetime]]:
        """Every blob with the moment when it was written."""
        ...


class TooLong(Exception):
    """More bytes came than may."""


@contextmanager
def spooled(source: IO[bytes], most: int) -> Iterator[IO[bytes]]:
    """The bytes of an upload in a file of their own on disk, counted while they come. Raises TooLong."""
    with tempfile.NamedTemporaryFile(prefix="portico-upload-") as file:
        size = 0
        while piece := source.read(CHUNK):
            size += len(piece)
            if size > most:
                raise TooLong
            file.write(piece)
        file.flush()
        file.seek(0)
        yield file


def named(workspace_id: str, sha256: str) -> str:
    """A fresh place for bytes with this digest."""
    return f"{workspace_id}/{sha256[:2]}/{sha256}.{secrets.token_hex(6)}"


class Folder:
    """Blobs as files below a folder, which all processes of the instance share."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, workspace_id: str, source: IO[bytes]) -> Blob:
        """Written under a temporary name, made durable, then renamed: a crash leaves the whole or a leftover."""
        source.seek(0)
        coming = self.root / "coming"
        coming.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        temporary = coming / secrets.token_hex(16)
        try:
            with temporary.open("xb") as file:
                while piece := source.read(CHUNK):
                    digest.update(piece)
                    size += len(piece)
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            blob = Blob(named(workspace_id, digest.hexdigest()), digest.hexdigest(), size)
            path = self._path(blob.place)
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        _make_durable(path.parent)
        return blob

    def read(self, place: str) -> Iterator[bytes]:
        try:
            file = self._path(place).open("rb")
        except FileNotFoundError:
            raise BlobMissing(place) from None
        return _pieces(file)

    def delete(self, place: str) -> None:
        self._path(place).unlink(missing_ok=True)

    def places(self) -> Iterator[tuple[str, datetime]]:
        """What a crash left half written is named too: no row points at it."""
        for folder, _, names in os.walk(self.root):
            for name in names:
                path = Path(folder) / name
                with suppress(FileNotFoundError):
                    written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                    yield path.relative_to(self.root).as_posix(), written

    def _path(self, place: str) -> Path:
        return self.root / place


def _make_durable(folder: Path) -> None:
    """A rename outlives a power cut only when its folder is written too (POSIX)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(CHUNK):
            yield piece


def folder_of(url: str) -> Path:
    """The folder that a plain path or a `file://` address names."""
    return Path(unquote(urlsplit(url).path)) if url.startswith("file://") else Path(url)


_store: Store | None = None


def configure(settings: Settings) -> None:
    """Open the store of these settings. Raises SettingsError where S3 is asked for and its library is missing."""
    global _store
    if not settings.files_url.startswith("s3://"):
        _store = Folder(folder_of(settings.files_url or str(settings.home / "files")))
        return
    try:
        s3 = import_module("portico.kernel.blobs_s3")
    except ModuleNotFoundError:
        raise SettingsError("PORTICO_FILES_URL names S3; install portico[s3], which brings what speaks it.") from None
    _store = s3.Bucket(settings.files_url)


def store() -> Store:
    if _store is None:
        raise RuntimeError("The store is not configured; call portico.app.start(settings) first.")
    return _store
