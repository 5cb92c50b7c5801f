"""Client-id metadata documents: the id of a client is the address of a document that describes it
(draft-ietf-oauth-client-id-metadata-document, which the MCP authorization specification asks for).

Fetched through the egress guard: at most 5 kB, no redirects, five seconds, and kept as its headers say, within bounds.
A document that cannot be read now is no client, whatever it said before.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from portico import settings
from portico.domains.oauth import client_metadata, service
from portico.domains.oauth.client_metadata import ClientMetadata, MetadataRefused
from portico.domains.oauth.registered import RegisteredClient
from portico.kernel import clock, ids
from portico.kernel.outbound import Answer, EgressPolicy, Request, send
from portico.kernel.scopes import app_scopes
from portico.kernel.unit_of_work import system_unit

LARGEST = 5 * 1024
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=24)
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age=\"?(\d{1,9})")
_DOTS = re.compile(r"/\.{1,2}(/|$)")


def is_document_id(client_id: str) -> bool:
    """https with a path, and nothing in it that could be read in two ways. On this machine, in development, http."""
    if len(client_id) > client_metadata.LONGEST_URI or not client_id.startswith(("https://", "http://")):
        return False
    try:
        parts = urlsplit(client_id)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.path in ("", "/") or parts.query or "%" in client_id or _DOTS.search(parts.path):
        return False
    if not client_metadata.is_redirect_uri(client_id):
        return False
    return parts.scheme == "https" or (settings.current().mode != "production" and host in ("127.0.0.1", "localhost"))


def find_unlisted(client_id: str) -> RegisteredClient | None:
    """A client that is no app of the catalogue, if this server takes such ones."""
    here = settings.current()
    if here.unlisted_clients == "off" or not client_id:
        return None
    document = is_document_id(client_id)
    if not document and not ids.is_id(client_id, "cli"):
        return None
    with system_unit("oauth: a client that is no app"):
        row = service.unlisted_client(client_id)
    if document and (row is None or row.fresh_until is None or row.fresh_until <= clock.now()):
        found = _fetch(client_id)
        return None if found is None else _registered(client_id, found)
    return None if row is None else _registered(client_id, ClientMetadata(row.name, tuple(row.redirect_uris)))


def _registered(client_id: str, about: ClientMetadata) -> RegisteredClient:
    """It may ask for anything that an app may; what is sensitive cannot be allowed to it."""
    home = urlsplit(client_id).netloc or None
    return RegisteredClient(
        client_id=client_id,
        name=about.name,
        public=True,
        redirect_uris=about.redirect_uris,
        scopes=dict.fromkeys(sorted(app_scopes()), ""),
        publisher=home,
        home=home,
        seen=about.seen,
    )


def _fetch(url: str) -> ClientMetadata | None:
    request = Request("GET", url, {"Accept": "application/json"}, deadline_s=5, connect_s=3, read_cap=LARGEST)
    answer = send(request, EgressPolicy.of(settings.current()))
    about = _read(url, answer)
    if about is not None:
        with system_unit("oauth: keep what a client's document says", write=True):
            service.keep_document(url, about.name, about.redirect_uris, about.seen, _fresh_until(answer))
    return about


def _read(url: str, answer: Answer) -> ClientMetadata | None:
    """A redirect, an error, a longer or another document is none."""
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if answer.error or answer.status != 200 or answer.truncated:
        return None
    if kind != "application/json" and not kind.endswith("+json"):
        return None
    try:
        given: Any = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    # The document must say that it is about this very id, or anybody's file could be taken for one.
    if not isinstance(given, dict) or given.get("client_id") != url:
        return None
    try:
        return client_metadata.read(given)
    except MetadataRefused:
        return None


def _fresh_until(answer: Answer) -> datetime:
    found = _MAX_AGE.search(answer.headers.get("cache-control", "").lower())
    wanted = timedelta(seconds=int(found[1])) if found else SHORTEST
    return clock.now() + min(max(wanted, SHORTEST), LONGEST)
