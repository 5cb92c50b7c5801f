"""Why one person may use one app, or why not: every reason, the gravest first."""

from __future__ import annotations

from typing import Any

from portico.domains.catalogue import manifests
from portico.domains.catalogue import queries as catalogue
from portico.domains.directory import queries as directory
from portico.domains.installations import policies, queries
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound


def _reason(code: str, message: str, *, blocks: bool = True, **about: Any) -> dict[str, Any]:
    return {"code": code, "blocks": blocks, "message": message, "about": about}


def access(actor: Actor, app_key: str, employee_id: str) -> dict[str, Any]:
    """The answer for an app that is installed or could be. Raises NotFound for unknown apps and people."""
    app = catalogue.installable(actor, app_key)
    if app is None:
        raise NotFound()
    person = directory.employee(actor, employee_id)
    there = queries.live_installation(actor, app.app_id)
    reasons = _of_person(person) + _of_policy(actor, app, there)
    if there is None:
        reasons.append(_reason("not_installed", "The app is not installed in this workspace."))
        reasons += _of_stop(app.app_id)
    else:
        reasons += _of_installation(actor, there, employee_id) + _of_growth(actor, there)
    reasons.sort(key=lambda each: not each["blocks"])
    allowed = not any(each["blocks"] for each in reasons)
    return {
        "app_key": app_key,
        "employee_id": employee_id,
        "installation_id": there["id"] if there else None,
        "allowed": allowed,
        "reasons": reasons,
    }


def access_to_installation(actor: Actor, installation_id: str, employee_id: str) -> dict[str, Any]:
    return access(actor, queries.installation(actor, installation_id)["app_key"], employee_id)


def _of_stop(app_id: str) -> list[dict[str, Any]]:
    stop = catalogue.stop_of(app_id)
    if stop is None:
        return []
    message = "The app is stopped everywhere; nobody can install it now."
    return [_reason("app_stopped", message, side=stop.side, reason=stop.reason)]


def _of_person(person: Any) -> list[dict[str, Any]]:
    status = person["status"] if isinstance(person, dict) else person.status
    if status in ("suspended", "departed"):
        return [_reason("person_not_active", "The person is suspended or has left.", status=status)]
    return []


def _of_policy(actor: Actor, app: catalogue.Released, there: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Against an installed app a policy cuts scopes; one that is not there it keeps out."""
    required = manifests.scope_names(app.manifest, "scopes")
    found = policies.objections(actor, policies.policy(actor), app, required)
    return [_reason(each.code, each.message, blocks=there is None) for each in found]


def _of_growth(actor: Actor, there: dict[str, Any]) -> list[dict[str, Any]]:
    """Why what a new version asks for waits."""
    rules = policies.policy(actor)
    waiting = [name for name in there["pending_scopes"] if not policies.grows_by_itself(rules, name)]
    if not waiting:
        return []
    message = "The policy has this wait for an admin when a new version asks for it."
    return [_reason("upgrades_wait", message, blocks=False, scopes=waiting, upgrades=rules["upgrades"])]


def _of_installation(actor: Actor, there: dict[str, Any], employee_id: str) -> list[dict[str, Any]]:
    found = [
        _reason(f"suspended_by_{hold['side']}", f"It is suspended by the {hold['side']}.", reason=hold["reason"])
        for hold in there["holds"]
    ]
    concerned = queries.rules_concerning(actor, there, employee_id)
    if concerned["exclude"]:
        found.append(_reason("excluded", "A rule excludes this person.", rules=concerned["exclude"]))
    elif there["for_everyone"]:
        found.append(_reason("for_everyone", "It is for everyone in the workspace.", blocks=False))
    elif concerned["include"]:
        found.append(_reason("included", "A rule includes this person.", blocks=False, rules=concerned["include"]))
    else:
        found.append(_reason("not_included", "It is for some people only, and no rule includes this person."))
    found += [
        _reason("scope_pending", f"It works without {name}, which nobody granted.", blocks=False, scope=name)
        for name in there["pending_scopes"]
    ]
    return found
