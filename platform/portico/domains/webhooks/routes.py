"""`/webhooks/jwks`: the public keys of `v1a` signatures, where any receiver may read them."""

from __future__ import annotations

import orjson
from flask import Blueprint, Response

from portico.domains.webhooks import keys
from portico.kernel.unit_of_work import system_unit

blueprint = Blueprint("webhook_keys", __name__, url_prefix="/webhooks")
CACHE_S = 300


@blueprint.get("/jwks/<owner>")
def jwks(owner: str) -> Response:
    """The keys of a workspace or an app (RFC 7517 section 5). Of nobody: an empty set, so that none can be guessed."""
    with system_unit("webhooks: the public keys of a workspace or an app"):
        found = keys.key_set(owner)
    response = Response(orjson.dumps(found), content_type="application/json")
    response.headers["Cache-Control"] = f"public, max-age={CACHE_S}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
