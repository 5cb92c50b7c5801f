# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/attachments.py: change that instead.
from __future__ import annotations

from os import PathLike

from portico_sdk._encoding import path
from portico_sdk.aio.resources._base import ResourceAPI
from portico_sdk.models import Attachment


class Attachments(ResourceAPI):
    """Files: uploaded first, then attached by `attachment_ids` of a comment within a day."""

    async def upload(self, source: str | PathLike[str] | bytes, name: str | None = None) -> Attachment:
        """Send a file by its path, or bytes under a name."""
        return Attachment.parse((await self._transport.upload("/attachments", source, name)).body)

    async def get(self, attachment_id: str) -> Attachment:
        return await self._get(path("attachments", attachment_id), Attachment)

    async def content(self, attachment_id: str) -> bytes:
        return await self._transport.download(path("attachments", attachment_id, "content"))

    async def delete(self, attachment_id: str) -> None:
        """Take back what is not attached yet."""
        await self._delete(path("attachments", attachment_id))
