"""The photo of a person: set on a page of their own, drawn wherever their initials would stand."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, redirect
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField

from portico.domains.directory import photos
from portico.domains.files import intake, queries
from portico.kernel import blobs, unit_of_work
from portico.kernel.actor import Actor
from portico.kernel.errors import Refusal
from portico.kernel.unit_of_work import unit
from portico.portal.attachments import told
from portico.portal.blueprint import blueprint
from portico.web import uploads
from portico.web.downloads import Download, picture_response
from portico.web.forms import Form
from portico.web.pages import workspace_url

_DAY = 86_400
_LARGE = ("lg", "xl")


class PhotoForm(Form):
    files = FileField(lazy_gettext("Picture"), render_kw={"accept": "image/jpeg,image/png,image/webp,image/gif"})


@blueprint.page(
    "/people/me/photo",
    methods=("GET", "POST"),
    endpoint="people_photo",
    scope="directory:read",
    own_units=True,
    takes_files=True,
)
def own_photo(actor: Actor) -> Any:
    form = PhotoForm()
    if form.validate_on_submit():
        given = uploads.chosen()
        if not given:
            form.files.errors = [gettext("Choose a picture: JPEG, PNG, WebP or GIF.")]
        else:
            try:
                taken = intake.take_in(actor.workspace_id, given[0].name, given[0].content, square=photos.SIDE)
                with unit(actor.workspace_id, write=True):
                    photos.set_photo(actor, taken)
            except Refusal as refusal:
                form.files.errors = [told(refusal)]
            else:
                flash(gettext("That is your photo now."), "success")
                return _back()
    with unit(actor.workspace_id, write=False):
        mine = actor.employee_id in photos.photos(actor)
        return form.page("portal/directory/photo.html", mine=mine, me=actor.employee_id)


@blueprint.page("/people/me/photo/remove", methods=("POST",), scope="directory:read")
def remove_photo(actor: Actor) -> Any:
    photos.remove_photo(actor)
    flash(gettext("Your photo is removed."), "success")
    return _back()


def _back() -> Any:
    return redirect(workspace_url("portal.people_photo"), 303)


@blueprint.page('/photos/<id("att"):attachment_id>/<size>', scope="directory:read", own_units=True)
def photo(actor: Actor, attachment_id: str, size: str) -> Response:
    """A new photo has a new address, so this one may be kept for a day."""
    with unit(actor.workspace_id, write=False):
        found = queries.picture(actor, attachment_id, small=size != "large")
    return picture_response(Download(blobs.store().read(found.place), "photo", found.type, found.size), seconds=_DAY)


def photo_url(key: str | None, size: str) -> str | None:
    """Where the photo of this person lies; None for who has none, and for everything that is no person here."""
    member = g.get("member")
    if member is None or not (key or "").startswith("emp_"):
        return None
    if "photos" not in g:
        g.photos = _photos(member.actor)
    found = g.photos.get(key)
    if found is None:
        return None
    return workspace_url("portal.photo", attachment_id=found, size="large" if size in _LARGE else "small")


def _photos(actor: Actor) -> dict[str, str]:
    """All of the workspace at once, once per page: a page asks for many, and none knows which before."""
    if not actor.may("directory:read"):
        return {}
    if unit_of_work.is_open():
        return photos.photos(actor)
    with unit(actor.workspace_id, write=False):
        return photos.photos(actor)


@blueprint.record_once
def _tell_templates(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals["photo_url"] = photo_url
