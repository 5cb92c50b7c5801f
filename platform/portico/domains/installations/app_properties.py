"""What an app's manifest says of properties, as properties take it; and what of them ends with the app."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portico.domains.catalogue import manifests
from portico.domains.catalogue import queries as catalogue
from portico.domains.properties import queries as properties
from portico.domains.properties import service
from portico.kernel.actor import Actor

_OLDER = {"number": "decimal", "boolean": "bool", "multi_select": "multiselect"}
"""Words of manifests for types that have one name everywhere now."""


def declared(manifest: manifests.Manifest) -> list[service.Declared]:
    return [
        service.Declared(
            object=row["object"],
            key=row["key"],
            type=_OLDER.get(row["type"], row["type"]),
            label=manifests.localised(row.get("label"), None) or row["key"].replace("_", " ").capitalize(),
            options=tuple(row.get("options", ())),
        )
        for row in manifest.get("properties", ())
    ]


def declare(actor: Actor, installation: dict[str, Any], *, strict: bool) -> None:
    """Make the app's properties what the version says that runs here."""
    running = catalogue.run_by(installation)
    if running is not None:
        rows = declared(running.manifest)
        service.declare(actor, running.app_id, running.app_key, rows, strict=strict)


def ending(actor: Actor, app_id: str) -> Iterable[dict[str, Any]]:
    """For the preview of uninstalling: the properties, and how many objects have a value of one."""
    found = properties.of_app(actor, app_id)
    yield {"kind": "properties", "count": len(found), "names": [row.label for row in found[:10]]}
    for name in sorted({row.object for row in found}):
        count = properties.counted(actor, [row.id for row in found if row.object == name])
        yield {"kind": f"{name}_values", "count": count, "names": []}
