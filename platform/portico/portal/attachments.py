"""Files on pages: brought by a form, fetched again, and shown where we drew them ourselves.

A form that takes files works without scripts: they come with it, are stored before its unit of work is open, and stay
in it when the form is refused for something else. With scripts each file is sent as soon as it is chosen.
"""

from __future__ import annotations

from typing import Any

from flask import Response, g, request
from flask_babel import gettext

from portico.domains.files import intake, queries, service
from portico.domains.files.errors import FileTooLarge, FileTypeMismatch
from portico.kernel import blobs
from portico.kernel.actor import Actor
from portico.kernel.authn import InsufficientScope
from portico.kernel.errors import Refusal
from portico.kernel.ids import is_id
from portico.kernel.unit_of_work import unit
from portico.portal.blueprint import blueprint
from portico.web import uploads
from portico.web.downloads import Download, file_response, picture_response
from portico.web.forms import Form

_ONE = '/attachments/<id("att"):attachment_id>'
_KEPT_SECONDS = 300
"""Who may no longer see a picture has it in their browser for so long at most."""


def take_in(actor: Actor) -> None:
    """Before the unit of work of a form: store what came with it, beside what came before."""
    g.attachment_ids = [one for one in request.form.getlist("attachment_ids") if is_id(one, "att")]
    g.attachment_errors = []
    for upload in uploads.chosen():
        try:
            g.attachment_ids.append(_added(actor, upload)["id"])
        except Refusal as refusal:
            g.attachment_errors.append(f"{upload.name}: {told(refusal)}")


def told(refusal: Refusal) -> str:
    """In the reader's language; what names numbers and types in English is for programs."""
    told = refusal.title if isinstance(refusal, FileTooLarge | FileTypeMismatch) else refusal.detail
    return str(gettext(told))


def _added(actor: Actor, upload: uploads.Upload) -> dict[str, Any]:
    if not actor.may("attachments:write"):
        raise InsufficientScope("This needs attachments:write.", extra={"required_scopes": ["attachments:write"]})
    taken = intake.take_in(actor.workspace_id, upload.name, upload.content)
    with unit(actor.workspace_id, write=True):
        return service.add_attachment(actor, taken)


def waiting(actor: Actor) -> list[dict[str, Any]]:
    """What is in the form already and not attached yet."""
    ids = g.get("attachment_ids", ())
    return queries.unlinked(actor, ids) if ids else []


class FilesForm(Form):
    """A form that takes files. A file that is refused holds the form back, and says why."""

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        errors = g.get("attachment_errors", ())
        self.form_errors = [*self.form_errors, *errors]
        return valid and not errors

    def files(self) -> dict[str, list[str]]:
        """What the schema of a comment takes."""
        ids: list[str] = g.get("attachment_ids", [])
        return {"attachment_ids": ids} if ids else {}


@blueprint.page("/attachments", methods=("POST",), scope="attachments:write", own_units=True, takes_files=True)
def upload_attachment(actor: Actor) -> Any:
    """One file, for the script that sends them one by one."""
    made = _added(actor, uploads.received("csrf_token"))
    return {name: made[name] for name in queries.SHOWN}


@blueprint.page(_ONE, endpoint="attachments_one", scope="attachments:read", own_units=True)
def download(actor: Actor, attachment_id: str) -> Response:
    with unit(actor.workspace_id, write=False):
        found = queries.content(actor, attachment_id)
    return file_response(_bytes(found))


@blueprint.page(f"{_ONE}/picture", scope="attachments:read", own_units=True, endpoint="attachments_picture")
def picture(actor: Actor, attachment_id: str) -> Response:
    return _picture(actor, attachment_id, small=False)


@blueprint.page(f"{_ONE}/small", scope="attachments:read", own_units=True, endpoint="attachments_small")
def small_picture(actor: Actor, attachment_id: str) -> Response:
    return _picture(actor, attachment_id, small=True)


def _picture(actor: Actor, attachment_id: str, *, small: bool) -> Response:
    with unit(actor.workspace_id, write=False):
        found = queries.picture(actor, attachment_id, small=small)
    return picture_response(_bytes(found), seconds=_KEPT_SECONDS)


def _bytes(found: queries.Bytes) -> Download:
    return Download(blobs.store().read(found.place), found.name, found.type, found.size)


FILES: dict[str, Any] = {"takes_files": True, "before": take_in}
"""How a page whose form takes files says so."""
