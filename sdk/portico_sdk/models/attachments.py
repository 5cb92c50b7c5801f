from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portico_sdk.models._base import Model


@dataclass(frozen=True, kw_only=True)
class AttachmentOwner(Model):
    """What a file is attached to, such as a `ticket_comment`."""

    kind: str
    id: str


@dataclass(frozen=True, kw_only=True)
class Attachment(Model):
    """A file; `type` is what its content is. `width` and `height` are None for what is no picture.

    As a comment shows it, it has no `sha256`, `linked_to`, `created_at` and `expires_at`.
    """

    id: str
    name: str
    size: int
    type: str
    sha256: str | None
    width: int | None
    height: int | None
    linked_to: AttachmentOwner | None
    created_at: datetime | None
    expires_at: datetime | None
