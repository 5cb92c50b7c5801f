"""`/lifecycle`: where an app whose tokens are dead still answers, by its signature alone."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request

from portico.domains.installations import service
from portico.kernel.errors import NotFound
from portico.kernel.unit_of_work import system_unit

blueprint = Blueprint("lifecycle", __name__, url_prefix="/lifecycle")


@blueprint.post('/erasures/<id("era"):erasure_id>/receipt')
def receipt(erasure_id: str) -> Response:
    """The receipt of an erasure, signed as Standard Webhooks says with the app's signing secret, `webhook-id` being
    the erasure's id. A wrong one and one of nobody look alike."""
    limits = current_app.extensions["portico_limits"]
    who = ("erasure", erasure_id, request.remote_addr or "")
    limits.refuse_guessing(*who)
    headers = {name.lower(): value for name, value in request.headers.items()}
    with system_unit("erasure: the receipt of an app", write=True):
        kept = service.keep_receipt(erasure_id, request.get_data(), headers)
    if not kept:
        limits.note_failure(*who)
        raise NotFound()
    return Response(status=204)
