"""Blobs in a bucket that speaks S3: `PORTICO_FILES_URL=s3://bucket/prefix`.

Keys, region and endpoint come from the variables that every tool for S3 knows (`AWS_ACCESS_KEY_ID`,
`AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT_URL`, `AWS_ALLOW_HTTP`); the library reads them itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import IO

import obstore
from obstore.store import S3Store

from portico.kernel.blobs import CHUNK, Blob, BlobMissing, named


class Bucket:
    """An object appears when its last byte has arrived, which is what a rename gives a folder."""

    def __init__(self, url: str) -> None:
        self._store = S3Store.from_url(url)

    def put(self, workspace_id: str, source: IO[bytes]) -> Blob:
        source.seek(0)
        digest, size = hashlib.sha256(), 0
        while piece := source.read(CHUNK):
            digest.update(piece)
            size += len(piece)
        source.seek(0)
        place = named(workspace_id, digest.hexdigest())
        obstore.put(self._store, place, source)
        return Blob(place, digest.hexdigest(), size)

    def read(self, place: str) -> Iterator[bytes]:
        try:
            found = obstore.get(self._store, place)
        except FileNotFoundError:
            raise BlobMissing(place) from None
        return (bytes(piece) for piece in found.stream(min_chunk_size=CHUNK))

    def delete(self, place: str) -> None:
        with suppress(FileNotFoundError):
            obstore.delete(self._store, place)

    def places(self) -> Iterator[tuple[str, datetime]]:
        for page in obstore.list(self._store):
            for one in page:
                yield one["path"], one["last_modified"]
