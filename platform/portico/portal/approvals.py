"""What waits for one's word, what one asked for, and who decides in one's place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext, ngettext

from portico.domains.announcements import queries as announcements
from portico.domains.approvals import queries, service
from portico.domains.approvals.schemas import ApprovalCommentCreate, ApprovalNote
from portico.domains.directory import queries as directory
from portico.kernel.actor import Actor
from portico.kernel.errors import Refusal
from portico.kernel.ids import is_id
from portico.kernel.listing import ListQuery
from portico.kernel.schemas import load
from portico.kernel.text import N_
from portico.portal import approval_words as words
from portico.portal.blueprint import blueprint
from portico.web import markdown
from portico.web.acting import act
from portico.web.forms import Form
from portico.web.lists import page_links, page_query
from portico.web.navigation import Entry
from portico.web.pages import workspace_url

MENU = [Entry("portal", N_("To approve"), "stamp", "portal.approvals", 16, scope="approvals:read", key="v")]
_ONE = '/approvals/<id("apv"):approval_id>'
MOST_AT_ONCE = 50


@blueprint.page("/approvals", scope="approvals:read")
def approvals(actor: Actor) -> str:
    """Oldest first: who has waited longest comes first."""
    found = queries.inbox(actor, page_query(queries.APPROVALS, sort="created_at"))
    return _list("portal/approvals/inbox.html", actor, found)


@blueprint.page("/approvals/mine", scope="approvals:read")
def approvals_mine(actor: Actor) -> str:
    query = page_query(queries.APPROVALS, {"requester_id": actor.employee_id})
    return _list("portal/approvals/mine.html", actor, queries.page_of_approvals(actor, query))


@blueprint.page("/approvals/decided", scope="approvals:read")
def approvals_decided(actor: Actor) -> str:
    """Those in which one has spoken."""
    return _list("portal/approvals/mine.html", actor, queries.decided(actor, page_query(queries.APPROVALS)))


def _list(template: str, actor: Actor, found: Any) -> str:
    return render_template(
        template,
        found=found,
        links=page_links(found),
        words=words,
        names=words.names_in(actor, found.rows),
        titles=_titles(actor, found.rows),
        count=queries.count_to_decide(actor),
        here=request.endpoint,
    )


@blueprint.page(_ONE, scope="approvals:read")
def approvals_one(actor: Actor, approval_id: str) -> str:
    approval = queries.approval(actor, approval_id)
    comments = queries.page_of_comments(actor, approval_id, ListQuery(limit=200)).rows
    names = words.names_in(actor, [approval])
    return render_template(
        "portal/approvals/one.html",
        approval=approval,
        comments=comments,
        words=words,
        titles=_titles(actor, [approval]),
        body=_body(actor, approval),
        names={**names, **directory.names_of(actor, {one.author["id"] for one in comments})},
        mine=approval["requester_id"] == actor.employee_id,
        waits=queries.waits_for_me(actor, approval_id),
    )


def _announced(approval: Mapping[str, Any]) -> bool:
    return words.of_core(approval) and approval["subject_type"] == announcements.KIND


def _titles(actor: Actor, rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Of announcements that wait for a review, by their ids: whoever sees the request reads what it is about."""
    return announcements.titles_of(actor, [row["subject_id"] for row in rows if _announced(row)])


def _body(actor: Actor, approval: Mapping[str, Any]) -> str | None:
    """What the announcement would say, for as long as that is asked."""
    if approval["status"] != "pending" or not _announced(approval):
        return None
    found = announcements.any_one(actor, approval["subject_id"])
    return None if found is None else markdown.render(found["body"])


def _note() -> dict[str, Any]:
    """Raises Invalid."""
    note = request.form.get("note", "").strip()
    return load(ApprovalNote(), {"note": note} if note else {})  # type: ignore[no-any-return]


@blueprint.page(f"{_ONE}/decide", methods=("POST",), scope="approvals:write")
def approvals_decide(actor: Actor, approval_id: str) -> Any:
    decision = "approved" if request.form.get("decision") == "approve" else "rejected"
    done = gettext("Approved.") if decision == "approved" else gettext("Rejected, and told so.")
    act(lambda: service.decide(actor, approval_id, decision, **_note()), done)
    return _back(approval_id)


@blueprint.page("/approvals/bulk", methods=("POST",), scope="approvals:write")
def approvals_bulk(actor: Actor) -> Any:
    """Approve all that is ticked; what cannot be is told, and holds the others back in nothing."""
    chosen = [one for one in dict.fromkeys(request.form.getlist("id")) if is_id(one, "apv")][:MOST_AT_ONCE]
    done = 0
    for approval_id in sorted(chosen):
        form = Form()
        with form.attempt():
            try:
                service.decide(actor, approval_id, "approved")
                done += 1
            except Refusal as refusal:
                form.form_errors = [gettext(refusal.detail)]
        for message in form.form_errors:
            flash(message, "error")
    if done:
        flash(ngettext("%(num)s request approved.", "%(num)s requests approved.", done), "success")
    elif not chosen:
        flash(gettext("Tick what you want to approve."), "error")
    return redirect(workspace_url("portal.approvals"), 303)


@blueprint.page(f"{_ONE}/withdraw", methods=("POST",), scope="approvals:write")
def approvals_withdraw(actor: Actor, approval_id: str) -> Any:
    act(lambda: service.withdraw(actor, approval_id), gettext("Withdrawn."))
    return _back(approval_id)


@blueprint.page(f"{_ONE}/comment", methods=("POST",), scope="approvals:write")
def approvals_comment(actor: Actor, approval_id: str) -> Any:
    def write() -> None:
        body = load(ApprovalCommentCreate(), {"body": request.form.get("body", "").strip()})["body"]
        service.comment(actor, approval_id, body)

    act(write, gettext("Your comment is there."))
    return redirect(workspace_url("portal.approvals_one", approval_id=approval_id), 303)


def _back(approval_id: str) -> Any:
    """To the list that the form came from, else to the request."""
    if request.form.get("back") == "inbox":
        return redirect(workspace_url("portal.approvals"), 303)
    return redirect(workspace_url("portal.approvals_one", approval_id=approval_id), 303)
