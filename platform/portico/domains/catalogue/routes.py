"""`/icons`: the pictures of apps from our own origin, so that no page asks a foreign host, nor carries them along."""

from __future__ import annotations

from flask import Blueprint, Response

from portico.domains.catalogue import icons
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
    response = Response(found[1], content_type=found[0])
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = _ALONE
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
