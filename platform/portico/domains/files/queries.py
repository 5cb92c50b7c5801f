"""Reads of attachments; each begins at what the actor may see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select

from portico.domains.files import kinds
from portico.domains.files.errors import DownloadWithheld
from portico.domains.files.models import Attachment
from portico.domains.files.owners import OWNERS, WITHHELD
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow
from portico.kernel.errors import NotFound
from portico.kernel.unit_of_work import session

_attachment = Attachment.__table__.c
SHOWN = ("id", "name", "size", "type", "width", "height")


@dataclass(frozen=True, slots=True)
class Bytes:
    """Where the bytes lie, and as what they leave."""

    place: str
    name: str
    type: str
    size: int | None


def visible_to(actor: Actor) -> Select[Any]:
    """Those of the workspace; whether the actor sees one, its owner decides, or who uploaded it."""
    return select(Attachment.__table__).where(_attachment.workspace_id == actor.workspace_id)


def shown(row: Mapping[Any, Any]) -> dict[str, Any]:
    owner = {"kind": row["owner_kind"], "id": row["owner_id"]} if row["owner_id"] else None
    return {**row, "linked_to": owner}


def _row(actor: Actor, attachment_id: str) -> AnyRow:
    """One that the actor may see. Raises NotFound."""
    row = session().execute(visible_to(actor).where(_attachment.id == attachment_id)).one_or_none()
    if row is None or not _sees(actor, row):
        raise NotFound()
    return row


def _sees(actor: Actor, row: AnyRow) -> bool:
    if row.owner_id is None:
        return bool(row.uploader == actor.caller_key)
    readable = OWNERS.get(row.owner_kind)
    return readable is not None and row.owner_id in readable(actor, [row.owner_id])


def attachment(actor: Actor, attachment_id: str) -> dict[str, Any]:
    """Raises NotFound."""
    return shown(_row(actor, attachment_id)._mapping)


def content(actor: Actor, attachment_id: str) -> Bytes:
    """The bytes as a download. Raises NotFound, and DownloadWithheld for what its owner only shows."""
    row = _row(actor, attachment_id)
    withheld = WITHHELD.get(row.owner_kind) if row.owner_id is not None else None
    if withheld is not None and withheld(actor, row.owner_id, attachment_id):
        raise DownloadWithheld()
    return Bytes(row.place, row.name, kinds.served_as(row.type), row.size)


def picture(actor: Actor, attachment_id: str, *, small: bool) -> Bytes:
    """A picture that was drawn anew, to be shown. Raises NotFound, also for what is none."""
    row = _row(actor, attachment_id)
    if row.small_place is None:
        raise NotFound()
    if small:
        return Bytes(row.small_place, row.name, "image/webp", None)
    return Bytes(row.place, row.name, row.type, row.size)


def linked(actor: Actor, kind: str, owner_id: str, attachment_id: str) -> AnyRow:
    """What is attached to this object under this id. Raises NotFound."""
    statement = visible_to(actor).where(_attachment.id == attachment_id)
    row = (
        session()
        .execute(statement.where(_attachment.owner_kind == kind, _attachment.owner_id == owner_id))
        .one_or_none()
    )
    if row is None:
        raise NotFound()
    return row


def linked_anywhere(kind: str, attachment_id: str) -> AnyRow:
    """What is attached under this id to an object of this kind, in whatever workspace. Raises NotFound."""
    statement = select(Attachment.__table__).where(_attachment.id == attachment_id, _attachment.owner_kind == kind)
    row = session().execute(statement).one_or_none()
    if row is None:
        raise NotFound()
    return row


def of_owners(actor: Actor, kind: str, owner_ids: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """What is attached to each of these objects, all of which the actor may read."""
    found: dict[str, list[dict[str, Any]]] = {}
    if not owner_ids:
        return found
    rows = session().execute(
        visible_to(actor)
        .where(_attachment.owner_kind == kind, _attachment.owner_id.in_(owner_ids))
        .order_by(_attachment.id)
    )
    for row in rows:
        found.setdefault(row.owner_id, []).append({name: row._mapping[name] for name in SHOWN})
    return found


def owned(actor: Actor, kind: str) -> dict[str, str]:
    """All that is attached to objects of this kind, of which each has one: by the object's id."""
    rows = session().execute(
        select(_attachment.owner_id, _attachment.id).where(
            _attachment.workspace_id == actor.workspace_id, _attachment.owner_kind == kind
        )
    )
    return {row.owner_id: row.id for row in rows}


def unlinked(actor: Actor, attachment_ids: Iterable[str]) -> list[dict[str, Any]]:
    """Those of these that the actor uploaded and nothing has yet, for a form that is shown again."""
    wanted = list(attachment_ids)[:50]
    rows = session().execute(
        visible_to(actor)
        .where(_attachment.id.in_(wanted), _attachment.owner_id.is_(None), _attachment.uploader == actor.caller_key)
        .order_by(_attachment.id)
    )
    return [{name: row._mapping[name] for name in SHOWN} for row in rows]


def expired(now: datetime, most: int) -> list[AnyRow]:
    """What nobody linked in time, in all workspaces. In a system unit."""
    statement = select(_attachment.workspace_id, _attachment.id).where(_attachment.expires_at < now)
    return list(session().execute(statement.order_by(_attachment.expires_at).limit(most)).all())


def used_places(places: Collection[str]) -> set[str]:
    """Those of these that some row points at, in all workspaces. In a system unit."""
    rows = session().execute(
        select(_attachment.place, _attachment.small_place).where(
            or_(_attachment.place.in_(places), _attachment.small_place.in_(places))
        )
    )
    return {place for row in rows for place in row if place is not None}
