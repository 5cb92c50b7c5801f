"""What is announced to this person: the list, one announcement, acknowledging and commenting."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request
from flask_babel import gettext, lazy_gettext
from wtforms import HiddenField, TextAreaField
from wtforms.validators import DataRequired, Length

from portico.domains.announcements import languages, queries, service
from portico.domains.announcements.errors import AnnouncementWithdrawn
from portico.kernel.actor import Actor
from portico.kernel.listing import Condition, ListQuery
from portico.kernel.text import N_
from portico.portal.blueprint import blueprint
from portico.web import markdown
from portico.web.acting import act
from portico.web.forms import Form, strip, version_in
from portico.web.lists import counted, page_links, page_query, tab_link
from portico.web.navigation import Entry
from portico.web.pages import workspace_url

MENU = [
    Entry("portal", N_("Announcements"), "megaphone", "portal.announcements", 15, scope="announcements:read", key="a")
]
SHOWN = 200
_ON_HOME = 3
_ONE = '/announcements/<id("ann"):announcement_id>'
_VIEWS: dict[str, dict[str, str | None]] = {
    "all": {},
    "pending": {"pending": "true"},
    "earlier": {"expired": "true"},
}


class Acknowledge(Form):
    revision = HiddenField()


class Comment(Form):
    body = TextAreaField(
        lazy_gettext("Your comment"), [DataRequired(), Length(max=5000)], filters=[strip], render_kw={"rows": 3}
    )


def pending(actor: Actor) -> dict[str, Any]:
    """What waits to be read or acknowledged: the first few, and how many in all."""
    query = ListQuery(limit=_ON_HOME, conditions=(Condition("pending", "eq", True),), count="bounded")
    found = queries.page_of_feed(actor, query)
    return {"rows": found.rows, "total": found.total, "counted": counted(found.total)}


@blueprint.page("/announcements", scope="announcements:read")
def announcements(actor: Actor) -> str:
    view = request.args.get("view", "all")
    if view not in _VIEWS:
        abort(404)
    found = queries.page_of_feed(actor, page_query(queries.FEED, _VIEWS[view]))
    pinned = _pinned(actor) if view == "all" and not request.args.get("cursor") and not request.args.get("q") else []
    above = {row["id"] for row in pinned}
    return render_template(
        "portal/announcements/list.html",
        view=view,
        pinned=pinned,
        rows=[row for row in found.rows if row["id"] not in above],
        links=page_links(found),
        categories=_categories(actor),
        tabs=_tabs(actor, view),
        writes=actor.may("announcements:write"),
    )


def _pinned(actor: Actor) -> list[dict[str, Any]]:
    query = ListQuery(limit=20, conditions=(Condition("pinned", "eq", True),))
    return sorted(queries.page_of_feed(actor, query).rows, key=lambda row: row["pin_order"])


def _tabs(actor: Actor, view: str) -> list[dict[str, Any]]:
    words = {"all": gettext("All"), "pending": gettext("Waiting for you"), "earlier": gettext("Over")}
    waiting = pending(actor)["total"]
    return [
        {
            "label": words[name],
            "url": tab_link("view", None if name == "all" else name),
            "active": name == view,
            "count": waiting if name == "pending" and waiting else None,
        }
        for name in _VIEWS
    ]


def _categories(actor: Actor) -> dict[str, str]:
    found = queries.page_of_categories(actor, ListQuery(limit=SHOWN))
    return {row["id"]: row["name"] for row in found.rows}


@blueprint.page(_ONE, scope="announcements:read", endpoint="announcements_one")
def one_announcement(actor: Actor, announcement_id: str) -> Any:
    return _reading(actor, announcement_id, Comment(formdata=None))


def _reading(actor: Actor, announcement_id: str, form: Comment) -> Any:
    try:
        found = queries.announcement_for_reader(actor, announcement_id)
    except AnnouncementWithdrawn:
        return render_template("portal/announcements/withdrawn.html"), 410
    asked = request.args.get("language")
    language = asked if asked in found["languages"] else languages.best(actor.locale, found["languages"])
    if asked == "original":
        language = None
    said = next((one for one in found["variants"] if one["language"] == language), found)
    comments = None
    if found["comments_enabled"]:
        comments = service.page_of_comments(actor, announcement_id, ListQuery(limit=SHOWN, sort="created_at")).rows
    return form.page(
        "portal/announcements/one.html",
        row=found,
        said=said,
        language=language,
        body=markdown.render(said["body"]),
        receipt=found["receipt"],
        category=_categories(actor).get(found["category_id"] or ""),
        files=[one for one in found["attachments"] if one["id"] != found["cover_id"]],
        comments=comments,
    )


@blueprint.page(f"{_ONE}/read", methods=("POST",), scope="announcements:read")
def read_announcement(actor: Actor, announcement_id: str) -> Any:
    """By the script once the page has been on screen for a second, or by its button without scripts."""
    service.read(actor, announcement_id)
    if request.headers.get("X-Requested-With") == "fetch":
        return "", 204
    return _to(announcement_id)


@blueprint.page(f"{_ONE}/ack", methods=("POST",), scope="announcements:read")
def acknowledge_announcement(actor: Actor, announcement_id: str) -> Any:
    seen = version_in(request.form.get("revision"))
    act(
        lambda: service.acknowledge(actor, announcement_id, revision=seen),
        gettext("Thank you. That is noted, with the time."),
    )
    return _to(announcement_id)


@blueprint.page(f"{_ONE}/comments", methods=("POST",), scope="announcements:read")
def comment_announcement(actor: Actor, announcement_id: str) -> Any:
    form = Comment()
    if form.validate_on_submit():
        with form.attempt():
            service.add_comment(actor, announcement_id, form.body.data or "")
            flash(gettext("Your comment is there."), "success")
            return _to(announcement_id, "comments")
    return _reading(actor, announcement_id, form)


@blueprint.page(f'{_ONE}/comments/<id("anc"):comment_id>/remove', methods=("POST",), scope="announcements:read")
def remove_announcement_comment(actor: Actor, announcement_id: str, comment_id: str) -> Any:
    act(lambda: service.remove_comment(actor, announcement_id, comment_id), gettext("Taken back."))
    return _to(announcement_id, "comments")


def _to(announcement_id: str, place: str = "") -> Any:
    where = workspace_url("portal.announcements_one", announcement_id=announcement_id)
    return redirect(f"{where}#{place}" if place else where, 303)
