"""`/icons`: the pictures of apps from our own origin, so that no page asks a foreign host, nor carries them along."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from portico.domains.catalogue import icons, screenshots
from portico.kernel import blobs
from portico.kernel.errors import NotFound
from portico.kernel.unit_of_work import system_unit

blueprint = Blueprint("icons", __name__, url_prefix="/icons")
# Opened by itself an SVG is a document: no script of it runs, it loads nothing, and it has no origin.
_ALONE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


@blueprint.get('/<id("ver"):version_id>')
def icon(version_id: str) -> Response:
    """Versions are frozen, so their icons may be kept for ever."""
    with system_unit("icons: what a version of an app looks like"):
        found = icons.icon(version_id)
    if found is None:
        raise NotFound()
    return _for_ever(found[1], found[0])


@blueprint.get('/screenshots/<id("att"):attachment_id>/<any(small, large):size>')
def screenshot(attachment_id: str, size: str) -> Response:
    """Drawn anew when it came, and another one has another address."""
    with system_unit("icons: a screenshot of an app"):
        place, kind = screenshots.content(attachment_id, small=size == "small")
    return _for_ever(blobs.store().read(place), kind)


def _for_ever(content: Any, kind: str) -> Response:
    response = Response(content, content_type=kind)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = _ALONE
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
