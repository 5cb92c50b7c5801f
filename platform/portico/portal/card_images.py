"""Pictures in cards come through this server: browsers ask no foreign host, and what is no picture is not passed on.

The address is signed, so that this is no open proxy: only what an app put into a card for this workspace is fetched.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict

from flask import Response, g, request
from itsdangerous import BadData, URLSafeSerializer

from portico import settings
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.outbound import EgressPolicy, Request, send
from portico.kernel.secrets import keyring
from portico.portal.blueprint import blueprint
from portico.web.pages import workspace_url

LARGEST = 512 * 1024
DEADLINE_S = 3.0
KEPT, KEPT_S = 64, 300.0
TOGETHER = threading.BoundedSemaphore(3)
"""So many of the server's threads fetch pictures at a time."""
_BEGINNINGS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}
_ALONE = "default-src 'none'; frame-ancestors 'none'; sandbox"
_kept: OrderedDict[str, tuple[float, tuple[str, bytes] | None]] = OrderedDict()
_lock = threading.Lock()


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(keyring().derive("pictures of cards"))


def image_url(installation_id: str, url: str) -> str:
    """Where a page shows the picture from: itself, or our own address for it."""
    if url.startswith("data:"):
        return url
    signed = _signer().dumps([g.member.place.slug, url])
    return workspace_url("portal.card_image", installation_id=installation_id, u=signed)


@blueprint.page('/card-images/<id("ins"):installation_id>', own_units=True)
def card_image(actor: Actor, installation_id: str) -> Response:
    try:
        slug, url = _signer().loads(request.args.get("u", ""))
    except (BadData, ValueError):
        raise NotFound() from None
    found = _picture(str(url)) if slug == g.member.place.slug else None
    if found is None:
        raise NotFound()
    response = Response(found[1], content_type=found[0])
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.headers["Content-Security-Policy"] = _ALONE
    return response


def _picture(url: str) -> tuple[str, bytes] | None:
    key = hashlib.sha256(url.encode()).hexdigest()
    with _lock:
        known = _kept.get(key)
    if known is not None and known[0] > time.monotonic():
        return known[1]
    if not TOGETHER.acquire(blocking=False):
        return None
    try:
        found = _fetched(url)
    finally:
        TOGETHER.release()
    with _lock:
        # What did not come is not asked for again for a while either.
        _kept[key] = (time.monotonic() + (KEPT_S if found else KEPT_S / 10), found)
        _kept.move_to_end(key)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


def _fetched(url: str) -> tuple[str, bytes] | None:
    request_ = Request("GET", url, {"Accept": "image/*"}, deadline_s=DEADLINE_S, read_cap=LARGEST + 1)
    answer = send(request_, EgressPolicy.of(settings.current()))
    if not answer.ok or answer.truncated or len(answer.body) > LARGEST:
        return None
    kind = _kind(answer.body)
    return (kind, answer.body) if kind is not None else None


def _kind(body: bytes) -> str | None:
    """By what it is, whatever it calls itself. Never SVG, which is a document."""
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for beginning, kind in _BEGINNINGS.items() if body.startswith(beginning)), None)
