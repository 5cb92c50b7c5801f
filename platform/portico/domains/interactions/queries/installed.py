"""Which apps meet whom: active here, for this person, running this version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Row, Select, and_, select

from portico.domains.catalogue import icons
from portico.domains.catalogue.models import App, AppVersion
from portico.domains.catalogue.queries import runs
from portico.domains.installations.models import DevSession, Installation
from portico.domains.installations.queries import available_to
from portico.kernel import clock, data_range
from portico.kernel.actor import Actor
from portico.kernel.data_range import Receiver, within
from portico.kernel.unit_of_work import once, session

_app = App.__table__.c
_version = AppVersion.__table__.c
_dev = DevSession.__table__.c
installation = Installation.__table__.c


def origin_of(url: str) -> str:
    """Scheme, host and port, as browsers compare them (RFC 6454)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _runs_on_a_machine() -> ColumnElement[bool]:
    same = and_(_dev.workspace_id == installation.workspace_id, _dev.installation_id == installation.id)
    return and_(same, _dev.expires_at > clock.now())


def apps_for(actor: Actor, *, managed: bool = False) -> Select[Any] | None:
    """The active apps for this person; for an app under its own name, or the system, all of the workspace. None for
    who is nobody here. `managed`: also those that are for others."""
    found = (
        select(
            installation.id,
            installation.workspace_id,
            installation.data_range,
            installation.version.label("power"),
            _app.id.label("app_id"),
            _app.key,
            _app.base_url_override,
            _version.id.label("version_id"),
            _version.name,
            _version.base_url,
            icons.address().label("icon_url"),
            _version.surfaces,
            _version.actions,
            _dev.id.label("dev_id"),
            _dev.employee_id.label("dev_employee_id"),
            _dev.local_url.label("dev_url"),
        )
        .join(App, _app.id == installation.app_id)
        .join(AppVersion, runs(installation.app_id, installation.bucket))
        .outerjoin(DevSession, _runs_on_a_machine())
        .where(installation.workspace_id == actor.workspace_id, installation.status == "active")
        .order_by(_app.key)
    )
    if actor.employee_id is not None:
        return found if managed else found.where(available_to(actor.workspace_id, actor.employee_id))
    return found if actor.kind in ("app", "system") else None


def rows_for(actor: Actor, *conditions: Any, managed: bool = False) -> Sequence[Row[Any]]:
    if conditions or managed:
        return _rows(actor, *conditions, managed=managed)
    return once(("apps", actor.workspace_id, actor.kind, actor.employee_id), lambda: _rows(actor))


def _rows(actor: Actor, *conditions: Any, managed: bool = False) -> Sequence[Row[Any]]:
    statement = apps_for(actor, managed=managed)
    return () if statement is None else session().execute(statement.where(*conditions)).all()


def sees(row: Row[Any], about: tuple[str, str] | None) -> bool:
    """Whether the object is one of the records that the app sees."""
    limits = data_range.parse(row.data_range)
    return about is None or limits is None or bool(within(Receiver(row.workspace_id, limits), [about]))
