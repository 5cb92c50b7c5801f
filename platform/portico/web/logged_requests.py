"""The list of what apps asked of the API, as developers and admins look at it."""

from __future__ import annotations

from flask import request

from portico.kernel import clock
from portico.kernel.listing import Listing, ListQuery
from portico.web.lists import page_query
from portico.web.replay_forms import STRETCHES as ALL_STRETCHES

STRETCHES = {name: ALL_STRETCHES[name] for name in ("hour", "day")}


def asked(listing: Listing) -> tuple[ListQuery, bool]:
    """What the page's address asks of the list, and whether it asks for less than all."""
    args = request.args
    since = STRETCHES.get(args.get("since", ""))
    outcome = args.get("outcome")
    filters = {
        "request_id": (args.get("q") or "").replace("\x00", "").strip()[:100] or None,
        "outcome": outcome if outcome in listing.filters["outcome"].choices else None,
        "operation": args.get("operation") or None,
        "at__gte": clock.rfc3339(clock.now() - since[0]) if since else None,
    }
    query = page_query(listing, filters)
    return ListQuery(limit=query.limit, cursor=query.cursor, conditions=query.conditions), any(filters.values())


def follows(address: str) -> str | None:
    """Where the list is fetched anew from, again and again, while somebody follows it: only its beginning moves."""
    if request.args.get("follow") != "1" or request.args.get("cursor"):
        return None
    return request.full_path
