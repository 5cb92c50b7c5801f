"""Where bytes lie: a folder, and a bucket that speaks S3."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from portico.kernel import blobs
from portico.kernel.blobs import BlobMissing, Folder, Store
from portico.kernel.blobs_s3 import Bucket
from portico.settings import Settings, SettingsError, from_env
from tests.support import s3


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    if request.param == "folder":
        yield Folder(tmp_path / "files")
        return
    with s3.serving() as url:
        for name, value in (("ENDPOINT_URL", url), ("ACCESS_KEY_ID", "k"), ("SECRET_ACCESS_KEY", "s")):
            monkeypatch.setenv(f"AWS_{name}", value)
        monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
        yield Bucket("s3://bucket/some/prefix")


def test_bytes_go_in_come_out_and_go(store: Store) -> None:
    content = os.urandom(6 * 1024 * 1024)
    blob = store.put("wsp_a", BytesIO(content))
    assert blob.sha256 == hashlib.sha256(content).hexdigest()
    assert blob.size == len(content)
    assert blob.place.startswith(f"wsp_a/{blob.sha256[:2]}/{blob.sha256}.")
    assert b"".join(store.read(blob.place)) == content
    twin = store.put("wsp_a", BytesIO(content))
    assert {place for place, _ in store.places()} == {blob.place, twin.place}
    store.delete(blob.place)
    store.delete(blob.place)
    assert b"".join(store.read(twin.place)) == content
    with pytest.raises(BlobMissing):
        store.read(blob.place)


class Breaking(BytesIO):
    """Ends in the middle, as a full disk or a lost connection does."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            raise OSError("gone")
        return super().read(10)


def test_what_breaks_off_leaves_nothing_behind(tmp_path: Path) -> None:
    store = Folder(tmp_path / "files")
    with pytest.raises(OSError, match="gone"):
        store.put("wsp_a", Breaking(b"x" * 100))
    assert list(store.places()) == []


def test_which_store_a_setting_names(settings: Settings, tmp_path: Path) -> None:
    for url in (str(tmp_path / "a"), f"file://{tmp_path}/a"):
        blobs.configure(replace(settings, files_url=url))
        blob = blobs.store().put("wsp_a", BytesIO(b"x"))
        assert (tmp_path / "a" / blob.place).read_bytes() == b"x"
    for wrong in ("ftp://host/x", "s3://", "file://relative/x"):
        with pytest.raises(SettingsError, match="PORTICO_FILES_URL"):
            from_env({"PORTICO_FILES_URL": wrong})
    blobs.configure(settings)
