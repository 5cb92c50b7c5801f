"""Announcements for those who write them: the list, one with how it fares, its steps, and who has read it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, flash, render_template, request
from flask_babel import gettext

from portico.admin.announcements_forms import Pin, Reject, Schedule, Withdraw
from portico.admin.blueprint import blueprint, go
from portico.admin.picker import names_of_rules
from portico.domains.announcements import queries, service
from portico.domains.announcements.errors import ReceiptsCountsOnly
from portico.domains.announcements.permissions import may_step_in
from portico.domains.announcements.statuses import may_follow
from portico.domains.directory import queries as directory
from portico.kernel.actor import Actor
from portico.kernel.errors import Refusal
from portico.kernel.listing import ListQuery
from portico.kernel.text import N_
from portico.kernel.unit_of_work import unit
from portico.web import markdown
from portico.web.acting import act
from portico.web.forms import Form
from portico.web.lists import page_links, page_query, tab_link
from portico.web.navigation import Entry

MENU = [
    Entry(
        "admin",
        N_("Announcements"),
        "megaphone",
        "admin.announcements",
        35,
        scope="announcements:write",
        group=N_("Company"),
        key="a",
    )
]
ONE = '/announcements/<id("ann"):announcement_id>'
SHOWN = 200
_VIEWS: dict[str, tuple[str, ...]] = {
    "all": (),
    "drafts": ("draft",),
    "review": ("in_review", "approved"),
    "coming": ("scheduled", "publishing", "publish_failed"),
    "out": ("published",),
    "over": ("expired", "withdrawn", "archived"),
}
RECEIPT_VIEWS = ("unread", "read", "acknowledged", "late")


@blueprint.page("/announcements", scope="announcements:write")
def announcements(actor: Actor) -> str:
    view = request.args.get("view", "all")
    if view not in _VIEWS:
        abort(404)
    query = page_query(queries.ANNOUNCEMENTS, {"status__in": ",".join(_VIEWS[view])})
    found = queries.page_of_announcements(actor, query)
    return render_template(
        "admin/announcements/list.html",
        rows=found.rows,
        links=page_links(found),
        view=view,
        tabs=_tabs(view),
        categories=categories(actor),
        may_categorise=actor.may("announcements:admin"),
    )


def _tabs(view: str) -> list[dict[str, Any]]:
    words = {
        "all": gettext("All"),
        "drafts": gettext("Drafts"),
        "review": gettext("In review"),
        "coming": gettext("Coming"),
        "out": gettext("Published"),
        "over": gettext("Over"),
    }
    return [
        {"label": words[name], "url": tab_link("view", None if name == "all" else name), "active": name == view}
        for name in _VIEWS
    ]


def categories(actor: Actor) -> dict[str, dict[str, Any]]:
    found = queries.page_of_categories(actor, ListQuery(limit=SHOWN))
    return {row["id"]: row for row in found.rows}


@blueprint.page(ONE, scope="announcements:write", endpoint="announcements_one", own_units=True)
def one_announcement(actor: Actor, announcement_id: str) -> Any:
    with unit(actor.workspace_id, write=False):
        row = managed(actor, announcement_id)
    if row.get("stepped_in"):
        with unit(actor.workspace_id, write=True):
            service.note_reading(actor, row)
    with unit(actor.workspace_id, write=False):
        return _page(actor, announcement_id)


def managed(actor: Actor, announcement_id: str) -> dict[str, Any]:
    """Its managers' side, to an admin who reads it as well."""
    row = queries.announcement(actor, announcement_id)
    if row.get("redacted"):
        if not may_step_in(actor):
            abort(404)
        row = queries.with_parts(actor, queries.managed(actor, announcement_id))
    return row


def _page(actor: Actor, announcement_id: str, **forms: Form) -> Any:
    row = managed(actor, announcement_id)
    known = categories(actor)
    category = known.get(row["category_id"] or "")
    told = row["status"] not in ("draft", "in_review", "approved", "scheduled")
    return render_template(
        "admin/announcements/one.html",
        row=row,
        category=category,
        body=markdown.render(row["body"]),
        steps=_steps(actor, row, category),
        audience=_audience(actor, row),
        stats=_stats(actor, row) if told else None,
        revisions=queries.page_of_revisions(actor, announcement_id, ListQuery(limit=10)).rows if told else [],
        run=queries.last_run(actor.workspace_id, announcement_id) if told else None,
        forms={
            "schedule": Schedule(formdata=None),
            "pin": Pin(formdata=None),
            "reject": Reject(formdata=None),
            "withdraw": Withdraw(formdata=None),
            **forms,
        },
        mine=row["owner_employee_id"] == actor.employee_id,
    )


def _steps(actor: Actor, row: dict[str, Any], category: dict[str, Any] | None) -> dict[str, bool]:
    """Which buttons stand on the page; the service decides all the same."""
    status = row["status"]
    mine = row["owner_employee_id"] == actor.employee_id or may_step_in(actor)
    mine_alone = actor.employee_id in (row["author"]["id"], row["owner_employee_id"])
    reviewed = row["reviewed_by"] is not None or category is None or not category["requires_review"]
    publishes = mine and actor.may("announcements:publish")
    ready = reviewed and status in ("draft", "approved", "scheduled", "publish_failed")
    return {
        "edit": mine and status not in ("publishing", "withdrawn", "archived"),
        "submit": mine and status == "draft" and not reviewed,
        "review": status == "in_review" and not mine_alone and actor.may("announcements:publish"),
        "publish": publishes and ready,
        "schedule": publishes and ready and status in ("draft", "approved"),
        "unschedule": publishes and status == "scheduled",
        "withdraw": publishes and may_follow(status, "withdrawn"),
        "archive": publishes and may_follow(status, "archived"),
        "pin": publishes and status == "published",
        "delete": mine and status == "draft",
    }


def _audience(actor: Actor, row: dict[str, Any]) -> dict[str, Any]:
    rules = row["audience"]
    plain = [rule for rule in rules["include"] if rule["kind"] in ("department", "group", "employee")]
    return {
        "everyone": any(rule["kind"] == "all" for rule in rules["include"]),
        "include": names_of_rules(actor, plain),
        "others": len(rules["include"]) - len(plain),
        "exclude": names_of_rules(actor, [rule for rule in rules["exclude"] if rule["kind"] != "all"]),
        "nobody": not rules["include"],
    }


def _stats(actor: Actor, row: dict[str, Any]) -> dict[str, Any] | None:
    try:
        found = service.stats(actor, row["id"])
    except Refusal:
        return None
    names = directory.paths_of_departments(
        actor, [one["department_id"] for one in found["departments"] if one["department_id"]]
    )
    groups = [
        {**one, "name": names.get(one["department_id"] or "") or _no_department(one)} for one in found["departments"]
    ]
    return {**found, "departments": sorted(groups, key=lambda one: -one["audience"])}


def _no_department(one: dict[str, Any]) -> str:
    return str(gettext("Others together") if one.get("others") else gettext("Without a department"))


def _step(path: str, scope: str, work: Callable[[Actor, str], Any], done: str) -> None:
    def view(actor: Actor, announcement_id: str) -> Any:
        act(lambda: work(actor, announcement_id), gettext(done))
        return to(announcement_id)

    blueprint.page(f"{ONE}/{path}", methods=("POST",), scope=scope, endpoint=f"announcements_{path}")(view)


_PUBLISH = "announcements:publish"
_step("submit", "announcements:write", service.submit, N_("It waits for a review."))
_step("approve", _PUBLISH, service.approve, N_("Approved."))
_step("publish", _PUBLISH, service.publish, N_("It is on its way."))
_step("unschedule", _PUBLISH, service.unschedule, N_("It goes out when you say so."))
_step("archive", _PUBLISH, service.archive, N_("Archived. Who was told, and who has read it, is kept."))
_step("remind", _PUBLISH, lambda actor, one: service.remind(actor, one, []), N_("Those who have not are reminded."))
_step("unpin", _PUBLISH, service.unpin, N_("It is pinned no more."))


def to(announcement_id: str) -> Any:
    return go("announcements_one", announcement_id=announcement_id)


def _with_form(path: str, form_class: type[Form], name: str, work: Callable[[Actor, str, Any], Any], done: str) -> None:
    """A step that asks for something: its form comes back with what was wrong."""

    def view(actor: Actor, announcement_id: str) -> Any:
        form = form_class()
        if form.validate_on_submit():
            with form.attempt():
                work(actor, announcement_id, form)
                flash(gettext(done), "success")
                return to(announcement_id)
        return _page(actor, announcement_id, **{name: form}), form.status

    blueprint.page(f"{ONE}/{path}", methods=("POST",), scope=_PUBLISH, endpoint=f"announcements_{path}")(view)


_with_form(
    "schedule",
    Schedule,
    "schedule",
    lambda actor, one, form: service.schedule(actor, one, form.values()),
    N_("It goes out by itself at that time."),
)
_with_form(
    "pin",
    Pin,
    "pin",
    lambda actor, one, form: service.pin(actor, one, form.until.instant, 0),
    N_("Pinned on top of its readers' lists."),
)
_with_form(
    "reject",
    Reject,
    "reject",
    lambda actor, one, form: service.reject(actor, one, form.reason.data),
    N_("Sent back to its author."),
)
_with_form(
    "withdraw",
    Withdraw,
    "withdraw",
    lambda actor, one, form: service.withdraw(actor, one, form.reason.data or None),
    N_("Withdrawn. Nobody sees it any more."),
)


@blueprint.page(f"{ONE}/delete", methods=("POST",), scope="announcements:write", endpoint="announcements_delete")
def delete(actor: Actor, announcement_id: str) -> Any:
    if act(lambda: service.delete_announcement(actor, announcement_id), gettext("The draft is deleted.")):
        return go("announcements")
    return to(announcement_id)


@blueprint.page(f"{ONE}/receipts", scope="announcements.receipts:read", endpoint="announcements_receipts")
def receipts(actor: Actor, announcement_id: str) -> Any:
    row = queries.announcement(actor, announcement_id)
    if row.get("redacted"):
        abort(404)
    state = request.args.get("state", "unread")
    if state not in RECEIPT_VIEWS:
        abort(404)
    query = page_query(queries.RECEIPTS)
    try:
        found = service.page_of_receipts(
            actor, announcement_id, query, state=state, department=request.args.get("department") or None
        )
    except ReceiptsCountsOnly:
        return to(announcement_id)
    people = {one["id"]: one for one in directory.lookup(actor, [row["employee_id"] for row in found.rows])}
    return render_template(
        "admin/announcements/receipts.html",
        row=row,
        rows=[{**one, "person": people.get(one["employee_id"])} for one in found.rows],
        links=page_links(found),
        state=state,
        may_remind=row["status"] == "published"
        and actor.may(_PUBLISH)
        and row["owner_employee_id"] == actor.employee_id,
        tabs=_receipt_tabs(state, row),
        place=directory.paths_of_departments(actor, [request.args["department"]])
        if request.args.get("department")
        else {},
    )


def _receipt_tabs(state: str, row: dict[str, Any]) -> list[dict[str, Any]]:
    words = {
        "unread": gettext("Not read"),
        "read": gettext("Read, not acknowledged") if row["requires_ack"] else gettext("Read"),
        "acknowledged": gettext("Acknowledged"),
        "late": gettext("Past the deadline"),
    }
    shown = RECEIPT_VIEWS if row["requires_ack"] else RECEIPT_VIEWS[:2]
    return [{"label": words[name], "url": tab_link("state", name), "active": name == state} for name in shown]
