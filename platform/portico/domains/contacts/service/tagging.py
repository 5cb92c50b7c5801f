"""Which records have which tags, written with the records; and the colours of tags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Table, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from portico.domains.contacts import queries
from portico.domains.contacts.errors import TagInUse
from portico.domains.contacts.models import Tag, TagUse
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.adding import add
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

_tags = cast(Table, Tag.__table__)
_uses = cast(Table, TagUse.__table__)


def index(actor: Actor, name: str, object_id: str, before: Sequence[str], after: Sequence[str]) -> None:
    """Write what differs, after the record itself; a tag that nobody had yet is one from now on."""
    gone, come = sorted(set(before) - set(after)), sorted(set(after) - set(before))
    if gone:
        mine = (_uses.c.workspace_id == actor.workspace_id, _uses.c.object == name, _uses.c.object_id == object_id)
        session().execute(delete(_uses).where(*mine, _uses.c.tag.in_(gone)))
    if come:
        _be_there(actor, come)
        rows = [
            {"workspace_id": actor.workspace_id, "object": name, "tag": tag, "object_id": object_id} for tag in come
        ]
        add(_uses, rows)


def _be_there(actor: Actor, names: Sequence[str]) -> None:
    """Two who bring the same tag at once bring one: sorted, and whoever comes second does nothing. Tags that are there
    are held, so that nobody forgets one that is about to be used."""
    work = session()
    mine = (_tags.c.workspace_id == actor.workspace_id, _tags.c.name.in_(names))
    there = set(work.scalars(select(_tags.c.name).where(*mine).order_by(_tags.c.name).with_for_update(read=True)))
    unknown = sorted(set(names) - there)
    if not unknown:
        return
    build: Any = postgresql.insert if work.get_bind().dialect.name == "postgresql" else sqlite.insert
    rows = [
        {
            "workspace_id": actor.workspace_id,
            "id": new_id("tag"),
            "name": name,
            "color": "neutral",
            "created_at": clock.now(),
        }
        for name in unknown
    ]
    work.execute(build(_tags).values(rows).on_conflict_do_nothing(index_elements=["workspace_id", "name"]))


def update_tag(actor: Actor, tag_id: str, values: dict[str, Any]) -> dict[str, Any]:
    """Give a tag another colour. Raises NotFound."""
    before = queries.tag(actor, tag_id, lock=True)
    session().execute(
        update(_tags).where(_tags.c.workspace_id == actor.workspace_id, _tags.c.id == tag_id).values(values)
    )
    return {**before, **values}


def delete_tag(actor: Actor, tag_id: str) -> None:
    """Forget a tag that no record has. Raises NotFound and TagInUse."""
    found = queries.tag(actor, tag_id, lock=True)
    if queries.is_used(actor, found["name"]):
        raise TagInUse()
    session().execute(delete(_tags).where(_tags.c.workspace_id == actor.workspace_id, _tags.c.id == tag_id))
