"""Attachments over the API."""

from __future__ import annotations

from typing import Any

from portico.domains.files import intake, logos, queries, schemas, service
from portico.domains.files.kinds import HARMLESS, UNKNOWN
from portico.domains.identity.schemas import Workspace
from portico.kernel import blobs
from portico.kernel.actor import Actor
from portico.kernel.unit_of_work import unit
from portico.web import uploads
from portico.web.api import ApiBlueprint, Created
from portico.web.downloads import Download

blp = ApiBlueprint("files", "Attachments", "Files that are uploaded first, and then attached to something.")
_ONE = '/attachments/<id("att"):attachment_id>'


@blp.post(
    "/attachments",
    scope="attachments:write",
    upload=True,
    own_units=True,
    answer=schemas.Attachment,
    status=201,
    summary="Upload a file",
    refusals=("file_too_large", "file_type_refused", "file_type_mismatch", "image_unreadable", "too_many_unlinked"),
)
def create_attachment(actor: Actor) -> Created:
    """One file in the field `file`. Attach it within 24 hours, by `attachment_ids` of a comment; until then only you
    see it. Pictures are drawn anew, without what a camera wrote into them, so size and digest are those of the result.
    """
    upload = uploads.received()
    taken = intake.take_in(actor.workspace_id, upload.name, upload.content)
    with unit(actor.workspace_id, write=True):
        made = service.add_attachment(actor, taken)
    return Created(made, f"/api/v1/attachments/{made['id']}")


@blp.get(_ONE, scope="attachments:read", answer=schemas.Attachment, summary="Read what an attachment is")
def get_attachment(actor: Actor, attachment_id: str) -> Any:
    """Who may read what it is attached to; before it is attached, who uploaded it."""
    return queries.attachment(actor, attachment_id)


@blp.get(
    f"{_ONE}/content",
    scope="attachments:read",
    own_units=True,
    file=(*sorted(HARMLESS), UNKNOWN),
    summary="Download an attachment",
    refusals=("download_withheld",),
)
def download_attachment(actor: Actor, attachment_id: str) -> Download:
    """Always a download; what a browser could run leaves as `application/octet-stream`."""
    with unit(actor.workspace_id, write=False):
        found = queries.content(actor, attachment_id)
    return Download(blobs.store().read(found.place), found.name, found.type, found.size)


@blp.delete(_ONE, scope="attachments:write", status=204, summary="Take back an upload", refusals=("attachment_in_use",))
def delete_attachment(actor: Actor, attachment_id: str) -> None:
    """Only what is not attached yet."""
    service.delete_attachment(actor, attachment_id)


@blp.put(
    "/workspace/logo",
    scope="workspace:write",
    body=schemas.LogoPut,
    answer=Workspace,
    people_only=True,
    summary="Set the logo of the workspace",
    refusals=("image_unreadable",),
)
def set_workspace_logo(actor: Actor, body: dict[str, Any]) -> Any:
    """A picture that you uploaded and attached to nothing else. Whoever comes to the door of the workspace sees it,
    before they have signed in."""
    return logos.set_logo(actor, body["attachment_id"])


@blp.delete(
    "/workspace/logo", scope="workspace:write", status=204, people_only=True, summary="Remove the logo of the workspace"
)
def remove_workspace_logo(actor: Actor) -> None:
    logos.remove_logo(actor)
