"""`/calendar`: where calendars read, which can send no token but the address itself."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request

from portico.domains.attendance.calendar_feeds import file_of
from portico.domains.attendance.queries import feeds
from portico.kernel import secrets
from portico.kernel.errors import NotFound
from portico.kernel.unit_of_work import system_unit, unit

blueprint = Blueprint("calendar", __name__, url_prefix="/calendar")


@blueprint.get("/<token>.ics")
def calendar(token: str) -> Response:
    """A wrong, revoked or departed person's address is one answer: there is nothing."""
    if not token.startswith("ptf_") or not secrets.well_formed(token):
        raise NotFound()
    digest = secrets.digest(token)
    current_app.extensions["portico_limits"].spend_as_client("calendar", digest)
    with system_unit("calendar: whose feed this is"):
        found = feeds.feed_by_digest(digest)
    if found is None:
        raise NotFound()
    with unit(found.workspace_id, write=False):
        content = file_of(found.workspace_id, found.employee_id, found.name)
    response = Response(content, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="calendar.ics"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Robots-Tag"] = "noindex"
    response.add_etag()
    response.make_conditional(request)
    return response
