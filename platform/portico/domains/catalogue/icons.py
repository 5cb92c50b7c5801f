"""Icons of apps: a version's manifest holds one as a data URI, and pages show it from our own origin by its address."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from sqlalchemy import case, literal, select

from portico.domains.catalogue.models import AppVersion
from portico.kernel.unit_of_work import session

LARGEST = 256 * 1024
_URI = re.compile(r"data:(image/(?:png|svg\+xml|webp));base64,([A-Za-z0-9+/=]+)")
_BEGINS = {"image/png": b"\x89PNG\r\n\x1a\n", "image/webp": b"RIFF"}
_version = AppVersion.__table__.c
_given = _version.manifest["app"]["icon"].as_string()


def address() -> Any:
    """The column with the address of a version's icon, without reading the icon; None when it has none."""
    return case((_given.is_not(None), literal("/icons/") + _version.id), else_=None)


def address_of(version_id: str, manifest: dict[str, Any]) -> str | None:
    return f"/icons/{version_id}" if manifest["app"].get("icon") else None


def icon(version_id: str) -> tuple[str, bytes] | None:
    """Type and content of a version's icon; None for what is no picture of the type that it says, or is too large."""
    uri = session().scalar(select(_given).where(_version.id == version_id))
    found = _URI.fullmatch(uri or "")
    if found is None:
        return None
    try:
        content = base64.b64decode(found[2], validate=True)
    except binascii.Error:
        return None
    if len(content) > LARGEST or not is_picture(found[1], content):
        return None
    return found[1], content


def is_picture(kind: str, content: bytes) -> bool:
    """Whether the bytes look as those of this type do."""
    return b"<svg" in content if kind == "image/svg+xml" else content.startswith(_BEGINS[kind])
