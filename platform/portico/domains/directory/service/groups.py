"""Groups: people who belong together across departments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.exc import IntegrityError

from portico.domains.directory import groups, queries
from portico.domains.directory.errors import GroupExists, GroupIsDynamic, GroupIsStatic, TooManyRules
from portico.domains.directory.events import GROUP_CREATED, GROUP_DELETED, GROUP_MEMBERS_CHANGED, GROUP_UPDATED
from portico.domains.directory.models import DirectoryGroup, DirectoryGroupMember
from portico.domains.directory.ranges import require_whole_company
from portico.kernel import clock, search, text
from portico.kernel.actor import Actor
from portico.kernel.errors import Stale, invalid
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.text import N_
from portico.kernel.unit_of_work import session

_KEY_LENGTH = 200
MOST_DYNAMIC = 100


def create_group(
    actor: Actor, *, name: str, description: str | None = None, kind: str = "static", rule: Any = None
) -> dict[str, Any]:
    """A new group: a static one without people, or a dynamic one of whoever its rule matches. Raises GroupExists,
    TooManyRules, Invalid and OutOfRange."""
    if kind == "dynamic":
        _require_room(actor)
        _require_rule(actor, rule)
    elif rule is not None:
        raise invalid("/rule", "static", N_("Only dynamic groups have a rule."))
    group_id, now = new_id("grp"), clock.now()
    row = {
        "id": group_id,
        "name": name,
        "description": description,
        "kind": kind,
        "rule": rule,
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }
    try:
        with session().begin_nested():
            session().execute(
                insert(DirectoryGroup).values(**row, workspace_id=actor.workspace_id, name_key=_key(name))
            )
    except IntegrityError as error:
        raise GroupExists() from error
    search.index(actor.workspace_id, "group", group_id, name, fresh=True)
    emit(actor, GROUP_CREATED, groups.told(actor.workspace_id, row))
    return groups.shown_group(actor, group_id)


def _require_room(actor: Actor) -> None:
    """Each membership asked for costs a condition for each rule. Two at once may pass the limit by one: no harm."""
    if groups.count_dynamic(actor) >= MOST_DYNAMIC:
        raise TooManyRules()


def _require_rule(actor: Actor, rule: Any) -> None:
    require_whole_company(actor)
    if rule is None:
        raise invalid("/rule", "required", N_("Say whom the rule matches."))
    groups.require_rule(actor, rule)


def set_rule(actor: Actor, group_id: str, rule: Any, expected_version: int | None = None) -> dict[str, Any]:
    """Give a dynamic group another rule; it counts from now on. Raises NotFound, GroupIsStatic, Stale, Invalid and
    OutOfRange."""
    before = groups.group(actor, group_id)
    if before["kind"] != "dynamic":
        raise GroupIsStatic()
    _require_rule(actor, rule)
    if rule == before["rule"] and expected_version in (None, before["version"]):
        return groups.shown_group(actor, group_id)
    _bump(actor, group_id, before["version"] if expected_version is None else expected_version, rule=rule)
    _tell(actor, before, ["rule"])
    return groups.shown_group(actor, group_id)


def _tell(actor: Actor, before: dict[str, Any], changes: list[str]) -> None:
    row, here = groups.group(actor, before["id"]), actor.workspace_id
    emit(actor, GROUP_UPDATED, groups.told(here, row), changes=changes, before=groups.told(here, before))


def _key(name: str) -> str:
    return text.search_key(name)[:_KEY_LENGTH]


def update_group(
    actor: Actor, group_id: str, changes: dict[str, Any], expected_version: int | None = None
) -> dict[str, Any]:
    """Rename or describe. Raises NotFound, Stale, GroupExists."""
    before = groups.group(actor, group_id)
    changed = {key: value for key, value in changes.items() if before[key] != value}
    if not changed and expected_version in (None, before["version"]):
        return groups.shown_group(actor, group_id)
    columns = {**changed, **({"name_key": _key(changed["name"])} if "name" in changed else {})}
    expected = before["version"] if expected_version is None else expected_version
    try:
        with session().begin_nested():
            _bump(actor, group_id, expected, **columns)
    except IntegrityError as error:
        raise GroupExists() from error
    if "name" in changed:
        search.index(actor.workspace_id, "group", group_id, changed["name"])
    _tell(actor, before, list(changed))
    return groups.shown_group(actor, group_id)


def _bump(actor: Actor, group_id: str, expected: int | None, **columns: Any) -> None:
    statement = update(DirectoryGroup).where(
        DirectoryGroup.workspace_id == actor.workspace_id, DirectoryGroup.id == group_id
    )
    if expected is not None:
        statement = statement.where(DirectoryGroup.version == expected)
    bumped = session().scalar(
        statement.values(**columns, updated_at=clock.now(), version=DirectoryGroup.version + 1).returning(
            DirectoryGroup.id
        )
    )
    if bumped is None:
        raise Stale()


def change_members(actor: Actor, group_id: str, *, add: Sequence[str] = (), remove: Sequence[str] = ()) -> None:
    """Put people in and take people out; what is so already stays so. Raises NotFound, GroupIsDynamic, Invalid and
    OutOfRange."""
    require_whole_company(actor)
    if groups.group(actor, group_id)["kind"] == "dynamic":
        raise GroupIsDynamic()
    known = {row["id"] for row in queries.lookup(actor, list(add)) if row["status"] != "departed"}
    for place, employee_id in enumerate(add):
        if employee_id not in known:
            raise invalid(f"/add/{place}", "unknown", N_("There is no such employee."))
    # The row of the group is held from here: two changes at once come one after the other.
    _bump(actor, group_id, None)
    present = groups.member_ids(actor, group_id)
    coming, going = sorted(set(add) - present), sorted(present.intersection(remove) - set(add))
    member = DirectoryGroupMember
    if going:
        session().execute(
            delete(member).where(
                member.workspace_id == actor.workspace_id, member.group_id == group_id, member.employee_id.in_(going)
            )
        )
    if coming:
        session().execute(
            insert(member),
            [{"workspace_id": actor.workspace_id, "group_id": group_id, "employee_id": one} for one in coming],
        )
    if coming or going:
        emit(actor, GROUP_MEMBERS_CHANGED, groups.group(actor, group_id), changes=["members"])


def leave_groups(actor: Actor, employee_id: str) -> None:
    """Out of every static group: what was for one is not for somebody who left, nor for them when they come back.
    The rules of the others match nobody who left."""
    member = DirectoryGroupMember
    for group_id in groups.static_groups_of(actor, employee_id):
        _bump(actor, group_id, None)
        session().execute(
            delete(member).where(
                member.workspace_id == actor.workspace_id,
                member.group_id == group_id,
                member.employee_id == employee_id,
            )
        )
        emit(actor, GROUP_MEMBERS_CHANGED, groups.group(actor, group_id), changes=["members"])


def delete_group(actor: Actor, group_id: str, expected_version: int | None = None) -> None:
    """Its people stay; what named the group names nobody by it any more. Raises NotFound, Stale and OutOfRange."""
    require_whole_company(actor)
    before = groups.group(actor, group_id)
    _bump(actor, group_id, expected_version)
    session().execute(
        delete(DirectoryGroup).where(DirectoryGroup.workspace_id == actor.workspace_id, DirectoryGroup.id == group_id)
    )
    search.index(actor.workspace_id, "group", group_id)
    gone = {**before, "version": before["version"] + 1, "updated_at": clock.now()}
    emit(actor, GROUP_DELETED, groups.told(actor.workspace_id, gone))
