"""What happens with contacts, in order; stages, owners and consents. On both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from portico.domains.contacts import queries, schemas, service
from portico.domains.contacts.errors import SourceRefTaken, StageBackward
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import Invalid, NotFound
from portico.kernel.events import Event
from portico.kernel.listing import Condition, ListQuery
from portico.kernel.schemas import load
from tests.domains.contacts.test_associations import decide
from tests.domains.contacts.test_contacts_at_once import together
from tests.domains.contacts.test_contacts_service import create, update
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases


def app_of(cast: Cast, name: str = "one") -> Actor:
    """An app, as its token makes it."""
    scopes = frozenset({"contacts:read", "contacts:write", "timeline:write"})
    return Actor(
        kind="app", workspace_id=cast.acme, id=f"ins_{name}", app_id=f"app_{name}", scopes=scopes, display_name=name
    )


def write(cast: Cast, contact_id: str, by: Actor | str = "agent", **values: Any) -> tuple[bool, dict[str, Any]]:
    actor = cast.actor(by) if isinstance(by, str) else by
    with cast.writing():
        return service.add_activity(actor, contact_id, load(schemas.ActivityCreate(), {"kind": "note", **values}))


def timeline(cast: Cast, contact_id: str, by: Actor | str = "agent", **query: Any) -> list[str | None]:
    kinds = query.pop("kinds", None)
    with cast.reading():
        actor = cast.actor(by) if isinstance(by, str) else by
        found = queries.page_of_activities(actor, contact_id, ListQuery(**query), kinds)
    return [row["body"] or row["kind"] for row in found.rows]


def told(cast: Cast, kind: str) -> list[Any]:
    with cast.reading() as work:
        return list(work.query(Event).filter(Event.workspace_id == cast.acme, Event.type == kind).order_by(Event.seq))


def test_what_happens_stands_in_order_and_is_told(cast: Cast) -> None:
    zoe = create(cast, display_name="Zoë")["id"]
    yesterday = clock.rfc3339(clock.now() - timedelta(days=1))
    _, made = write(cast, zoe, body="Called back", kind="call", data={"minutes": 3})
    write(cast, zoe, body="Met her", kind="meeting", occurred_at=yesterday)
    assert made["author"]["display_name"] == "Agent"
    assert timeline(cast, zoe) == ["Called back", "Met her"]
    assert timeline(cast, zoe, sort="occurred_at") == ["Met her", "Called back"]
    assert timeline(cast, zoe, kinds=["meeting"]) == ["Met her"]
    assert [event.data["body"] for event in told(cast, "activity.created")] == ["Called back", "Met her"]
    with cast.reading():
        assert queries.activity(cast.actor("agent"), zoe, made["id"])["data"] == {"minutes": 3}
    for wrong in ({"body": None}, {"kind": "planet", "body": "x"}, {"kind": "app:x", "body": "x"}):
        with pytest.raises(Invalid):
            write(cast, zoe, **wrong)
    with pytest.raises(Invalid):
        write(cast, zoe, kind="app:shop:order", body="by a person")
    with pytest.raises(NotFound):
        write(cast, "con_01jd0000000000000000000000", body="x")


def test_e_c_24_equal_times_are_paged_without_gap_or_double(cast: Cast) -> None:
    zoe = create(cast, display_name="Zoë")["id"]
    moment = clock.rfc3339(clock.now())
    bodies = {f"note {number}" for number in range(7)}
    for body in sorted(bodies):
        write(cast, zoe, body=body, occurred_at=moment)
    for sort in ("-occurred_at", "occurred_at"):
        seen: list[str] = []
        query = ListQuery(limit=2, sort=sort)
        while True:
            with cast.reading():
                found = queries.page_of_activities(cast.actor("agent"), zoe, query, ["note"])
            seen += [row["body"] for row in found.rows]
            if found.next_cursor is None:
                break
            query = replace(query, cursor=found.next_cursor)
        assert len(seen) == 7
        assert set(seen) == bodies


def test_an_app_that_writes_again_by_its_reference_writes_once(cast: Cast) -> None:
    zoe, other = create(cast, display_name="Zoë")["id"], create(cast, display_name="Other")["id"]
    shop, desk = app_of(cast, "shop"), app_of(cast, "desk")
    order = {"kind": "app:shop:order", "body": "Ordered", "source_ref": "4711"}
    created, first = write(cast, zoe, by=shop, **order)
    assert (created, first["author"]["display_name"]) == (True, "shop")
    again, same = write(cast, zoe, by=shop, **{**order, "body": "again"})
    assert (again, same["id"], same["body"]) == (False, first["id"], "Ordered")
    assert write(cast, zoe, by=desk, **{**order, "kind": "app:desk:call"})[0] is True
    with pytest.raises(SourceRefTaken):
        write(cast, other, by=shop, **order)
    outcomes = together(*[lambda: write(cast, other, by=shop, **{**order, "source_ref": "4712"})[0]] * 5)
    assert sorted(outcomes) == [False] * 4 + [True]
    assert len(timeline(cast, other)) == 1
    assert len(told(cast, "activity.created")) == 3


def test_who_sees_what(cast: Cast) -> None:
    zoe = create(cast, display_name="Zoë")["id"]
    shop, desk = app_of(cast, "shop"), app_of(cast, "desk")
    write(cast, zoe, body="for all")
    write(cast, zoe, body="for the team", visibility="team")
    write(cast, zoe, body="mine", visibility="private")
    write(cast, zoe, body="the shop's", by=shop, visibility="private")
    assert timeline(cast, zoe) == ["mine", "for the team", "for all"]
    assert timeline(cast, zoe, by="owner") == ["for the team", "for all"]
    assert timeline(cast, zoe, by=shop) == ["the shop's", "for all"]
    assert timeline(cast, zoe, by=desk) == ["for all"]
    # In a person's name an app reads what apps may and what it wrote itself; a reference brings out no more.
    theirs = replace(
        cast.actor("agent"), kind="app_for_employee", id="ins_desk", app_id="app_desk", display_name="desk"
    )
    write(cast, zoe, body="by reference", visibility="private", source_ref="7")
    with pytest.raises(SourceRefTaken):
        write(cast, zoe, by=theirs, body="probe", source_ref="7")
    write(cast, zoe, body="through the desk", by=theirs, visibility="private")
    assert timeline(cast, zoe, by=theirs) == ["through the desk", "for all"]
    assert timeline(cast, zoe)[:2] == ["through the desk", "by reference"]
    assert [event.data["body"] for event in told(cast, "activity.created")] == ["for all"]
    assert [event.scopes for event in told(cast, "activity.kept")] == ["nobody"] * 5


def test_stages_go_forward_and_stand_in_the_timeline(cast: Cast) -> None:
    zoe = create(cast, display_name="Zoë", lifecycle_stage="lead")["id"]
    assert timeline(cast, zoe) == []
    update(cast, zoe, lifecycle_stage="customer", tags=["x"])
    with pytest.raises(StageBackward):
        update(cast, zoe, lifecycle_stage="qualified")
    for wrong in ("Customer", "nowhere"):
        with pytest.raises(Invalid) as caught:
            update(cast, zoe, lifecycle_stage=wrong)
        assert caught.value.errors[0].pointer == "/lifecycle_stage"
    update(cast, zoe, lifecycle_stage=None)
    update(cast, zoe, lifecycle_stage="qualified")
    with cast.writing():
        service.update_contact(cast.actor("support_admin"), zoe, {"lifecycle_stage": "lead"})
    with cast.reading():
        steps = queries.page_of_activities(cast.actor("agent"), zoe, ListQuery(sort="occurred_at"), ["stage"]).rows
    assert [(step["data"]["from"], step["data"]["to"]) for step in steps] == [
        ("lead", "customer"),
        ("customer", None),
        (None, "qualified"),
        ("qualified", "lead"),
    ]
    assert [event.data["lifecycle_stage"] for event in told(cast, "contact.stage_changed")] == [
        "customer",
        None,
        "qualified",
        "lead",
    ]
    decide(cast, stages=[{"key": "new", "label": "New"}, {"key": "old", "label": "Old"}])
    assert update(cast, zoe, tags=[])["lifecycle_stage"] == "lead", "a stage that is gone stays where it is"
    assert update(cast, zoe, lifecycle_stage="new")["lifecycle_stage"] == "new"


def test_another_owner_is_told(cast: Cast) -> None:
    zoe = create(cast, display_name="Zoë")["id"]
    update(cast, zoe, owner_employee_id=cast.employee_id("agent"))
    update(cast, zoe, display_name="Zoe")
    [event] = told(cast, "contact.owner_changed")
    assert (event.data["owner_employee_id"], event.before) == (
        cast.employee_id("agent"),
        {"owner_employee_id": None},
    )


def consent(cast: Cast, contact_id: str, status: str, **values: Any) -> dict[str, Any]:
    given = {"channel": "email", "purpose": "newsletter", "status": status, **values}
    with cast.writing():
        return service.add_consent(cast.actor("agent"), contact_id, load(schemas.ConsentCreate(), given))


def test_consents_keep_their_history_and_one_holds(cast: Cast) -> None:
    zoe = create(cast, display_name="Zoë")["id"]
    now = clock.now()
    consent(cast, zoe, "granted", basis="consent", source="web form", at=clock.rfc3339(now - timedelta(days=2)))
    consent(cast, zoe, "withdrawn")
    late = consent(cast, zoe, "granted", at=clock.rfc3339(now - timedelta(days=1)))
    assert late["is_current"] is False, "what is older than what holds now only joins the history"
    consent(cast, zoe, "denied", channel="phone")
    with cast.reading():
        agent = cast.actor("agent")
        everything = queries.page_of_consents(agent, zoe, ListQuery()).rows
        holds = queries.page_of_consents(agent, zoe, ListQuery(conditions=(Condition("is_current", "eq", True),))).rows
    assert [row["status"] for row in everything] == ["denied", "withdrawn", "granted", "granted"]
    assert {(row["channel"], row["status"]) for row in holds} == {("email", "withdrawn"), ("phone", "denied")}
    assert len(told(cast, "consent.recorded")) == 4
    # What is said to come would hold for ever: nothing that is said later were newer.
    with pytest.raises(Invalid) as caught:
        consent(cast, zoe, "granted", at="2999-01-01T00:00:00Z")
    assert caught.value.errors[0].pointer == "/at"
    outcomes = together(*[lambda: consent(cast, zoe, "granted", channel="sms")["status"]] * 4)
    assert outcomes == ["granted"] * 4
    with cast.reading():
        sms = (Condition("channel", "eq", "sms"), Condition("is_current", "eq", True))
        assert len(queries.page_of_consents(cast.actor("agent"), zoe, ListQuery(conditions=sms)).rows) == 1
