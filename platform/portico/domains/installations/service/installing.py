"""Installing an app, and changing what it may do, for whom, and how."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import case, insert, literal, update
from sqlalchemy.exc import IntegrityError

from portico.domains.catalogue import manifests
from portico.domains.catalogue import queries as catalogue
from portico.domains.installations import app_settings, queries
from portico.domains.installations.errors import AlreadyInstalled, AppSuspended, InstallationState
from portico.domains.installations.events import APP_INSTALLED, APP_SCOPES_CHANGED, APP_UPDATED
from portico.domains.installations.models import Installation
from portico.domains.installations.schemas import LIVE
from portico.domains.installations.service import availability, living, policing
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.data_range import ALL
from portico.kernel.errors import FieldError, Invalid, Stale, invalid
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.secrets import keyring
from portico.kernel.unit_of_work import session


def install(
    actor: Actor,
    app_key: str,
    *,
    granted_scopes: list[str] | None = None,
    availability_: dict[str, Any] | None = None,
    settings: dict[str, Any] | None = None,
    data_range_: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Install an app. Without `granted_scopes` it gets what it requires, nothing optional.

    Within 30 days of its uninstalling the same installation comes back, with the settings and the people that are not
    given anew; what it may do is consented anew. Raises Invalid for what cannot be installed here, wrong scopes,
    people and settings, and AlreadyInstalled.
    """
    app = _held(actor, app_key)
    required = manifests.scope_names(app.manifest, "scopes")
    granted = sorted(set(required if granted_scopes is None else granted_scopes))
    check_grants(granted, manifests.all_scopes(app.manifest), required)
    policing.require_policy(actor, app, granted)
    before = queries.revivable_installation(actor, app.app_id)
    if before is None:
        _require_runs(app.app_id)
    installation_id = before["id"] if before else new_id("ins")
    people = _people(actor, before, availability_)
    values = _wanted_settings(actor, before, app.manifest.get("settings", {}), settings or {})
    columns = {
        "granted_scopes": granted,
        "availability": people,
        "for_everyone": people["kind"] == "everyone",
        "data_range": _records(actor, before, data_range_),
        "bucket": app.bucket,
        "announced_version_id": app.version_id,
        **_settings_columns(actor, installation_id, values),
    }
    if before is None:
        _insert(actor, id=installation_id, app_id=app.app_id, **columns)
    else:
        _revive(actor, installation_id, columns)
    availability.write_rules(actor, installation_id, people)
    row = queries.installation(actor, installation_id)
    emit(actor, APP_INSTALLED, row, installation_id=installation_id)
    if row["status"] == "suspended":
        living.tell_of_hold(actor, row)
    return row


def _require_runs(app_id: str) -> None:
    """What was here before comes back suspended; anew nobody installs what stands still. Raises AppSuspended."""
    stop = catalogue.stop_of(app_id, locked=True)
    if stop is None:
        return
    who = "The operator" if stop.side == "operator" else "Its publisher"
    why = f" The reason: {stop.reason}" if stop.reason else ""
    message = f"{who} stopped this app everywhere, so that nobody can install it until that is lifted.{why}"
    raise AppSuspended(message, extra={"side": stop.side, "reason": stop.reason})


def _held(actor: Actor, app_key: str) -> catalogue.Released:
    """The version that will run here; no release changes that before the commit."""
    app = catalogue.installable(actor, app_key)
    if app is not None:
        catalogue.hold_releases(app.app_id)
        app = catalogue.installable(actor, app_key)
    if app is None:
        raise invalid("/app_key", "unknown", "There is no app of this key that this workspace can install.")
    return app


def _people(actor: Actor, before: dict[str, Any] | None, given: dict[str, Any] | None) -> dict[str, Any]:
    """For whom: as given, else as it was, without whom the workspace does not know any more."""
    if given is not None:
        return availability.checked(actor, given)
    return availability.known(actor, before["availability"]) if before else availability.EVERYONE


def _records(actor: Actor, before: dict[str, Any] | None, given: dict[str, Any] | None) -> dict[str, Any]:
    """Which records: as given, else as it was, so that coming back never shows more. Who is gone names nobody."""
    if given is not None:
        return availability.checked_range(actor, given)
    known: dict[str, Any] = before["data_range"] if before else ALL
    return known


def _wanted_settings(
    actor: Actor, before: dict[str, Any] | None, declared: app_settings.Declared, given: dict[str, Any]
) -> app_settings.Values:
    if before is None:
        return app_settings.checked(declared, given)
    return _merged_settings(actor, before, declared, given)


def _revive(actor: Actor, installation_id: str, columns: dict[str, Any]) -> None:
    """Awake again, unless another did it first; suspended when the publisher or the operator holds it meanwhile."""
    now = clock.now()
    held = living.held_by_others(living.COMPANY)
    revived = session().scalar(
        update(Installation)
        .where(Installation.workspace_id == actor.workspace_id, Installation.id == installation_id)
        .where(Installation.status.in_(("uninstalling", "dormant")))
        .values(
            status=case((held, literal("suspended")), else_=literal("active")),
            installed_by=actor.employee_id,
            uninstalled_at=None,
            updated_at=now,
            version=Installation.version + 1,
            **columns,
        )
        .returning(Installation.id)
    )
    if revived is None:
        raise AlreadyInstalled()


def check_grants(granted: Iterable[str], asked: Iterable[str], required: Iterable[str] = ()) -> None:
    """Nothing may be granted that the app does not ask for; all that it requires must be. Raises Invalid."""
    granted = list(granted)
    errors = [
        FieldError("/granted_scopes", "unknown", f"The app does not ask for {name}.")
        for name in sorted(set(granted).difference(asked))
    ]
    errors += [
        FieldError("/granted_scopes", "required", f"The app cannot work without {name}.")
        for name in sorted(set(required).difference(granted))
    ]
    if errors:
        raise Invalid(errors=errors)


def _settings_columns(actor: Actor, installation_id: str, values: app_settings.Values) -> dict[str, Any]:
    sealed = None
    if values.secret:
        row = queries.seal_row(actor.workspace_id, installation_id)
        sealed = keyring().seal(orjson.dumps(values.secret), row)
    return {"settings": values.plain, "sealed_settings": sealed}


def _insert(actor: Actor, **values: Any) -> None:
    now = clock.now()
    work = session()
    try:
        with work.begin_nested():
            work.execute(
                insert(Installation).values(
                    workspace_id=actor.workspace_id,
                    status="active",
                    installed_by=actor.employee_id,
                    created_at=now,
                    updated_at=now,
                    version=1,
                    **values,
                )
            )
    except IntegrityError as error:
        raise AlreadyInstalled() from error


def update_installation(
    actor: Actor, installation_id: str, changes: dict[str, Any], expected_version: int | None = None
) -> dict[str, Any]:
    """Change grants, people or settings. A cut bites at the app's next request.

    Settings are merged; null clears one. Raises NotFound, Stale, Invalid and InstallationState.
    """
    before = queries.installation(actor, installation_id)
    values = _changed_values(actor, before, changes)
    if not values:
        return before
    expected = before["version"] if expected_version is None else expected_version
    bumped = session().scalar(
        update(Installation)
        .where(Installation.workspace_id == actor.workspace_id, Installation.id == installation_id)
        .where(Installation.status.in_(LIVE), Installation.version == expected)
        .values(**values, updated_at=clock.now(), version=Installation.version + 1)
        .returning(Installation.version)
    )
    if bumped is None:
        raise Stale() if before["status"] in LIVE else InstallationState("The app was uninstalled.")
    if "availability" in values:
        availability.write_rules(actor, installation_id, values["availability"])
    row = queries.installation(actor, installation_id)
    _tell_of_changes(actor, before, row)
    return row


def _tell_of_changes(actor: Actor, before: dict[str, Any], row: dict[str, Any]) -> None:
    """More or less power is one piece of news; whom it is for, which records and which settings another."""
    about: dict[str, Any] = {"before": before, "installation_id": row["id"]}
    if row["granted_scopes"] != before["granted_scopes"]:
        emit(actor, APP_SCOPES_CHANGED, row, changes=["granted_scopes"], **about)
    changes = [name for name in ("availability", "data_range", "settings") if row[name] != before[name]]
    if changes:
        emit(actor, APP_UPDATED, row, changes=changes, **about)


def _changed_values(actor: Actor, before: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    app = catalogue.run_by(before)
    if "granted_scopes" in changes:
        values["granted_scopes"] = sorted(set(changes["granted_scopes"]))
        check_grants(values["granted_scopes"], manifests.all_scopes(app.manifest) if app else ())
        new = set(values["granted_scopes"]).difference(before["granted_scopes"])
        if app is not None and new:
            policing.require_policy(actor, app, new)
    if "availability" in changes:
        people = availability.checked(actor, changes["availability"])
        values |= {"availability": people, "for_everyone": people["kind"] == "everyone"}
    if "data_range" in changes:
        values["data_range"] = availability.checked_range(actor, changes["data_range"])
    if "settings" in changes:
        declared = app.manifest.get("settings", {}) if app else {}
        values |= _settings_columns(actor, before["id"], _merged_settings(actor, before, declared, changes["settings"]))
    return values


def _merged_settings(
    actor: Actor, before: dict[str, Any], declared: app_settings.Declared, given: dict[str, Any]
) -> app_settings.Values:
    kept = {**before["settings"], **queries.secret_settings(actor.workspace_id, before)}
    merged = {name: value for name, value in {**kept, **given}.items() if value is not None}
    # What an earlier version asked for and this one does not is let go; what was sent now must be known.
    merged = {name: value for name, value in merged.items() if name in declared or name in given}
    return app_settings.checked(declared, merged)
