"""The files that pages load: compressed, and under an address that names their content, so that browsers keep them.

Modules import one another by relative addresses, so one version stands for all of them. Pages are not compressed here:
they hold a form's token beside what somebody else may have put into the address (BREACH).
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version as version_of
from pathlib import Path

from flask import Flask, Response, request
from flask_compress import Compress

FOLDER = Path(__file__).parent / "static"
ENDPOINTS = ("static", "bootstrap.static")
KEPT = "public, max-age=31536000, immutable"
"""RFC 8246: not even asked for again, since what changes has another address."""


@cache
def version() -> str:
    """Changes with any of the files, and with the library that brings some."""
    digest = hashlib.sha256(version_of("bootstrap-flask").encode())
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(FOLDER).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def register(app: Flask, *, kept: bool) -> None:
    """`kept` is false where the files are being written: there each is asked for anew."""
    app.config["COMPRESS_REGISTER"] = False
    compress = Compress(app)

    @app.after_request
    def finish(response: Response) -> Response:
        if request.endpoint not in ENDPOINTS or response.status_code not in (200, 304):
            return response
        if kept:
            response.headers["Cache-Control"] = KEPT
        response.direct_passthrough = False
        response.make_sequence()  # as a stream the library would leave the file open
        return compress.after_request(response)

    # While processes of two versions serve, a page of one may ask the other.
    @app.get("/static/<other>/<path:filename>", endpoint="other_static")
    def other_static(other: str, filename: str) -> Response:
        response = app.send_static_file(filename)
        response.headers["Cache-Control"] = "no-cache"
        return response
