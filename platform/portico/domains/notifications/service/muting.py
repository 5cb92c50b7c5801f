"""Muting kinds and apps, and hearing them again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Table, delete
from sqlalchemy.dialects import postgresql, sqlite

from portico.domains.notifications.errors import NotMutable
from portico.domains.notifications.kinds import KINDS
from portico.domains.notifications.models import NotificationMute
from portico.kernel.actor import Actor
from portico.kernel.errors import Forbidden
from portico.kernel.unit_of_work import session

_mutes = cast(Table, NotificationMute.__table__)


def change_mutes(actor: Actor, *, mute: Mapping[str, Sequence[str]], unmute: Mapping[str, Sequence[str]]) -> None:
    """`kinds` and `installation_ids` of each; what is so already stays so. Raises Forbidden and NotMutable."""
    if actor.employee_id is None:
        raise Forbidden("Only a person has an inbox.")
    if any(kind in KINDS and not KINDS[kind].mutable for kind in mute.get("kinds", ())):
        raise NotMutable()
    going, coming = _named(unmute), _named(mute)
    for what, name in sorted(going - coming):
        session().execute(
            delete(_mutes)
            .where(_mutes.c.workspace_id == actor.workspace_id, _mutes.c.employee_id == actor.employee_id)
            .where(_mutes.c.what == what, _mutes.c.name == name)
        )
    mine = {"workspace_id": actor.workspace_id, "employee_id": actor.employee_id}
    rows = [{**mine, "what": what, "name": name} for what, name in sorted(coming)]
    if rows:
        build: Any = postgresql.insert if session().get_bind().dialect.name == "postgresql" else sqlite.insert
        session().execute(build(_mutes).on_conflict_do_nothing(), rows)


def _named(given: Mapping[str, Sequence[str]]) -> set[tuple[str, str]]:
    kinds = {("kind", name) for name in given.get("kinds", ())}
    return kinds | {("app", name) for name in given.get("installation_ids", ())}
