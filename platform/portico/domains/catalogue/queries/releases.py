"""Which version runs where, for the domains above, which have checked the right to ask.

`runs` is the one answer to "which version does this installation run": whoever joins versions to installations joins
by it. What is about no installation (who may find an app, how a client authenticates) goes by the stable version.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, or_, select

from portico.domains.catalogue import icons, manifests
from portico.domains.catalogue.manifests import APP_KEY
from portico.domains.catalogue.models import App, AppVersion, Publisher
from portico.kernel.actor import Actor
from portico.kernel.unit_of_work import session

_app = App.__table__.c
_version = AppVersion.__table__.c

BUCKETS = 100


def runs(app_id: Any, bucket: Any) -> ColumnElement[bool]:
    """The condition under which `app_version` is what an installation of this app in this bucket runs.

    At most one row fulfils it. The first comparison holds a literal, so that the partial index serves it.
    """
    return and_(
        _version.runs_below > literal_column("0"),
        _version.app_id == app_id,
        _version.runs_from <= bucket,
        _version.runs_below > bucket,
    )


def is_stable() -> ColumnElement[bool]:
    """The condition of the version that runs where nothing newer is in rollout."""
    return _version.runs_below == literal_column("100")


def bucket_of(workspace_id: str, app_id: str) -> int:
    """Where an installation stands in every release of the app: spread evenly, and the same when asked again."""
    return int.from_bytes(hashlib.sha256(f"{workspace_id}|{app_id}".encode()).digest()[:8], "big") % BUCKETS


@dataclass(frozen=True, slots=True)
class Released:
    """A version of an app that runs: `base_url` honours the override of development. It runs in `buckets`; new
    installations get it when `is_open`."""

    app_id: str
    app_key: str
    publisher_id: str
    publisher_workspace_id: str
    visibility: str
    version_id: str
    number: int
    base_url: str
    manifest: dict[str, Any]
    buckets: range
    is_open: bool
    bucket: int | None = None
    """Of the installation that was asked about."""


def _running() -> Select[Any]:
    """The versions that run, the stable one of each app first."""
    return (
        select(
            _app.id,
            _app.key,
            _app.publisher_id,
            _app.visibility,
            _app.base_url_override,
            Publisher.workspace_id.label("home"),
            _version.id.label("version_id"),
            _version.number,
            _version.base_url,
            _version.manifest,
            _version.status,
            _version.paused_at,
            _version.runs_from,
            _version.runs_below,
        )
        .join(Publisher, Publisher.id == _app.publisher_id)
        .join(AppVersion, and_(_version.app_id == _app.id, _version.runs_below > literal_column("0")))
        .order_by(_version.runs_below.desc())
    )


def _of(condition: ColumnElement[bool]) -> list[Released]:
    return [
        Released(
            app_id=row.id,
            app_key=row.key,
            publisher_id=row.publisher_id,
            publisher_workspace_id=row.home,
            visibility=row.visibility,
            version_id=row.version_id,
            number=row.number,
            base_url=effective_base_url(row.base_url, row.base_url_override),
            manifest=row.manifest,
            buckets=range(row.runs_from, row.runs_below),
            is_open=row.status == "released" and row.paused_at is None,
        )
        for row in session().execute(_running().where(condition))
    ]


def effective_base_url(frozen: str, override: str | None) -> str:
    """Where the app runs. Outside development nothing but the frozen address counts."""
    return override if override and manifests.in_development() else frozen


def running(app_id: str) -> list[Released]:
    """The versions that run somewhere, the stable one first; two while one is in rollout."""
    return _of(_app.id == app_id)


def released(app_id: str) -> Released | None:
    """The stable version."""
    return next(iter(running(app_id)), None)


def released_of(app_ids: Collection[str]) -> dict[str, Released]:
    """The stable version of each of these apps that has one."""
    found: dict[str, Released] = {}
    for each in _of(_app.id.in_(sorted(app_ids))):
        found.setdefault(each.app_id, each)
    return found


def run_by(installation: dict[str, Any]) -> Released | None:
    """The version that an installation runs; it has `app_id` and `bucket`."""
    bucket = installation["bucket"]
    return next((each for each in running(installation["app_id"]) if bucket in each.buckets), None)


def installable(actor: Actor, app_key: str) -> Released | None:
    """The version of the app of this key that would run here, if this workspace may install it: private ones only in
    their home. `bucket` is where the installation will stand: what is paused or withdrawn gets no new ones."""
    if not APP_KEY.fullmatch(app_key):
        return None
    may = or_(_app.visibility != "private", Publisher.workspace_id == actor.workspace_id)
    open_ones = [each for each in _of(and_(_app.key == app_key, may)) if each.is_open]
    if not open_ones:
        return None
    natural = bucket_of(actor.workspace_id, open_ones[0].app_id)
    found = next((each for each in open_ones if natural in each.buckets), open_ones[0])
    bucket = natural if natural in found.buckets else found.buckets[natural % len(found.buckets)]
    return replace(found, bucket=bucket)


def hold_releases(app_id: str) -> None:
    """Which version runs where stays as it is until the commit: what changes it takes the app's row first."""
    session().execute(select(_app.id).where(_app.id == app_id).with_for_update(read=True))


def app_keys(app_ids: Iterable[str]) -> dict[str, str]:
    rows = session().execute(select(_app.id, _app.key).where(_app.id.in_(list(app_ids))))
    return {row.id: row.key for row in rows}


def looks_of(app_ids: Iterable[str], locale: str | None) -> dict[str, dict[str, Any]]:
    """How lists of other domains show these apps: key, name, icon and publisher, from the stable version; before the
    first release from the newest. A draft changes how no app looks to others."""
    other = AppVersion.__table__.alias().c
    stable = (
        select(other.number)
        .where(other.app_id == _app.id, other.runs_below == literal_column("100"))
        .correlate(App)
        .scalar_subquery()
    )
    rows = session().execute(
        select(
            _app.id,
            _app.key,
            Publisher.name.label("publisher"),
            _version.name.label("texts"),
            _version.number,
            icons.address().label("icon_url"),
        )
        .join(Publisher, Publisher.id == _app.publisher_id)
        .join(AppVersion, and_(_version.app_id == _app.id, _version.number == func.coalesce(stable, _app.last_number)))
        .where(_app.id.in_(list(app_ids)))
    )
    return {
        row.id: {
            "id": row.id,
            "key": row.key,
            "name": manifests.localised(row.texts, locale),
            "icon_url": row.icon_url,
            "publisher": row.publisher,
            "number": row.number,
        }
        for row in rows
    }
