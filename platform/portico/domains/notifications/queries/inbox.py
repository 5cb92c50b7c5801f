"""What is in a person's inbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, select

from portico.domains.identity import queries as identity
from portico.domains.notifications.models import Notification
from portico.kernel import public
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow, AnySelect
from portico.kernel.errors import NotFound
from portico.kernel.listing import Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

_note = Notification.__table__.c
COUNTED = 99
"""The bell counts no further."""
# As the partial index has it: with bound values neither database would use that.
_RINGS: ColumnElement[bool] = literal_column(
    "notification.read_at IS NULL AND notification.state <> 'held' AND NOT notification.muted"
)


def _unread(operator: str, value: Any) -> ColumnElement[bool]:
    unread: ColumnElement[bool] = _note.read_at.is_(None)
    return unread if value else ~unread


INBOX = Listing(
    id_column=_note.id,
    filters={
        "unread": Filter(kind="bool", clause=_unread, operators=("eq",)),
        "kind": Filter(column=_note.kind, operators=("eq", "ne", "in")),
        "installation_id": Filter(column=_note.installation_id),
        "muted": Filter(kind="bool", column=_note.muted, operators=("eq",)),
    },
    sorts={"created_at": Sort(_note.id)},
    default_sort="-created_at",
)


def visible_to(actor: Actor) -> AnySelect:
    """One's own, and nobody else's."""
    return select(Notification.__table__).where(
        _note.workspace_id == actor.workspace_id, _note.employee_id == (actor.employee_id or "")
    )


def notification(actor: Actor, notification_id: str) -> AnyRow:
    """Raises NotFound."""
    row = session().execute(visible_to(actor).where(_note.id == notification_id)).one_or_none()
    if row is None:
        raise NotFound()
    return row


def shown_notification(actor: Actor, notification_id: str) -> dict[str, Any]:
    """Raises NotFound."""
    return shown(actor, [notification(actor, notification_id)._mapping])[0]


def page_of_notifications(actor: Actor, query: ListQuery) -> Page:
    """What is muted stands in it only when the filter asks for it."""
    statement = visible_to(actor)
    if not any(condition.field == "muted" for condition in query.conditions):
        statement = statement.where(_note.muted.is_(False))
    found = page(statement, INBOX, actor.workspace_id, query)
    return replace(found, rows=shown(actor, [row._mapping for row in found.rows]))


def own_notifications(actor: Actor) -> list[dict[str, Any]]:
    """All that is kept, the oldest first."""
    rows = session().execute(visible_to(actor).order_by(_note.id)).all()
    return shown(actor, [row._mapping for row in rows])


def shown(actor: Actor, rows: Sequence[Mapping[Any, Any]]) -> list[dict[str, Any]]:
    """As the inbox shows them; title and body are not in anybody's language yet (`wording`)."""
    root = workspace_url(actor.workspace_id) if rows else ""
    return [
        {
            **row,
            "url": None if row["url"] is None else root + row["url"],
            "resource": row["resource_type"] and {"type": row["resource_type"], "id": row["resource_id"]},
            "app": row["installation_id"] and {"installation_id": row["installation_id"], "name": row["app_name"]},
            "held_until": row["due_at"] if row["state"] == "held" else None,
        }
        for row in rows
    ]


def workspace_url(workspace_id: str) -> str:
    """Where the pages of a workspace begin."""
    return public.url(f"/w/{identity.workspace(workspace_id).slug}")


def ringing(actor: Actor) -> Select[Any]:
    """The ids of what rings: unread, neither held nor muted; no more than one over `COUNTED`."""
    return (
        select(_note.id)
        .where(_note.workspace_id == actor.workspace_id, _note.employee_id == (actor.employee_id or ""))
        .where(_RINGS)
        .limit(COUNTED + 1)
    )


def count_of_unread(actor: Actor) -> int:
    """How many ring, counted no further than one over `COUNTED`."""
    return session().scalar(select(func.count()).select_from(ringing(actor).subquery())) or 0


def apps_of(actor: Actor) -> dict[str, str]:
    """The apps that told the actor something, and those they muted: names by the id of the installation."""
    rows = session().execute(
        select(_note.installation_id, func.max(_note.app_name).label("name"))
        .where(_note.workspace_id == actor.workspace_id, _note.employee_id == (actor.employee_id or ""))
        .where(_note.installation_id.is_not(None))
        .group_by(_note.installation_id)
    )
    return {row.installation_id: row.name for row in rows}


def overrides(actor: Actor, most: int = 50) -> list[dict[str, Any]]:
    """What rang although the actor wanted to be left alone, the newest first."""
    rows = session().execute(visible_to(actor).where(_note.overrode).order_by(_note.id.desc()).limit(most))
    return shown(actor, [row._mapping for row in rows])
