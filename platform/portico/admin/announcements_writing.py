"""Writing announcements: the text, the files, and whom it is for."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request
from flask_babel import gettext
from wtforms import SelectChoice

from portico.admin.announcements import ONE, categories, managed, to
from portico.admin.announcements_forms import Text, filled
from portico.admin.blueprint import blueprint, go, here
from portico.admin.picker import EXCLUDE, INCLUDE, chosen, is_search, kept_depth, picked, picker, rules
from portico.domains.announcements import service
from portico.domains.announcements.statuses import OUT
from portico.domains.files import intake
from portico.domains.files import service as files
from portico.kernel.actor import Actor
from portico.kernel.errors import Refusal
from portico.kernel.unit_of_work import unit
from portico.web import markdown, uploads
from portico.web.acting import act
from portico.web.forms import Form, version_in

PICKED = ("department", "group", "employee")


def _form(actor: Actor, **given: Any) -> Text:
    form = Text(**given)
    known = categories(actor).values()
    form.category_id.choices = [
        SelectChoice("", gettext("None")),
        *(SelectChoice(one["id"], one["name"]) for one in known),
    ]
    if not actor.may("announcements:urgent") and given.get("importance") != "urgent":
        form.importance.choices = [choice for choice in form.importance.choices if choice.value != "urgent"]
    return form


def _is_preview() -> bool:
    return request.method == "POST" and request.form.get("step") == "preview"


@blueprint.page("/announcements/new", methods=("GET", "POST"), scope="announcements:write")
def announcements_new(actor: Actor) -> Any:
    form = _form(actor)
    if not _is_preview() and form.validate_on_submit():
        with form.attempt():
            made = service.create_announcement(actor, form.values(published=False))
            return go("announcements_audience", announcement_id=made["id"])
    return form.page("admin/announcements/edit.html", row=None, back=here("announcements"), shown=_shown(form))


@blueprint.page(f"{ONE}/edit", methods=("GET", "POST"), scope="announcements:write")
def announcements_edit(actor: Actor, announcement_id: str) -> Any:
    row = managed(actor, announcement_id)
    form = _form(actor, **filled(row))
    published = row["status"] in OUT
    if not _is_preview() and form.validate_on_submit():
        with form.attempt():
            seen = version_in(form.version.data)
            service.update_announcement(actor, announcement_id, form.values(published=published), expected_version=seen)
            flash(gettext("Saved."), "success")
            return to(announcement_id)
    back = here("announcements_one", announcement_id=announcement_id)
    return form.page("admin/announcements/edit.html", row=row, back=back, shown=_shown(form), published=published)


def _shown(form: Text) -> Any:
    """The text as its readers will see it, when that is asked for."""
    return markdown.render(form.body.data) if _is_preview() else None


@blueprint.page(f"{ONE}/audience", methods=("GET", "POST"), scope="announcements:write")
def announcements_audience(actor: Actor, announcement_id: str) -> Any:
    row = managed(actor, announcement_id)
    form, audience = Form(), _asked(row)
    preview = None
    if form.is_submitted() and form.validate() and not is_search():
        with form.attempt():
            preview = service.preview(actor, announcement_id, audience)
            if request.form.get("step") != "preview":
                service.put_audience(
                    actor, announcement_id, audience, expected_version=version_in(request.form.get("version"))
                )
                flash(gettext("Saved."), "success")
                return to(announcement_id)
    return form.page(
        "admin/announcements/audience.html",
        row=row,
        everyone=any(rule["kind"] == "all" for rule in audience["include"]),
        picker=picker(actor, chosen(_named(row["audience"]["include"]), INCLUDE)),
        barred=picker(actor, chosen(_named(row["audience"]["exclude"]), EXCLUDE), name=EXCLUDE),
        preview=preview,
        people=_people(actor, preview),
        kept=len(_unpicked(row["audience"])),
    )


def _named(given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [rule for rule in given if rule["kind"] in PICKED]


def _unpicked(audience: dict[str, Any]) -> list[dict[str, Any]]:
    """Rules that this page does not draw, such as predicates of the API; they stay as they are."""
    return [rule for rule in audience["include"] if rule["kind"] not in (*PICKED, "all")]


def _asked(row: dict[str, Any]) -> dict[str, Any]:
    """The audience that the form describes; at first the one that stands."""
    stands: dict[str, Any] = row["audience"]
    if request.method != "POST":
        return stands
    include = [{"kind": "all"}] if request.form.get("everyone") else kept_depth(_deep(picked()), stands["include"])
    beside = [rule for rule in stands["exclude"] if rule["kind"] not in PICKED]
    return {
        "include": [*include, *_unpicked(stands)],
        "exclude": [*kept_depth(_deep(picked(EXCLUDE)), stands["exclude"]), *beside],
    }


def _deep(ids: list[str]) -> list[dict[str, Any]]:
    return [{**rule, "recursive": True} if rule["kind"] == "department" else rule for rule in rules(ids)]


def _people(actor: Actor, preview: dict[str, Any] | None) -> list[dict[str, Any]]:
    return [] if preview is None else list(preview["sample"])


@blueprint.page(
    f"{ONE}/files",
    methods=("POST",),
    scope="announcements:write",
    own_units=True,
    takes_files=True,
    endpoint="announcements_files",
)
def add_file(actor: Actor, announcement_id: str) -> Any:
    """One file more; it works without scripts."""
    form = Form()
    if form.validate_on_submit():
        try:
            upload = uploads.received("csrf_token")
            taken = intake.take_in(actor.workspace_id, upload.name, upload.content)
            with unit(actor.workspace_id, write=True):
                made = files.add_attachment(actor, taken)
                there = _kept(managed(actor, announcement_id))
                service.update_announcement(
                    actor, announcement_id, {"attachments": [*there, {"id": made["id"], "downloadable": True}]}
                )
        except Refusal as refusal:
            flash(gettext(refusal.detail), "error")
    return redirect(here("announcements_one", announcement_id=announcement_id), 303)


def _kept(row: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"id": one["id"], "downloadable": one["downloadable"]} for one in row["attachments"]]


@blueprint.page(f"{ONE}/files/change", methods=("POST",), scope="announcements:write")
def announcements_file(actor: Actor, announcement_id: str) -> Any:
    """Take a file away, withhold it, give it out, or make it the cover."""
    row = managed(actor, announcement_id)
    which, what = request.form.get("attachment_id", ""), request.form.get("what", "")
    there = _kept(row)
    if what == "remove":
        changes: dict[str, Any] = {"attachments": [one for one in there if one["id"] != which]}
        changes |= {"cover_id": None} if row["cover_id"] == which else {}
    elif what == "cover":
        changes = {"cover_id": None if row["cover_id"] == which else which}
    else:
        changes = {
            "attachments": [
                {**one, "downloadable": not one["downloadable"]} if one["id"] == which else one for one in there
            ]
        }
    act(lambda: service.update_announcement(actor, announcement_id, changes), gettext("Saved."))
    return to(announcement_id)
