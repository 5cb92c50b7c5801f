"""The kinds of values in cards and answers, beside those of manifests."""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from marshmallow import ValidationError, fields

from portico_sdk.manifest._fields import KEY, Line

_PATH = re.compile(r"/(?!/)[A-Za-z0-9\-._~!$&'()*+,;=:@%/?]*")
_SURFACE = re.compile(rf"surface:{KEY}")
_AUTHORITY = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?")
_PRINTABLE = re.compile(r"[\x21-\x7e]+")
_DATA = re.compile(r"data:image/(png|jpeg|gif|webp);base64,([A-Za-z0-9+/]+={0,2})")
_BEGINNINGS = {
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpeg": (b"\xff\xd8\xff",),
    "gif": (b"GIF87a", b"GIF89a"),
    "webp": (b"RIFF",),
}
LARGEST = 10**15
"""Beyond this, fractions are lost on the way through JSON."""


def is_https(value: str) -> bool:
    """Whether this is a whole https address without a user name."""
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018  raises for a port that is none
    except ValueError:
        return False
    return parts.scheme == "https" and bool(_AUTHORITY.fullmatch(parts.netloc)) and bool(_PRINTABLE.fullmatch(value))


class Spoken(Line):
    """Words for people; more than blanks."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **options)
        if text and not text.strip():
            raise ValidationError("empty")
        return text


class Target(Line):
    """Where `open` leads: a path of the workspace, an https address, or `surface:<key>`, the app's own page."""

    def __init__(self, **options: Any) -> None:
        super().__init__(_known_place, limit=2000, **options)


def _known_place(value: str) -> None:
    path = _PATH.fullmatch(value) and ".." not in value.partition("?")[0].split("/") and "%2" not in value.lower()
    if not (path or _SURFACE.fullmatch(value) or is_https(value)):
        raise ValidationError("target")


class Picture(Line):
    """An https address, which the portal fetches itself, or the picture as a data URI."""

    def __init__(self, **options: Any) -> None:
        super().__init__(_picture, limit=60_000, **options)


def _picture(value: str) -> None:
    if value.startswith("data:"):
        if not _is_picture(value):
            raise ValidationError("picture")
    elif len(value) > 2000 or not is_https(value):
        raise ValidationError("picture")


def _is_picture(uri: str) -> bool:
    found = _DATA.fullmatch(uri)
    try:
        content = base64.b64decode(found[2], validate=True) if found else b""
    except binascii.Error:
        return False
    return found is not None and content.startswith(_BEGINNINGS[found[1]])


class Figure(fields.Field[float]):
    """A number as it may stand in JSON."""

    default_error_messages = {  # noqa: RUF012  marshmallow's way
        "required": "required",
        "null": "wrong_type:a number",
        "invalid": "wrong_type:a number",
    }

    def __init__(self, least: float = -LARGEST, most: float = LARGEST, **options: Any) -> None:
        self.least, self.most = least, most
        self.json_schema = {"type": "number", "minimum": least, "maximum": most}
        super().__init__(**options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.make_error("invalid")
        if not self.least <= value <= self.most:
            raise ValidationError(f"between:{self.least:g}..{self.most:g}")
        return value


class Value(fields.Field[Any]):
    """What stands beside a label: words or a number."""

    default_error_messages = {  # noqa: RUF012  marshmallow's way
        "required": "required",
        "null": "wrong_type:text or a number",
        "invalid": "wrong_type:text or a number",
    }

    def __init__(self, *, limit: int = 300, **options: Any) -> None:
        self.limit = limit
        self.json_schema = {"type": ["string", "number"], "maxLength": limit}
        super().__init__(**options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        if isinstance(value, str):
            if len(value) > self.limit:
                raise ValidationError(f"too_long:{self.limit}")
            return value
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST:
            raise self.make_error("invalid")
        return value


class Entered(fields.Field[dict[str, Any]]):
    """Values for the input of an action, by the names of its fields."""

    default_error_messages = {"null": "wrong_type:a table", "invalid": "wrong_type:a table"}  # noqa: RUF012
    json_schema: Mapping[str, Any] = MappingProxyType({"type": "object", "maxProperties": 50})

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.make_error("invalid")
        if len(value) > 50:
            raise ValidationError("too_many:50")
        wrong = {name: ["wrong_type:text, a number, true or false"] for name, one in value.items() if not _plain(one)}
        if wrong:
            raise ValidationError(dict(wrong))
        return value


def _plain(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= 10_000
    return isinstance(value, bool) or (isinstance(value, int | float) and abs(value) <= LARGEST)


class Messages(fields.Field[dict[str, str]]):
    """What is wrong, by the name of the field; `_` stands for the whole."""

    default_error_messages = {"null": "wrong_type:a table", "invalid": "wrong_type:a table"}  # noqa: RUF012

    def __init__(self, *, limit: int = 300, **options: Any) -> None:
        self.limit = limit
        line = {"type": "string", "minLength": 1, "maxLength": limit}
        self.json_schema = {"type": "object", "minProperties": 1, "maxProperties": 50, "additionalProperties": line}
        super().__init__(**options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> dict[str, str]:
        if not isinstance(value, Mapping):
            raise self.make_error("invalid")
        if not value:
            raise ValidationError("empty")
        if len(value) > 50:
            raise ValidationError("too_many:50")
        if wrong := {name: [rule] for name, text in value.items() if (rule := self._rule(text))}:
            raise ValidationError(dict(wrong))
        return dict(value)

    def _rule(self, text: Any) -> str | None:
        if not isinstance(text, str):
            return "wrong_type:text"
        if not text.strip():
            return "empty"
        return f"too_long:{self.limit}" if len(text) > self.limit else None
