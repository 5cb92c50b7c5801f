"""What this person is told: the bell of every page, the inbox, and what they do not want to hear of."""

from __future__ import annotations

from typing import Any

from flask import flash, g, jsonify, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import get_locale, gettext, ngettext
from werkzeug.wrappers import Response

from portico.domains.directory import queries as directory
from portico.domains.notifications import queries, service
from portico.domains.notifications.kinds import KINDS
from portico.domains.notifications.queries import Bell
from portico.domains.notifications.wording import worded
from portico.kernel import unit_of_work
from portico.kernel.actor import Actor
from portico.kernel.ids import is_id
from portico.kernel.unit_of_work import unit
from portico.portal.blueprint import blueprint
from portico.portal.presence import moment
from portico.web.lists import page_links, page_query, tab_link
from portico.web.pages import current_login, safe_next, workspace_url

READ, WRITE = "notifications:read", "notifications:write"
_ONE = '/notifications/<id("ntf"):notification_id>'
_SIGNS = {
    "access": "shield-alert",
    "announcement": "megaphone",
    "app": "blocks",
    "app_request": "package-open",
    "app_version": "badge-check",
    "approval": "clipboard-check",
    "attendance": "clock-3",
    "digest": "coffee",
    "export": "download",
    "login": "lock-keyhole",
    "ticket": "ticket",
    "webhook_endpoint": "webhook",
}


def in_words(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """In the language of the page, with the sign of their kind."""
    locale = str(get_locale() or "en")
    return [
        {
            **worded(row, locale),
            "sign": _SIGNS.get(row["kind"].partition(".")[0], "bell"),
            "held": moment(row["held_until"]) if row["held_until"] else None,
        }
        for row in rows
    ]


@blueprint.page("/notifications", scope=READ)
def notifications(actor: Actor) -> str:
    """The inbox; what is muted has a tab of its own."""
    show = request.args.get("show") or ""
    kind, app = request.args.get("kind") or None, request.args.get("app") or None
    asked = {
        "unread": "true" if show == "unread" else None,
        "muted": "true" if show == "muted" else None,
        "kind": kind if kind in KINDS else None,
        "installation_id": app if is_id(app, "ins") else None,
    }
    found = queries.page_of_notifications(actor, page_query(queries.INBOX, asked))
    rows = in_words(list(found.rows))
    return render_template(
        "portal/notifications/inbox.html",
        rows=rows,
        names=_senders(actor, rows),
        links=page_links(found),
        show=show,
        tabs=[(tab_link("show", name or None), name) for name in ("", "unread", "muted")],
        kinds=[(each.name, gettext(each.title)) for each in KINDS if each.name != "digest"],
        apps=sorted(queries.apps_of(actor).items(), key=lambda pair: pair[1]),
        mutes=queries.mutes_of(actor),
        mutable={each.name for each in KINDS if each.mutable},
        kind=kind,
        app=app,
    )


def _senders(actor: Actor, rows: list[dict[str, Any]]) -> dict[str, str]:
    """The names of the people who told something."""
    return directory.names_of(actor, {row["sender"]["id"] for row in rows if row["sender"]["kind"] == "employee"})


@blueprint.page(f"{_ONE}/open", methods=("POST",), endpoint="notifications_open", scope=WRITE)
def open_notification(actor: Actor, notification_id: str) -> Response:
    """Go where it leads; it is read by that."""
    row = service.mark_read(actor, notification_id)
    return redirect(f"/w/{g.member.place.slug}{row.url}" if row.url else workspace_url("portal.notifications"), 303)


@blueprint.page(f"{_ONE}/read", methods=("POST",), endpoint="notifications_read", scope=WRITE)
def read_notification(actor: Actor, notification_id: str) -> Response:
    service.mark_read(actor, notification_id)
    return back()


@blueprint.page("/notifications/read", methods=("POST",), endpoint="notifications_read_all", scope=WRITE)
def read_all(actor: Actor) -> Response:
    """All that the person has seen: what came since the page was drawn stays unread."""
    until = request.form.get("until") or ""
    count = service.mark_all_read(actor, until_id=until if is_id(until, "ntf") else None)
    flash(ngettext("%(num)s notification is read.", "%(num)s notifications are read.", count), "success")
    return back()


@blueprint.page("/notifications/mute", methods=("POST",), endpoint="notifications_mute", scope=WRITE)
def mute(actor: Actor) -> Response:
    """A kind by its name, an app by its installation."""
    kind, app = request.form.get("kind") or "", request.form.get("app") or ""
    named = {"kinds": [kind] if kind in KINDS else [], "installation_ids": [app] if is_id(app, "ins") else []}
    if request.form.get("muted") == "true":
        service.change_mutes(actor, mute=named, unmute={})
        flash(gettext("Muted. What comes stands under Muted, and does not ring."), "success")
    else:
        service.change_mutes(actor, mute={}, unmute=named)
        flash(gettext("You hear of it again."), "success")
    return back()


def back(otherwise: str = "portal.notifications") -> Response:
    """To the page that the form stood on."""
    return redirect(safe_next(request.form.get("next")) or workspace_url(otherwise), 303)


@blueprint.page("/notifications/bell", endpoint="notifications_bell", scope=READ)
def bell_now(actor: Actor) -> Any:
    """For the script that keeps the number true while a page stays open."""
    found = queries.bell(actor)
    return jsonify(label=found.label, text=_spoken(found))


def _spoken(found: Bell) -> str:
    if not found.count:
        return str(gettext("Notifications"))
    return str(ngettext("Notifications, %(num)s unread", "Notifications, %(num)s unread", found.count))


def bell() -> dict[str, Any] | None:
    """What the shell shows of it: the number, and the break that the person is on. Asked once per page."""
    member = g.get("member")
    if member is None or not member.actor.may(READ):
        return None
    if "bell" not in g:
        g.bell = _read(member.actor)
    found: Bell = g.bell
    login = current_login()
    return {
        "url": workspace_url("portal.notifications"),
        "now": workspace_url("portal.notifications_bell"),
        "root": workspace_url("portal.home"),
        "worker": url_for("push_worker", slug=member.place.slug),
        "session": login.session_id if login else "",
        "label": found.label,
        "text": _spoken(found),
        "break_until": found.break_until,
        "break_ends": moment(found.break_until) if found.break_until else None,
        "take_break": workspace_url("portal.take_break"),
        "end_break": workspace_url("portal.end_break"),
    }


def _read(actor: Actor) -> Bell:
    if unit_of_work.is_open():
        return queries.bell(actor)
    with unit(actor.workspace_id, write=False):
        return queries.bell(actor)


@blueprint.record_once
def _tell_templates(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals["bell"] = bell
