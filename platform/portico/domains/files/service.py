"""Changes of attachments: added, linked once, removed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, cast

from sqlalchemy import Table, delete, func, insert, select, update

from portico.domains.files import queries
from portico.domains.files.errors import AttachmentInUse, TooManyUnlinked
from portico.domains.files.intake import Taken
from portico.domains.files.models import Attachment
from portico.kernel import blobs, clock
from portico.kernel.actor import Actor
from portico.kernel.errors import FieldError, Invalid
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import after_commit, session, unit

UNLINKED_LIVE = timedelta(hours=24)
MOST_UNLINKED = 100
_table = cast(Table, Attachment.__table__)
_mine = _table.c


def add_attachment(actor: Actor, taken: Taken) -> dict[str, Any]:
    """Give what was taken in a row; it ends in a day unless it is linked. Raises TooManyUnlinked."""
    _require_room(actor)
    now = clock.now()
    kept = _shared(actor, taken)
    row = {
        "workspace_id": actor.workspace_id,
        "id": new_id("att"),
        "name": kept.name,
        "size": kept.whole.size,
        "type": kept.type,
        "sha256": kept.whole.sha256,
        "place": kept.whole.place,
        "small_place": kept.small.place if kept.small else None,
        "width": kept.width,
        "height": kept.height,
        "uploader": actor.caller_key,
        "owner_kind": None,
        "owner_id": None,
        "created_at": now,
        "expires_at": now + UNLINKED_LIVE,
    }
    session().execute(insert(_table), [row])
    return queries.shown(row)


def _require_room(actor: Actor) -> None:
    waiting = session().scalar(
        select(func.count())
        .select_from(_table)
        .where(_mine.workspace_id == actor.workspace_id, _mine.uploader == actor.caller_key)
        .where(_mine.expires_at > clock.now())
    )
    if (waiting or 0) >= MOST_UNLINKED:
        raise TooManyUnlinked


def _shared(actor: Actor, taken: Taken) -> Taken:
    """The bytes as the workspace has them already, and what was stored anew is dropped after the commit.

    The row that has them is locked: who sweeps it waits for us and then sees our row, or was first and we keep ours.
    """
    had = (
        session()
        .execute(
            select(_mine.place, _mine.small_place)
            .where(_mine.workspace_id == actor.workspace_id, _mine.sha256 == taken.whole.sha256)
            .where(_mine.type == taken.type)
            .order_by(_mine.id)
            .limit(1)
            .with_for_update()
        )
        .one_or_none()
    )
    if had is None or (taken.small is None) is not (had.small_place is None):
        return taken
    for blob in filter(None, (taken.whole, taken.small)):
        after_commit(partial(_drop, actor.workspace_id, blob.place))
    small = replace(taken.small, place=had.small_place) if taken.small else None
    return replace(taken, whole=replace(taken.whole, place=had.place), small=small)


def link(
    actor: Actor, kind: str, owner_id: str, attachment_ids: Sequence[str], pointer: str = "/attachment_ids"
) -> list[dict[str, Any]]:
    """Attach uploads of the actor to their owner, each once and for good. Raises Invalid for all that is not theirs
    to attach: of another workspace, of another uploader, attached already, expired."""
    wanted = list(dict.fromkeys(attachment_ids))
    if not wanted:
        return []
    done = session().scalars(
        update(_table)
        .where(_mine.workspace_id == actor.workspace_id, _mine.id.in_(wanted))
        .where(_mine.owner_id.is_(None), _mine.uploader == actor.caller_key, _mine.expires_at > clock.now())
        .values(owner_kind=kind, owner_id=owner_id, expires_at=None)
        .returning(_mine.id)
    )
    missing = set(wanted).difference(done)
    if missing:
        message = "There is no upload of yours with this id that could be attached."
        places = [place for place, one in enumerate(attachment_ids) if one in missing]
        raise Invalid(message, errors=[FieldError(f"{pointer}/{at}", "invalid", message) for at in places])
    return queries.of_owners(actor, kind, [owner_id])[owner_id]


def delete_attachment(actor: Actor, attachment_id: str) -> None:
    """Take back an upload that is not linked. Raises NotFound and AttachmentInUse."""
    queries.attachment(actor, attachment_id)
    if not _remove(actor, _mine.id == attachment_id, _mine.owner_id.is_(None), _mine.uploader == actor.caller_key):
        raise AttachmentInUse


def remove_of(actor: Actor, kind: str, owner_ids: Collection[str]) -> int:
    """Remove what is attached to these objects, because their text is removed too. Answers how many there were."""
    return _remove(actor, _mine.owner_kind == kind, _mine.owner_id.in_(owner_ids))


def remove_some(actor: Actor, kind: str, owner_id: str, attachment_ids: Collection[str]) -> int:
    """Remove those of what is attached to an object. Answers how many there were."""
    if not attachment_ids:
        return 0
    return _remove(actor, _mine.owner_kind == kind, _mine.owner_id == owner_id, _mine.id.in_(attachment_ids))


def _remove(actor: Actor, *which: Any) -> int:
    rows = session().execute(
        delete(_table)
        .where(_mine.workspace_id == actor.workspace_id, *which)
        .returning(_mine.id, _mine.place, _mine.small_place)
    )
    gone = list(rows)
    for place in {place for row in gone for place in _places(row)}:
        after_commit(partial(_drop, actor.workspace_id, place))
    return len(gone)


def _drop(workspace_id: str, place: str) -> None:
    """Remove bytes after the commit, unless a row points at them: another shares them, or the removing was undone to
    a savepoint. None can begin to point at them from now on, for that takes a row that does already."""
    with unit(workspace_id, write=False) as reading:
        used = reading.scalar(
            select(_mine.id)
            .where(_mine.workspace_id == workspace_id, (_mine.place == place) | (_mine.small_place == place))
            .limit(1)
        )
    if used is None:
        blobs.store().delete(place)


def _places(row: Any) -> Iterator[str]:
    yield row.place
    if row.small_place is not None:
        yield row.small_place


def expire(actor: Actor, attachment_id: str) -> int:
    """End an upload that nobody linked in time: unless somebody does at this moment, and is first."""
    return _remove(actor, _mine.id == attachment_id, _mine.owner_id.is_(None), _mine.expires_at < clock.now())
