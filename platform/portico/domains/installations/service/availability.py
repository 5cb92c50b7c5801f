"""For whom an installation is: rules checked against the directory, and written so that one statement can ask them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import delete, insert

from portico.domains.installations import queries
from portico.domains.installations.models import InstallationRule
from portico.kernel import ids
from portico.kernel.actor import Actor
from portico.kernel.errors import FieldError, Invalid
from portico.kernel.unit_of_work import session

EVERYONE: dict[str, Any] = {"kind": "everyone", "include": [], "exclude": []}
_PREFIXES = {"department": "dep", "group": "grp", "employee": "emp"}


def checked(actor: Actor, given: dict[str, Any]) -> dict[str, Any]:
    """The availability in its full form. Raises Invalid with every wrong rule."""
    include, exclude = given.get("include", []), given.get("exclude", [])
    errors = [*_unknown(actor, "availability/include", include), *_unknown(actor, "availability/exclude", exclude)]
    if given["kind"] == "only" and not include:
        errors.append(FieldError("/availability/include", "required", "Say for whom: at least one of include."))
    if given["kind"] == "everyone" and include:
        errors.append(FieldError("/availability/include", "invalid", "Everyone is included already."))
    if errors:
        raise Invalid(errors=errors)
    return {"kind": given["kind"], "include": [_full(r) for r in include], "exclude": [_full(r) for r in exclude]}


def known(actor: Actor, before: dict[str, Any]) -> dict[str, Any]:
    """An availability of some time ago, without the departments and people that are gone since. One that was for
    some people only never widens: it may end up for nobody."""
    gone = {
        (effect, place)
        for effect in ("include", "exclude")
        for place, rule in enumerate(before[effect])
        if any(_unknown(actor, effect, [rule]))
    }
    kept = {
        effect: [rule for place, rule in enumerate(before[effect]) if (effect, place) not in gone]
        for effect in ("include", "exclude")
    }
    return {"kind": before["kind"], **kept}


def checked_range(actor: Actor, given: dict[str, Any]) -> dict[str, Any]:
    """The data range in its full form. Raises Invalid with every wrong rule."""
    include, unassigned = given.get("include", []), given.get("unassigned", False)
    errors = list(_unknown(actor, "data_range/include", include))
    if given["kind"] == "only" and not include and not unassigned:
        message = "Say whose records: at least one of include, or unassigned."
        errors.append(FieldError("/data_range/include", "required", message))
    if given["kind"] == "all" and (include or unassigned):
        errors.append(FieldError("/data_range/include", "invalid", "All records are included already."))
    if errors:
        raise Invalid(errors=errors)
    return {"kind": given["kind"], "include": [_full(rule) for rule in include], "unassigned": unassigned}


def _full(rule: dict[str, Any]) -> dict[str, Any]:
    if rule["kind"] != "department":
        return {"kind": rule["kind"], "id": rule["id"]}
    return {"kind": "department", "id": rule["id"], "recursive": rule.get("recursive", True)}


def _unknown(actor: Actor, pointer: str, rules: list[dict[str, Any]]) -> Iterator[FieldError]:
    formed = [rule for rule in rules if ids.is_id(rule["id"], _PREFIXES[rule["kind"]])]
    departments = {rule["id"] for rule in formed if rule["kind"] == "department"}
    groups = {rule["id"] for rule in formed if rule["kind"] == "group"}
    employees = {rule["id"] for rule in formed if rule["kind"] == "employee"}
    known = {*departments, *groups, *employees}
    known -= queries.unknown_departments(actor, departments) | queries.unknown_employees(actor, employees)
    known -= queries.unknown_groups(actor, groups)
    for place, rule in enumerate(rules):
        if rule["id"] not in known:
            message = f"There is no such {rule['kind']} in this workspace."
            yield FieldError(f"/{pointer}/{place}/id", "unknown", message)


def write_rules(actor: Actor, installation_id: str, availability: dict[str, Any]) -> None:
    """Replace the rules of an installation."""
    work = session()
    work.execute(
        delete(InstallationRule).where(
            InstallationRule.workspace_id == actor.workspace_id, InstallationRule.installation_id == installation_id
        )
    )
    rows = {
        (effect, rule["id"]): {
            "workspace_id": actor.workspace_id,
            "installation_id": installation_id,
            "effect": effect,
            "kind": rule["kind"],
            "object_id": rule["id"],
            "recursive": rule.get("recursive", True),
        }
        for effect in ("include", "exclude")
        for rule in availability[effect]
    }
    if rows:
        work.execute(insert(InstallationRule), list(rows.values()))
