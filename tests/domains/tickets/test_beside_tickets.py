"""What stands beside a ticket: followers, links, sleep, redactions and history; and the most that fits on one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from portico.domains.directory import service as directory
from portico.domains.properties import schemas as property_schemas
from portico.domains.properties import service as properties
from portico.domains.tickets import detail_queries, queries, service, sweeping
from portico.domains.tickets.errors import LinkContradicts, LinkExists, TicketClosed
from portico.domains.tickets.models import Ticket, TicketComment
from portico.kernel import clock
from portico.kernel.errors import Forbidden, Invalid, NotFound
from portico.kernel.events import Event
from portico.kernel.ids import new_id
from portico.kernel.listing import Condition, ListQuery
from portico.kernel.schemas import load
from tests.domains.tickets.test_queues import into, make_queue, takers
from tests.domains.tickets.test_tickets_at_once import together
from tests.domains.tickets.test_tickets_service import (
    app,
    bodies,
    change,
    closed_ticket,
    comment,
    events_of,
    numbers,
    open_ticket,
    own_ticket,
    read,
    take,
    with_scopes,
)
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases


def follow(cast: Cast, ticket_id: str, name: str) -> dict[str, Any]:
    with cast.writing():
        return service.follow_ticket(cast.actor("agent"), ticket_id, cast.employee_id(name))


def link(cast: Cast, ticket_id: str, kind: str, other_id: str) -> dict[str, Any]:
    with cast.writing():
        return service.link_ticket(cast.actor("agent"), ticket_id, kind, other_id)


def links(cast: Cast, ticket_id: str) -> list[tuple[str, str, int]]:
    with cast.reading():
        rows = detail_queries.page_of_links(cast.actor("agent"), ticket_id, ListQuery()).rows
    return [(row["kind"], row["direction"], row["ticket"]["number"]) for row in rows]


def snooze(cast: Cast, ticket_id: str, **ahead: float) -> dict[str, Any]:
    with cast.writing():
        until = clock.now() + timedelta(**ahead) if ahead else None
        return service.snooze_ticket(cast.actor("agent"), ticket_id, until)


def redact(cast: Cast, ticket_id: str, comment_id: str, by: str = "support_admin", **span: int) -> dict[str, Any]:
    with cast.writing():
        return service.redact_comment(cast.actor(by), ticket_id, comment_id, **span)


def history(cast: Cast, ticket_id: str, by: Any = "agent") -> list[dict[str, Any]]:
    actor = cast.actor(by) if isinstance(by, str) else by
    with cast.reading():
        return list(detail_queries.page_of_history(actor, ticket_id, ListQuery()).rows)


# Followers


def test_who_follows_finds_what_they_follow(cast: Cast) -> None:
    ticket, _ = open_ticket(cast), open_ticket(cast)
    first = follow(cast, ticket["id"], "support_admin")
    assert follow(cast, ticket["id"], "support_admin") == first
    assert numbers(cast, Condition("follower_id", "eq", cast.employee_id("support_admin"))) == [1]
    for stranger in ("employee", "outsider"):
        with pytest.raises(Invalid):
            follow(cast, ticket["id"], stranger)
    with cast.writing():
        service.unfollow_ticket(cast.actor("agent"), ticket["id"], cast.employee_id("support_admin"))
    assert numbers(cast, Condition("follower_id", "eq", cast.employee_id("support_admin"))) == []
    assert events_of(cast, ticket["id"])[1:] == ["ticket.followed", "ticket.unfollowed"]
    own = own_ticket(cast)
    with cast.reading(), pytest.raises(Forbidden):
        detail_queries.page_of_followers(cast.actor("employee"), own["id"], ListQuery())


# Links


def test_links_are_seen_from_both_ends_and_stand_once(cast: Cast) -> None:
    one, two, three = (open_ticket(cast)["id"] for _ in range(3))
    link(cast, one, "blocks", two)
    link(cast, two, "relates", one)
    assert links(cast, one) == [("blocks", "outgoing", 2), ("relates", "outgoing", 2)]
    assert links(cast, two) == [("blocks", "incoming", 1), ("relates", "incoming", 1)]
    for kind, a, b in (("blocks", one, two), ("relates", one, two), ("relates", two, one)):
        with pytest.raises(LinkExists):
            link(cast, a, kind, b)
    with pytest.raises(LinkContradicts):
        link(cast, two, "blocks", one)
    for wrong in (one, "tkt_01jd0000000000000000000000"):
        with pytest.raises(Invalid):
            link(cast, one, "relates", wrong)
    link(cast, one, "parent", two)
    with pytest.raises(LinkExists):
        link(cast, three, "parent", two)
    link(cast, two, "parent", three)
    with pytest.raises(LinkContradicts):
        link(cast, three, "parent", one)
    with cast.writing():
        rows = detail_queries.page_of_links(cast.actor("agent"), one, ListQuery()).rows
        service.unlink_ticket(cast.actor("agent"), two, rows[0]["id"])
    assert [kind for kind, *_ in links(cast, one)] == ["relates", "parent"]
    with pytest.raises(TicketClosed):
        link(cast, closed_ticket(cast)["id"], "relates", one)


def test_of_parents_given_at_once_none_close_a_ring(cast: Cast) -> None:
    a, b, c, d = (open_ticket(cast)["id"] for _ in range(4))
    together(*(lambda pair=pair: link(cast, pair[0], "parent", pair[1]) for pair in ((a, b), (b, c), (c, d), (d, a))))
    with cast.reading():
        above = {one: detail_queries.parent_of(cast.actor("agent"), one) for one in (a, b, c, d)}
    assert list(above.values()).count(None) == 1


# Sleep


def test_a_ticket_sleeps_until_its_time_or_its_requesters_word(cast: Cast, held_clock: None) -> None:
    timed, answered, woken = own_ticket(cast), own_ticket(cast), own_ticket(cast)
    for ticket in (timed, answered, woken):
        assert snooze(cast, ticket["id"], hours=2)["status"] == "new"
    assert numbers(cast, Condition("snoozed_until", "exists", True)) == [3, 2, 1]
    comment(cast, answered["id"], body="An agent's word wakes nothing.")
    comment(cast, answered["id"], "employee")
    snooze(cast, woken["id"])
    assert numbers(cast, Condition("snoozed_until", "exists", True)) == [1]
    assert sweeping.sweep() == 0
    clock.advance(timedelta(hours=2))
    assert sweeping.sweep() == 1
    for ticket in (timed, answered, woken):
        assert [kind for kind in events_of(cast, ticket["id"]) if "comment" not in kind] == [
            "ticket.created",
            "ticket.snoozed",
            "ticket.woken",
        ]
    with pytest.raises(Invalid):
        snooze(cast, timed["id"], hours=-1)
    with pytest.raises(TicketClosed):
        snooze(cast, closed_ticket(cast)["id"], hours=1)
    snooze(cast, timed["id"], hours=1)
    assert change(cast, timed["id"], status="solved")["snoozed_until"] is None


def test_e_t_14_what_wakes_after_its_assignee_left_goes_to_who_is_there(cast: Cast, held_clock: None) -> None:
    queue = make_queue(cast, agent=None, admin=0)
    ticket = into(cast, queue)
    assert takers(cast, ticket) == ["agent"]
    snooze(cast, ticket["id"], hours=2)
    with cast.writing():
        directory.depart(cast.actor("hr_admin"), cast.employee_id("agent"))
        members = [{"employee_id": cast.employee_id("admin"), "capacity": None}]
        service.update_queue(cast.actor("admin"), queue["id"], {"members": members})
    assert sweeping.sweep() == 0
    assert read(cast, ticket["id"], "admin")["assignee_id"] is None
    clock.advance(timedelta(hours=2))
    sweeping.sweep()
    after = read(cast, ticket["id"], "admin")
    assert (after["snoozed_until"], takers(cast, after)) == (None, ["admin"])
    assert events_of(cast, ticket["id"])[-2:] == ["ticket.woken", "ticket.assigned"]


# Redaction


def test_what_is_taken_out_is_nowhere_any_more(cast: Cast) -> None:
    ticket = own_ticket(cast)
    said = comment(cast, ticket["id"], body="My card is 4111 1111, thanks.")
    other = comment(cast, ticket["id"], body="4111 of another")
    for status in ("solved", "closed"):
        change(cast, ticket["id"], status=status)
    with pytest.raises(Forbidden):
        redact(cast, ticket["id"], said["id"], by="agent")
    shown = redact(cast, ticket["id"], said["id"], start=11, end=20)
    assert shown["body"] == "My card is █████████, thanks."
    assert shown["redacted_by"]["id"] == cast.employee_id("support_admin")
    assert bodies(cast, ticket["id"], "employee") == [shown["body"], other["body"]]
    table = Event.__table__.c
    with cast.reading() as work:
        rows = work.execute(
            select(table.type, table.data)
            .where(table.workspace_id == cast.acme, table.resource_id == ticket["id"])
            .order_by(table.seq)
        ).all()
    assert "4111 1111" not in repr([tuple(row) for row in rows])
    assert [row.data["body"] for row in rows if row.type == "ticket.comment_created"] == [shown["body"], other["body"]]
    assert rows[-1].type == "ticket.redacted"
    assert history(cast, ticket["id"])[-1]["action"] == "redacted"
    assert redact(cast, ticket["id"], said["id"])["body"] == ""
    with pytest.raises(Invalid):
        redact(cast, ticket["id"], other["id"], start=0, end=99)
    with pytest.raises(NotFound):
        redact(cast, ticket["id"], "cmt_01jd0000000000000000000000")


# History


def test_the_history_says_who_changed_what_from_what_to_what(cast: Cast) -> None:
    ticket = own_ticket(cast)
    take(cast, ticket["id"])
    change(cast, ticket["id"], priority="urgent", tags=["vip"])
    rows = history(cast, ticket["id"])
    assert [row["action"] for row in rows] == ["created", "changed", "changed"]
    assert rows[0]["author"]["display_name"] == "Employee"
    assert rows[1]["changes"]["assignee_id"] == {"from": None, "to": cast.employee_id("agent")}
    assert rows[1]["changes"]["status"] == {"from": "new", "to": "open"}
    assert rows[2]["changes"] == {
        "priority": {"from": "normal", "to": "urgent"},
        "tags": {"from": [], "to": ["vip"]},
    }
    with pytest.raises(Forbidden):
        history(cast, ticket["id"], "employee")


def test_the_history_of_a_sensitive_property_tells_no_values(cast: Cast) -> None:
    about = {"key": "iban", "label": "IBAN", "type": "text", "sensitive": True}
    with cast.writing():
        values = load(property_schemas.PropertyCreate(), about)
        properties.create_property(cast.actor("support_admin"), "ticket", values)
    ticket = open_ticket(cast)
    change(cast, ticket["id"], "support_admin", properties={"iban": "DE02"})
    seen = history(cast, ticket["id"], "support_admin")[-1]["changes"]["properties.iban"]
    assert seen == {"from": None, "to": "DE02"}
    blind = with_scopes(cast.actor("agent"), "tickets:read")
    assert history(cast, ticket["id"], blind)[-1]["changes"] == {"properties.iban": {}}


# The most that fits


def test_e_t_20_the_five_thousand_and_first_comment_is_refused(cast: Cast) -> None:
    ticket = open_ticket(cast)
    author = {"kind": "employee", "id": cast.employee_id("agent"), "display_name": "Agent"}
    common = {"workspace_id": cast.acme, "ticket_id": ticket["id"], "author": author, "created_at": clock.now()}
    full = service.MAX_COMMENTS - 1
    tickets = Ticket.__table__
    rows = [{**common, "id": new_id("cmt"), "body": "x", "visibility": "public"} for _ in range(full)]
    with cast.writing() as work:
        work.execute(insert(TicketComment), rows)
        work.execute(
            update(Ticket)
            .where(tickets.c.workspace_id == cast.acme, tickets.c.id == ticket["id"])
            .values(comment_count=full)
        )
    outcomes = together(*(lambda n=n: comment(cast, ticket["id"], body=n)["body"] for n in "ab"))
    assert sorted(outcomes)[1:] == ["invalid"]
    with pytest.raises(Invalid) as caught:
        comment(cast, ticket["id"], visibility="internal")
    assert "5000" in caught.value.detail
    with cast.reading():
        mine = queries.page_of_comments(cast.actor("agent"), ticket["id"], ListQuery(limit=1, count="exact"))
    assert mine.total == 5000


# Internal notes stay inside


def test_e_t_06_no_event_of_an_internal_note_reaches_who_lacks_its_scope(cast: Cast) -> None:
    ticket = own_ticket(cast)
    said = comment(cast, ticket["id"], body="The margin is forty percent", visibility="internal")
    redact(cast, ticket["id"], said["id"], start=0, end=3)
    table = Event.__table__.c
    with cast.reading() as work:
        rows = work.execute(
            select(table.type, table.scopes).where(
                table.workspace_id == cast.acme, table.resource_id == ticket["id"], table.type != "ticket.created"
            )
        ).all()
    assert {row.scopes for row in rows} == {"tickets.internal:read tickets:read"}
    for reader in (app(cast, "tickets:read"), cast.actor("employee")):
        assert bodies(cast, ticket["id"], reader) == []
    with pytest.raises(NotFound), cast.writing():
        blind = with_scopes(cast.actor("support_admin"), "tickets:read", "tickets:write")
        service.redact_comment(blind, ticket["id"], said["id"])
