from __future__ import annotations

from os import PathLike

from portico_sdk._encoding import path
from portico_sdk.models import Attachment
from portico_sdk.resources._base import ResourceAPI


class Attachments(ResourceAPI):
    """Files: uploaded first, then attached by `attachment_ids` of a comment within a day."""

    def upload(self, source: str | PathLike[str] | bytes, name: str | None = None) -> Attachment:
        """Send a file by its path, or bytes under a name."""
        return Attachment.parse(self._transport.upload("/attachments", source, name).body)

    def get(self, attachment_id: str) -> Attachment:
        return self._get(path("attachments", attachment_id), Attachment)

    def content(self, attachment_id: str) -> bytes:
        return self._transport.download(path("attachments", attachment_id, "content"))

    def delete(self, attachment_id: str) -> None:
        """Take back what is not attached yet."""
        self._delete(path("attachments", attachment_id))
