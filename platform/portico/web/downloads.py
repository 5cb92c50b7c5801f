"""Answers that are files. What somebody uploaded or exported is theirs to keep, and never a page of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from flask import Response

_UNSAFE = re.compile(r'[^\x20-\x7e]|["\\\\%]')
# Whatever it is, and whatever a browser makes of it: no script, no form, nothing loaded, no origin of its own.
SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True)
class Download:
    """Answers a file. `pieces` is read after the view, in units of its own."""

    pieces: Iterator[bytes]
    name: str
    media_type: str
    size: int | None


def disposition(kind: str, name: str) -> str:
    """`Content-Disposition` (RFC 6266): the name in ASCII for old readers, and in UTF-8 where that loses something."""
    plain = _UNSAFE.sub("_", name)
    return f'{kind}; filename="{plain}"' + ("" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}")


def file_response(file: Download) -> Response:
    """A file to keep, never to show; not even its asker's browser stores it for others."""
    return _answer(file, "attachment", "no-store")


def picture_response(file: Download, *, seconds: int) -> Response:
    """A picture that we drew ourselves, to be shown; its address never shows another one, so a browser may keep it
    for a while."""
    return _answer(file, "inline", f"private, max-age={seconds}")


def _answer(file: Download, kind: str, kept: str) -> Response:
    response = Response(file.pieces, 200, content_type=file.media_type)
    response.headers["Content-Disposition"] = disposition(kind, file.name)
    if file.size is not None:
        response.headers["Content-Length"] = str(file.size)
    response.headers["Cache-Control"] = kept
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
