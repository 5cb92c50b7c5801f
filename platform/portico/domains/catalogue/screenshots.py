"""Screenshots: uploads of the publisher, drawn anew like all pictures, which versions of an app name by their ids.

Whoever has the address sees them, as it is with icons: what stands in a catalogue is no secret.
"""

from __future__ import annotations

from typing import Any

from portico.domains.catalogue import manifests
from portico.domains.files import queries as files

KIND = "app_screenshot"


def rows_of(manifest: manifests.Manifest) -> list[dict[str, Any]]:
    return list(manifest["app"].get("screenshots", ()))


def shown(manifest: manifests.Manifest, locale: str | None) -> list[dict[str, Any]]:
    """Where they are and what they show, in the order of the manifest."""
    return [
        {
            "url": f"/icons/screenshots/{row['file']}/large",
            "small_url": f"/icons/screenshots/{row['file']}/small",
            "alt": manifests.localised(row["alt"], locale),
        }
        for row in rows_of(manifest)
    ]


def content(attachment_id: str, *, small: bool) -> tuple[str, str]:
    """Place and type of one. In a system unit. Raises NotFound."""
    row = files.linked_anywhere(KIND, attachment_id)
    return (row.small_place, "image/webp") if small and row.small_place else (row.place, row.type)
