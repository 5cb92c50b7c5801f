"""Taking back what an app has and does not use."""

from __future__ import annotations

from typing import Any

from portico.domains.installations import measuring, queries
from portico.domains.installations.service.installing import update_installation
from portico.kernel.actor import Actor


def shrink(actor: Actor, installation_id: str, expected_version: int | None = None) -> dict[str, Any]:
    """Cut the grants to what was used in 30 days. Raises NotFound, Stale, InstallationState."""
    row = queries.installation(actor, installation_id)
    cut = set(measuring.unused(actor, row))
    kept = [name for name in row["granted_scopes"] if name not in cut]
    # By the version that was read: a grant that comes meanwhile is not swept away with the old ones.
    expected = row["version"] if expected_version is None else expected_version
    return update_installation(actor, installation_id, {"granted_scopes": kept}, expected)
