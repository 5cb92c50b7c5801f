"""Clients whose id is an address make the server fetch it; strangers are kept from making it fetch a lot."""

from __future__ import annotations

from flask import current_app, request

from portico.account.blueprint import blueprint
from portico.domains.oauth.documents import is_document_id


@blueprint.before_request
def count_documents() -> None:
    """Counted by where the request comes from. Raises RateLimited."""
    if request.endpoint == "account.authorize" and is_document_id(request.args.get("client_id", "")):
        limits, who = current_app.extensions["portico_limits"], ("document", request.remote_addr or "")
        limits.refuse_guessing(*who)
        limits.note_failure(*who)
