"""Files that come in: by a form of a page, or as the one file of an operation.

Werkzeug reads a form to disk, so no file is ever whole in memory. How much a request may hold is its view's to say:
where none are taken the application's limit for bodies stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO

from flask import Request as FlaskRequest
from flask import current_app, request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import UnsupportedMediaType

from portico.kernel.errors import FieldError, Invalid
from portico.settings import current

_AROUND = 1024 * 1024
"""For what stands around the file: the other fields, and the separators."""


class Request(FlaskRequest):
    """A request whose limit is known before anybody, such as the guard of forms, reads its body."""

    @property
    def max_content_length(self) -> int | None:
        view = current_app.view_functions.get(self.endpoint or "")
        if getattr(view, "takes_files", False):
            return current().upload_bytes + _AROUND
        return super().max_content_length

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:
        FlaskRequest.max_content_length.fset(self, value)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Upload:
    """What somebody sent; nothing of it is believed."""

    name: str
    content: IO[bytes]


def _upload(file: FileStorage) -> Upload:
    return Upload(file.filename or "", file.stream)


def received(*beside: str) -> Upload:
    """The one file of an operation, with no other fields than those `beside` it. Raises Invalid, 415 and 413."""
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType("Send a form with the file: Content-Type: multipart/form-data.")
    names = {*request.files, *request.form}.difference(("file", *beside))
    errors = [FieldError(f"/{name[:100]}", "unknown", "Unknown field.") for name in sorted(names)]
    found = request.files.getlist("file")
    if len(found) != 1:
        errors.append(FieldError("/file", "required", "Send one file in the field `file`."))
    if errors:
        raise Invalid(errors=errors)
    return _upload(found[0])


def chosen(field: str = "files") -> list[Upload]:
    """The files that a form of a page brought; an empty choice sends a part without a name."""
    return [_upload(file) for file in request.files.getlist(field) if file.filename]
