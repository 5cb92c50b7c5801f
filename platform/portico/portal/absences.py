"""One's absences: asking, what stands, giving back, and the address for the calendar."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request
from flask_babel import gettext
from wtforms.fields.choices import SelectChoice

from portico.domains.approvals import queries as approvals
from portico.domains.attendance.queries import absences as queries
from portico.domains.attendance.queries import feeds
from portico.domains.attendance.queries.rules import rules_for
from portico.domains.attendance.schemas.absences import AbsencePreview
from portico.domains.attendance.service import absence_changes
from portico.domains.attendance.service import absences as service
from portico.domains.attendance.service import feeds as feeding
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery
from portico.kernel.schemas import load
from portico.kernel.text import N_
from portico.portal import absence_words as words
from portico.portal.absences_forms import AbsenceForm, FeedForm, ShortenForm
from portico.portal.blueprint import blueprint
from portico.web.acting import act
from portico.web.attendance_words import date_of
from portico.web.lists import page_links, page_query
from portico.web.navigation import Entry
from portico.web.pages import workspace_url

MENU = [Entry("portal", N_("Absences"), "tree-palm", "portal.absences", 17, scope="absences:read", key="b")]
_ONE = '/absences/<id("abs"):absence_id>'


@blueprint.page("/absences", scope="absences:read")
def absences(actor: Actor) -> Any:
    return _own_page(actor, FeedForm(formdata=None))


def _own_page(actor: Actor, form: FeedForm, address: str | None = None) -> Any:
    found = queries.page_of_absences(
        actor, page_query(queries.ABSENCES, {"employee_id": actor.employee_id}, sort="-starts_at")
    )
    return form.page(
        "portal/absences/own.html",
        found=found,
        links=page_links(found),
        labels=words.labels(actor),
        words=words,
        requests=approvals.about(actor, service.SUBJECT, [row["id"] for row in found.rows]),
        feeds=feeds.page_of_feeds(actor, ListQuery(limit=50)).rows if actor.may("attendance:read") else None,
        address=address,
        now=clock.now(),
    )


@blueprint.page("/absences/new", methods=("GET", "POST"), scope="absences:write")
def absences_new(actor: Actor) -> Any:
    form = AbsenceForm()
    types = [row for row in queries.all_types(actor) if row.archived_at is None]
    labels = words.labels(actor)
    form.type_key.choices = [SelectChoice(row.key, labels[row.key]) for row in types]
    preview = None
    if form.validate_on_submit():
        zone = rules_for(actor.workspace_id, actor.employee_id or "", form.from_on.data).timezone
        with form.attempt():
            if request.form.get("step") == "preview":
                preview = service.preview(actor, load(AbsencePreview(), form.span(zone)))
            else:
                _, made = service.create_absence(actor, form.values(zone))
                flash(_told(made), "success")
                return redirect(workspace_url("portal.absences"), 303)
    hourly = [labels[row.key] for row in types if row.hourly]
    return form.page("portal/absences/new.html", preview=preview, hourly=hourly, date_of=date_of, words=words)


def _told(absence: dict[str, Any]) -> str:
    if absence["status"] == "approved":
        return str(gettext("It is written down. Nobody needs to approve it."))
    return str(gettext("You asked for it. You hear as soon as somebody has decided."))


@blueprint.page(f"{_ONE}/cancel", methods=("POST",), scope="absences:write")
def absences_cancel(actor: Actor, absence_id: str) -> Any:
    before = queries.absence(actor, absence_id, scope=queries.WRITE)
    begun = before["status"] == "approved" and before["starts_at"] <= clock.now()
    done = gettext("You asked to cancel it, because it has begun.") if begun else gettext("Cancelled.")
    act(lambda: absence_changes.cancel_absence(actor, absence_id), done)
    return redirect(workspace_url("portal.absences"), 303)


@blueprint.page(f"{_ONE}/shorten", methods=("GET", "POST"), scope="absences:write")
def absences_shorten(actor: Actor, absence_id: str) -> Any:
    absence = queries.absence(actor, absence_id, scope=queries.WRITE)
    if absence["from_"] is None:
        return redirect(workspace_url("portal.absences"), 303)
    given = {"from_on": absence["from_"]["on"], "from_slot": absence["from_"]["slot"]}
    form = ShortenForm(data={**given, "to_on": absence["to"]["on"], "to_slot": absence["to"]["slot"]})
    if form.validate_on_submit():
        with form.attempt():
            after = absence_changes.shorten_absence(actor, absence_id, form.values())
            asked = after["pending_change"] is not None
            flash(gettext("You asked for it, because it has begun.") if asked else gettext("It is shorter."), "success")
            return redirect(workspace_url("portal.absences"), 303)
    return form.page("portal/absences/shorten.html", absence=absence, labels=words.labels(actor), words=words)


@blueprint.page("/absences/feeds", methods=("POST",), scope="attendance:read")
def absences_feeds(actor: Actor) -> Any:
    """The answer shows the address, this once."""
    form = FeedForm()
    if form.validate_on_submit():
        with form.attempt():
            made = feeding.create_feed(actor, form.values()["name"])
            return _own_page(actor, FeedForm(formdata=None), made["url"])
    return _own_page(actor, form)


@blueprint.page('/absences/feeds/<id("cfd"):feed_id>/end', methods=("POST",), scope="attendance:read")
def absences_feeds_end(actor: Actor, feed_id: str) -> Any:
    act(lambda: feeding.revoke_feed(actor, feed_id), gettext("Ended. Its address leads nowhere now."))
    return redirect(workspace_url("portal.absences"), 303)
