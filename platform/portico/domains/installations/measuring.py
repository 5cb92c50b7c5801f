"""Measured consent: which granted scopes an app used in the last 30 days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from portico.domains.catalogue import manifests, robot
from portico.domains.catalogue import queries as catalogue
from portico.domains.installations import queries
from portico.domains.installations.models import Installation, ScopeUse
from portico.kernel import clock, last_use, scope_use
from portico.kernel.actor import Actor
from portico.kernel.text import N_
from portico.kernel.unit_of_work import session

DAYS = 30
_use = ScopeUse.__table__.c


@last_use.writes(scope_use.KIND)
def write_scope_use(seen: dict[str, datetime]) -> None:
    """Add the instants of one minute; an installation that is gone meanwhile has no use any more."""
    split = {tuple(key.split("|")): at for key, at in seen.items()}
    installation = Installation.__table__.c
    rows = session().execute(
        select(installation.workspace_id, installation.id).where(
            installation.workspace_id.in_({key[0] for key in split}), installation.id.in_({key[1] for key in split})
        )
    )
    known = {(row.workspace_id, row.id) for row in rows}
    work = session()
    build: Any = postgresql.insert if work.get_bind().dialect.name == "postgresql" else sqlite.insert
    # In order, so that two processes which write at once never wait for each other in a ring.
    for (workspace_id, installation_id, scope), at in sorted(split.items()):
        if (workspace_id, installation_id) in known:
            statement = build(ScopeUse).values(
                workspace_id=workspace_id,
                installation_id=installation_id,
                scope=scope,
                used_on=at.date(),
                last_used_at=at,
            )
            work.execute(
                statement.on_conflict_do_update(
                    index_elements=["workspace_id", "installation_id", "scope", "used_on"],
                    set_={"last_used_at": statement.excluded.last_used_at},
                )
            )


def used_scopes(actor: Actor, installation_id: str) -> dict[str, Any]:
    """Each scope used in the last 30 days, with when last and on how many days."""
    since = (clock.now() - timedelta(days=DAYS)).date()
    rows = session().execute(
        select(_use.scope, func.max(_use.last_used_at).label("at"), func.count().label("days"))
        .where(_use.workspace_id == actor.workspace_id, _use.installation_id == installation_id)
        .where(_use.used_on >= since)
        .group_by(_use.scope)
    )
    return {row.scope: row for row in rows}


def scope_use_of(actor: Actor, installation_id: str) -> dict[str, Any]:
    """What was asked, granted and used. Raises NotFound."""
    row = queries.installation(actor, installation_id)
    used = used_scopes(actor, installation_id)
    released = catalogue.run_by(row)
    required = set(manifests.scope_names(released.manifest, "scopes")) if released else set()
    names = sorted({*row["granted_scopes"], *row["pending_scopes"]})
    data = [_line(name, row, required, used.get(name)) for name in names]
    return {"data": data, "days": DAYS, "granted_at": row["created_at"]}


def unused(actor: Actor, row: dict[str, Any]) -> list[str]:
    """What an installation (as read before) has and did not use in 30 days, or is not asked for any more."""
    used, asked = used_scopes(actor, row["id"]), row["asked_scopes"] or ()
    return [name for name in row["granted_scopes"] if name not in used or name not in asked]


def _line(name: str, row: dict[str, Any], required: set[str], use: Any | None) -> dict[str, Any]:
    return {
        "scope": name,
        "required": name in required,
        "asked": name in (row["asked_scopes"] or ()),
        "granted": name in row["granted_scopes"],
        "used": use is not None,
        "days_used": use.days if use is not None else 0,
        "last_used_at": use.at if use is not None else None,
    }


@robot.examines
def unused_scopes(actor: Actor, app_id: str, manifest: dict[str, Any]) -> Iterable[robot.Finding]:
    """What the app asks for and did not use in 30 days, where its publisher runs it."""
    here = queries.live_installation(actor, app_id)
    if here is None:
        yield robot.Finding("never_tried", "/access", *_NEVER_TRIED, "warning")
        return
    used = used_scopes(actor, here["id"])
    for group in ("scopes", "optional_scopes"):
        for place, row in enumerate(manifests.access(manifest, group)):
            if row["name"] not in used:
                yield robot.Finding("scope_unused", f"/access/{group}/{place}", *_UNUSED, "warning")


_NEVER_TRIED = (
    N_("The app is not installed in your own workspace, so nobody has seen it use what it asks for."),
    N_("Install it and go through what it does; then check again."),
)
_UNUSED = (
    N_("The app did not use this permission in the last 30 days."),
    N_("Leave it out, or use the part of the app that needs it and check again."),
)
