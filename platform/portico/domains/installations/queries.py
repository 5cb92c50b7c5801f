"""Reads of installations; each begins at `visible_to(actor)` or names its workspace."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Row, Select, Text, and_, case, cast, func, not_, null, or_, select

from portico.domains.catalogue import queries as catalogue
from portico.domains.catalogue.models import App, AppVersion
from portico.domains.directory.memberships import memberships
from portico.domains.directory.models import (
    Department,
    DepartmentMember,
    DirectoryGroup,
    DirectoryGroupMember,
    Employee,
)
from portico.domains.installations.models import Installation, InstallationRule
from portico.domains.installations.schemas import LIVE, SIDES, STATES
from portico.kernel.actor import Actor
from portico.kernel.data_range import ALL
from portico.kernel.errors import NotFound
from portico.kernel.listing import Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.secrets import keyring
from portico.kernel.unit_of_work import session

DORMANCY = timedelta(days=30)
_installation = Installation.__table__.c
_version = AppVersion.__table__.c

INSTALLATIONS = Listing(
    id_column=_installation.id,
    filters={
        "status": Filter(column=_installation.status, choices=STATES),
        "app_key": Filter(column=App.__table__.c.key, operators=("eq", "in")),
    },
    sorts={"created_at": Sort(_installation.id)},
)


def visible_to(actor: Actor) -> Select[Any]:
    """The workspace's installations, each with its app's key and what the version that it runs asks for."""
    return (
        select(
            Installation.__table__,
            App.key.label("app_key"),
            _version.scopes.label("asked_scopes"),
            _version.id.label("version_id"),
            _version.number.label("version_number"),
        )
        .join(App, App.id == _installation.app_id)
        .outerjoin(AppVersion, catalogue.runs(_installation.app_id, _installation.bucket))
        .where(_installation.workspace_id == actor.workspace_id)
    )


def _shown(row: Row[Any]) -> dict[str, Any]:
    pending = set(row.asked_scopes or ()).difference(row.granted_scopes)
    about: dict[str, Any] = dict(row._mapping)
    holds = [
        {"side": side, "since": since, "reason": about[f"{side}_hold_reason"]}
        for side in SIDES
        if (since := about[f"{side}_hold_at"]) is not None
    ]
    return {
        **about,
        "pending_scopes": sorted(pending),
        "app_version": {"id": row.version_id, "number": row.version_number} if row.version_id is not None else None,
        "data_range": row.data_range or ALL,
        "holds": holds,
        "suspended_by": holds[0]["side"] if holds and row.status == "suspended" else None,
        "erases_at": row.uninstalled_at + DORMANCY if row.status in ("uninstalling", "dormant") else None,
    }


def installation(actor: Actor, installation_id: str) -> dict[str, Any]:
    """One installation. Raises NotFound."""
    row = session().execute(visible_to(actor).where(_installation.id == installation_id)).one_or_none()
    if row is None:
        raise NotFound()
    return _shown(row)


def is_here(workspace_id: str, installation_id: str) -> bool:
    """Whether the workspace has this installation."""
    mine = (_installation.workspace_id == workspace_id, _installation.id == installation_id)
    return session().scalar(select(_installation.id).where(*mine)) is not None


def page_of_installations(actor: Actor, query: ListQuery) -> Page:
    found = page(visible_to(actor), INSTALLATIONS, actor.workspace_id, query)
    return replace(found, rows=[_shown(row) for row in found.rows])


def live_installation(actor: Actor, app_id: str) -> dict[str, Any] | None:
    """The workspace's installation of an app that was not uninstalled."""
    return _of_app(actor, app_id, LIVE)


def live_installations(actor: Actor, app_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """As `live_installation`, of several apps: those that have one."""
    mine = visible_to(actor).where(_installation.app_id.in_(sorted(app_ids)), _installation.status.in_(LIVE))
    return {row.app_id: _shown(row) for row in session().execute(mine)}


def revivable_installation(actor: Actor, app_id: str) -> dict[str, Any] | None:
    """The one that was uninstalled within the last 30 days: installing the app anew brings it back."""
    return _of_app(actor, app_id, ("uninstalling", "dormant"))


def _of_app(actor: Actor, app_id: str, states: Iterable[str]) -> dict[str, Any] | None:
    row = (
        session()
        .execute(visible_to(actor).where(_installation.app_id == app_id, _installation.status.in_(states)))
        .one_or_none()
    )
    return None if row is None else _shown(row)


def own_installation(actor: Actor) -> dict[str, Any]:
    """The installation whose token this is, with its secret settings: they are the app's to read."""
    found = installation(actor, actor.installation_id or "")
    return {**found, "settings": {**found["settings"], **secret_settings(actor.workspace_id, found)}}


def secret_settings(workspace_id: str, found: dict[str, Any]) -> dict[str, Any]:
    """The secret settings of an installation that was read before."""
    if not found["sealed_settings"]:
        return {}
    values: dict[str, Any] = orjson.loads(
        keyring().unseal(found["sealed_settings"], seal_row(workspace_id, found["id"]))
    )
    return values


def seal_row(workspace_id: str, installation_id: str) -> str:
    """The associated data of sealed settings: they open only where they were put."""
    return f"installation|sealed_settings|{installation_id}|{workspace_id}"


# --- for whom ---------------------------------------------------------------------------------------------------------


Employees = str | ColumnElement[str]


def _is_named(employee_id: Employees) -> ColumnElement[bool]:
    """Whether a rule of an availability names a static group in which the employee is."""
    rule = InstallationRule.__table__.c
    member = DirectoryGroupMember.__table__.c
    return (
        select(member.employee_id)
        .where(member.workspace_id == rule.workspace_id, member.employee_id == employee_id)
        .where(member.group_id == rule.object_id)
        .exists()
    )


def _names(employee_id: Employees, is_in: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a rule of an availability names the employee, a group of theirs (`is_in`), or a department of theirs or
    above."""
    rule = InstallationRule.__table__.c
    place = DepartmentMember.__table__.c
    department = Department.__table__.c
    is_theirs = (
        select(place.employee_id)
        .join(
            Department.__table__,
            and_(department.workspace_id == place.workspace_id, department.id == place.department_id),
        )
        .where(place.workspace_id == rule.workspace_id, place.employee_id == employee_id)
        # A path holds the ids from the root down to the department itself.
        .where(or_(department.id == rule.object_id, and_(rule.recursive, department.path.contains(rule.object_id))))
        .correlate_except(DepartmentMember.__table__, Department.__table__)
        .exists()
    )
    return or_(
        rule.object_id == employee_id,
        and_(rule.kind == "department", is_theirs),
        and_(rule.kind == "group", is_in),
    )


def _has_rule(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the installation has a rule that meets these."""
    rule = InstallationRule.__table__.c
    return (
        select(rule.installation_id)
        .where(rule.workspace_id == _installation.workspace_id, rule.installation_id == _installation.id)
        .where(*conditions)
        .correlate_except(InstallationRule.__table__)
        .exists()
    )


def _is_one_of(ids: Iterable[str]) -> ColumnElement[bool]:
    return InstallationRule.__table__.c.object_id.in_(sorted(ids))


def rules_concerning(actor: Actor, found: dict[str, Any], employee_id: str) -> dict[str, list[dict[str, Any]]]:
    """Those rules of an installation (as read before) that name the employee, by effect."""
    rule = InstallationRule.__table__.c
    mine = (rule.workspace_id == actor.workspace_id, rule.installation_id == found["id"])
    groups = memberships(actor.workspace_id, employee_id)
    kept_from = and_(rule.effect == "exclude", _is_one_of(groups.unknown))
    names = _names(employee_id, or_(_is_one_of(groups.inside), kept_from))
    rows = session().execute(select(rule.effect, rule.object_id).where(*mine, names))
    named = {(row.effect, row.object_id) for row in rows}
    return {
        effect: [each for each in found["availability"][effect] if (effect, each["id"]) in named]
        for effect in ("include", "exclude")
    }


def available_to(workspace_id: str, employee_id: str) -> ColumnElement[bool]:
    """The condition that an installation of the workspace is for this employee; an exclusion outweighs everything.
    Their groups are asked now, those by a rule too."""
    groups = memberships(workspace_id, employee_id)
    return _available(employee_id, _is_one_of(groups.inside), _is_one_of(groups.inside | groups.unknown))


def _available(
    employee_id: Employees, is_in: ColumnElement[bool], may_be_in: ColumnElement[bool]
) -> ColumnElement[bool]:
    effect = InstallationRule.__table__.c.effect
    included = or_(_installation.for_everyone, _has_rule(effect == "include", _names(employee_id, is_in)))
    return and_(included, not_(_has_rule(effect == "exclude", _names(employee_id, may_be_in))))


def availability(employee_id: ColumnElement[str]) -> ColumnElement[bool | None]:
    """Whether an installation is for the employee in that column, in whichever workspace: for statements that are
    prepared. NULL where a rule of the installation names a dynamic group, whose own rule is not in the statement:
    `settled` asks it then. Who forgets that keeps people out, and lets nobody in."""
    group = DirectoryGroup.__table__.c
    rule = InstallationRule.__table__.c
    by_rule = (
        select(group.id)
        .where(group.workspace_id == rule.workspace_id, group.id == rule.object_id, group.kind == "dynamic")
        .exists()
    )
    named = _is_named(employee_id)
    return case((_has_rule(by_rule), null()), else_=_available(employee_id, named, named))


def settled(available: bool | None, workspace_id: str, installation_id: str, employee_id: str) -> bool:
    """An answer of `availability`, asked anew where it was left open."""
    if available is not None:
        return available
    return _is_for(workspace_id, installation_id, employee_id)


def _is_for(workspace_id: str, installation_id: str, employee_id: str) -> bool:
    here = (_installation.workspace_id == workspace_id, _installation.id == installation_id)
    found = session().scalar(select(_installation.id).where(*here, available_to(workspace_id, employee_id)))
    return found is not None


def is_available(actor: Actor, installation_id: str) -> bool:
    """Whether the installation is active and for this person."""
    if actor.employee_id is None:
        return False
    found = session().scalar(
        select(_installation.id)
        .where(_installation.workspace_id == actor.workspace_id, _installation.id == installation_id)
        .where(_installation.status == "active", available_to(actor.workspace_id, actor.employee_id))
    )
    return found is not None


def using_group(actor: Actor, group_id: str) -> list[dict[str, Any]]:
    """Installed apps whose availability or data range names the group."""
    rule = InstallationRule.__table__.c
    people = select(rule.installation_id).where(rule.workspace_id == actor.workspace_id, rule.object_id == group_id)
    # An id stands nowhere else in a range, so its text says enough.
    records = cast(_installation.data_range, Text).contains(group_id)
    named = or_(_installation.id.in_(people), records)
    found = visible_to(actor).where(_installation.status.in_(LIVE), named).order_by(_installation.id)
    return [_shown(row) for row in session().execute(found)]


def unknown_departments(actor: Actor, ids: Iterable[str]) -> set[str]:
    """Those of `ids` that are no living department of the workspace."""
    wanted = set(ids)
    known = session().scalars(
        select(Department.id).where(
            Department.workspace_id == actor.workspace_id, Department.id.in_(wanted), Department.archived_at.is_(None)
        )
    )
    return wanted.difference(known)


def unknown_groups(actor: Actor, ids: Iterable[str]) -> set[str]:
    """Those of `ids` that are no group of the workspace."""
    wanted = set(ids)
    known = session().scalars(
        select(DirectoryGroup.id).where(
            DirectoryGroup.workspace_id == actor.workspace_id, DirectoryGroup.id.in_(wanted)
        )
    )
    return wanted.difference(known)


def unknown_employees(actor: Actor, ids: Iterable[str]) -> set[str]:
    """Those of `ids` that are no employee of the workspace."""
    wanted = set(ids)
    known = session().scalars(
        select(Employee.id).where(Employee.workspace_id == actor.workspace_id, Employee.id.in_(wanted))
    )
    return wanted.difference(known)


def asked_by_version(version_id: str) -> list[str]:
    """All that a version of an app asks for, optional or not."""
    return list(session().scalar(select(_version.scopes).where(_version.id == version_id)) or ())


# --- over all workspaces, in a system unit ----------------------------------------------------------------------------


def behind_of_app(app_id: str) -> Sequence[Row[Any]]:
    """Where an app runs another version than its workspace was told of, over all workspaces."""
    statement: Select[Any] = (
        select(_installation.workspace_id, _installation.id)
        .join(AppVersion, catalogue.runs(_installation.app_id, _installation.bucket))
        .where(_installation.app_id == app_id, _installation.status.in_(LIVE))
        .where(_installation.announced_version_id != _version.id)
        .order_by(_installation.workspace_id)
    )
    return session().execute(statement).all()


def count_by_version(app_id: str) -> dict[str, int]:
    """How many living installations run each version of an app, over all workspaces."""
    statement: Select[Any] = (
        select(_version.id, func.count().label("installations"))
        .join(Installation, catalogue.runs(_installation.app_id, _installation.bucket))
        .where(_installation.app_id == app_id, _installation.status.in_(LIVE))
        .group_by(_version.id)
    )
    return {row.id: row.installations for row in session().execute(statement)}


def live_of_app(app_id: str) -> Sequence[Row[Any]]:
    """Where an app is installed, over all workspaces."""
    statement: Select[Any] = (
        select(_installation.workspace_id, _installation.id, _installation.granted_scopes)
        .where(_installation.app_id == app_id, _installation.status.in_(LIVE))
        .order_by(_installation.workspace_id)
    )
    return session().execute(statement).all()


def newest_of_app(app_id: str, limit: int) -> Sequence[Row[Any]]:
    """Where an app is installed over all workspaces, the newest first: as much as its developer may know of it."""
    statement: Select[Any] = (
        select(
            _installation.workspace_id,
            _installation.id,
            _installation.app_id,
            _installation.bucket,
            _installation.status,
            _installation.granted_scopes,
            _installation.created_at,
        )
        .where(_installation.app_id == app_id, _installation.status.in_(LIVE))
        .order_by(_installation.id.desc())
        .limit(limit)
    )
    return session().execute(statement).all()


def dormant_since(moment: datetime, limit: int) -> Sequence[Row[Any]]:
    """Installations that were uninstalled before the moment and are not erased."""
    statement: Select[Any] = (
        select(_installation.workspace_id, _installation.id)
        .where(_installation.status.in_(("uninstalling", "dormant")), _installation.uninstalled_at < moment)
        .order_by(_installation.workspace_id, _installation.id)
        .limit(limit)
    )
    return session().execute(statement).all()


def apps_of(actor: Actor, installation_ids: Iterable[str]) -> dict[str, str]:
    """The apps of these installations, also of those that were uninstalled long ago: installation id → app id."""
    rows = session().execute(
        select(_installation.id, _installation.app_id).where(
            _installation.workspace_id == actor.workspace_id, _installation.id.in_(list(installation_ids))
        )
    )
    return {row.id: row.app_id for row in rows}
