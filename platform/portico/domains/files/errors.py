"""What files refuse."""

from __future__ import annotations

from portico.kernel.errors import Refusal


class FileTooLarge(Refusal):
    code, status, title = "file_too_large", 413, "The file is larger than this instance takes."


class FileTypeRefused(Refusal):
    code, status, title = "file_type_refused", 415, "Programs are not taken; put it into an archive if it must be."


class FileTypeMismatch(Refusal):
    code, status, title = "file_type_mismatch", 415, "The content is not what the name says; give it its true name."


class ImageUnreadable(Refusal):
    code, status, title = "image_unreadable", 422, "The picture cannot be read: it is damaged, or too large to draw."


class TooManyUnlinked(Refusal):
    code, status, title = (
        "too_many_unlinked",
        409,
        "Too many uploads wait to be attached; attach or delete some, or wait until they expire.",
    )


class AttachmentInUse(Refusal):
    code, status, title = "attachment_in_use", 409, "It is attached already, and goes with what it is attached to."


class DownloadWithheld(Refusal):
    code, status, title = "download_withheld", 403, "It is shown to you, and not given out."
