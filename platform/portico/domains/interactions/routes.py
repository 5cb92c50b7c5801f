"""`/schemas`: the JSON Schemas of what developers write, for their editors."""

from __future__ import annotations

import orjson
from flask import Blueprint, Response

from portico.domains.catalogue import cards
from portico.kernel.errors import NotFound

blueprint = Blueprint("schemas", __name__, url_prefix="/schemas")
CACHE_S = 300
SCHEMAS = {"manifest": cards.manifest_schema, "card": cards.card_schema, "answer": cards.answer_schema}


@blueprint.get("/<name>.json")
def schema(name: str) -> Response:
    made = SCHEMAS.get(name)
    if made is None:
        raise NotFound()
    response = Response(orjson.dumps(made()), content_type="application/schema+json")
    response.headers["Cache-Control"] = f"public, max-age={CACHE_S}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
