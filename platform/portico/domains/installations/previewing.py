"""What ends with an app: counted before it is uninstalled. The domains above say what they hold for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from portico.domains.catalogue import manifests
from portico.domains.catalogue import queries as catalogue
from portico.domains.installations import app_properties, queries
from portico.domains.installations.errors import InstallationState
from portico.domains.installations.schemas import LIVE
from portico.kernel import clock
from portico.kernel.actor import Actor

Count = Callable[[Actor, str], int]
_counts: dict[str, Count] = {}


def ends_with_app(kind: str) -> Callable[[Count], Count]:
    """Register who counts what ends with an installation, by the name that people are shown."""

    def register(count: Count) -> Count:
        _counts[kind] = count
        return count

    return register


def preview(actor: Actor, installation_id: str) -> dict[str, Any]:
    """What depends on the app now, until when it can come back, and where it may have sent data.

    Raises NotFound and InstallationState.
    """
    row = queries.installation(actor, installation_id)
    if row["status"] not in LIVE:
        raise InstallationState("The app was uninstalled already.")
    released = catalogue.run_by(row)
    manifest = released.manifest if released else {}
    ending = app_properties.ending(actor, row["app_id"])
    found = [*_of_manifest(manifest, actor.locale), *ending, *_counted(actor, installation_id)]
    return {
        "installation_id": installation_id,
        "dependents": [each for each in found if each["count"]],
        "restorable_until": clock.now() + queries.DORMANCY,
        "egress": catalogue.egress(manifest, actor.locale),
        "tells_app": "lifecycle" in manifest,
    }


def _of_manifest(manifest: manifests.Manifest, locale: str | None) -> Iterable[dict[str, Any]]:
    for kind, rows in (("surfaces", manifests.surfaces(manifest)), ("actions", manifests.actions(manifest))):
        names = [manifests.localised(row.get("title"), locale) or row["key"] for row in rows]
        yield {"kind": kind, "count": len(names), "names": names[:10]}


def _counted(actor: Actor, installation_id: str) -> Iterable[dict[str, Any]]:
    for kind, count in sorted(_counts.items()):
        yield {"kind": kind, "count": count(actor, installation_id), "names": []}
