"""A developer tries an app of their own at home: for themselves, with no more power than they have.

Consent is an admin's. What needs none is an app that shows its developer what the developer may see anyway.
"""

from __future__ import annotations

from typing import Any

from portico.domains.catalogue import manifests
from portico.domains.catalogue import queries as catalogue
from portico.domains.installations import queries
from portico.domains.installations.permissions import require_may_try, require_own_trial
from portico.domains.installations.service.installing import install
from portico.domains.installations.service.living import uninstall
from portico.kernel.actor import Actor


def try_own_app(actor: Actor, app_id: str) -> dict[str, Any]:
    """Install the actor's own private app with what it requires, for the actor alone. An admin may widen it later.

    Raises NotFound, TrialNeedsAdmin, AlreadyInstalled, and Invalid when nothing of it is released.
    """
    app = catalogue.own_app(actor, app_id)
    released = catalogue.installable(actor, app["key"])
    required = manifests.scope_names(released.manifest, "scopes") if released else []
    require_may_try(actor, visibility=app["visibility"], scopes=required)
    alone = {"kind": "only", "include": [{"kind": "employee", "id": actor.employee_id}]}
    return install(actor, app["key"], granted_scopes=required, availability_=alone)


def end_trial(actor: Actor, installation_id: str) -> dict[str, Any]:
    """Uninstall what the actor installed to try it. Raises NotFound, Forbidden, InstallationState."""
    installation = queries.installation(actor, installation_id)
    catalogue.own_app(actor, installation["app_id"])
    require_own_trial(actor, installation)
    return uninstall(actor, installation_id)
