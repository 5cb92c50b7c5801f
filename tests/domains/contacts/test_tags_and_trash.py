"""Tags of the workspace, and the end of the trash. On both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from portico.domains.contacts import queries, service, sweeping
from portico.domains.contacts.errors import TagInUse
from portico.domains.contacts.models import Activity, Contact, ContactIdentifier, TagUse
from portico.kernel import clock
from portico.kernel.errors import NotFound
from portico.kernel.listing import Condition, ListQuery
from portico.kernel.search import SearchWord
from tests.domains.contacts.test_associations import tie
from tests.domains.contacts.test_companies import create as company
from tests.domains.contacts.test_contacts_at_once import together
from tests.domains.contacts.test_contacts_service import create, listed, read, restore, trash, update
from tests.domains.contacts.test_timeline import write
from tests.portal.records import ticket
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases


def tags(cast: Cast) -> dict[str, str]:
    with cast.reading():
        return {row["name"]: row["id"] for row in queries.page_of_tags(cast.actor("agent"), ListQuery()).rows}


def count(cast: Cast, model: Any, **where: Any) -> int:
    with cast.reading() as work:
        found = select(func.count()).select_from(model).where(model.workspace_id == cast.acme)
        return work.scalar(found.filter_by(**where)) or 0


def test_tags_are_there_with_the_first_record_and_go_when_nothing_has_them(cast: Cast) -> None:
    zoe = create(cast, display_name="Zoë", tags=["vip", "press"])["id"]
    company(cast, "Acme", tags=["vip"])
    known = tags(cast)
    assert list(known) == ["press", "vip"]
    agent = cast.actor("agent")
    with cast.writing():
        assert service.update_tag(agent, known["vip"], {"color": "violet"})["color"] == "violet"
    with cast.reading():
        assert queries.tag_colors(agent, ["vip", "nobody"]) == {"vip": "violet"}
    with pytest.raises(TagInUse), cast.writing():
        service.delete_tag(agent, known["press"])
    update(cast, zoe, tags=["vip"])
    assert listed(cast, Condition("tags", "eq", "press")) == []
    assert listed(cast, Condition("tags", "in", ["press", "vip"])) == ["Zoë"]
    with cast.writing():
        service.delete_tag(agent, known["press"])
    assert list(tags(cast)) == ["vip"]
    with pytest.raises(NotFound), cast.writing(cast.other):
        service.delete_tag(cast.actor("outsider"), known["vip"])
    together(*[lambda: create(cast, display_name="Many", tags=["new"])["id"]] * 5)
    assert list(tags(cast)) == ["new", "vip"]
    assert len(listed(cast, Condition("tags", "eq", "new"))) == 5


def test_a_tag_that_is_used_while_it_is_forgotten_is_there(cast: Cast) -> None:
    zoe = create(cast, display_name="Zoë")["id"]
    for number in range(5):
        name = f"tag {number}"
        update(cast, zoe, tags=[name])
        update(cast, zoe, tags=[])
        tag_id = tags(cast)[name]

        def forget(tag_id: str = tag_id) -> str:
            with cast.writing():
                service.delete_tag(cast.actor("agent"), tag_id)
            return "forgotten"

        outcomes = together(forget, lambda name=name: update(cast, zoe, tags=[name])["tags"])
        assert outcomes in (["forgotten", [name]], ["tag_in_use", [name]])
        assert name in tags(cast)


def test_after_thirty_days_the_trash_is_emptied_for_good(cast: Cast, held_clock: None) -> None:
    gone = create(cast, {"kind": "email", "value": "gone@example.com"}, display_name="Gone", tags=["vip"])["id"]
    asked = create(cast, {"kind": "email", "value": "asked@example.com"}, display_name="Asked")["id"]
    kept = create(cast, display_name="Kept")["id"]
    acme = company(cast, "Acme", "acme.example")
    below = company(cast, "Below", parent_id=acme["id"])
    tie(cast, kept, acme["id"])
    write(cast, gone, body="a note")
    write(cast, asked, body="a note")
    ticket(cast, asked)
    for one in (gone, asked, kept):
        trash(cast, one)
    restore(cast, kept)
    with cast.writing():
        service.trash_company(cast.actor("support_admin"), acme["id"])
    assert sweeping.sweep() == 0
    clock.advance(timedelta(days=30, minutes=1))
    assert sweeping.sweep() == 3
    assert sweeping.sweep() == 0
    assert count(cast, Contact, id=gone) == 0
    assert count(cast, ContactIdentifier) == count(cast, Activity) == count(cast, TagUse) == 0
    assert count(cast, SearchWord, object_id=gone) == count(cast, SearchWord, object_id=asked) == 0
    with cast.reading():
        assert queries.names_of(cast.actor("agent"), [gone, asked]) == {asked: "Deleted contact"}
        assert queries.company(cast.actor("agent"), below["id"])["parent_id"] is None
    assert read(cast, kept)["company_ids"] == []
    clock.advance(timedelta(days=-30))
    with pytest.raises(NotFound):
        restore(cast, asked)
    create(cast, {"kind": "email", "value": "asked@example.com"})
