"""What holds of tickets on both databases."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portico.domains.contacts import schemas as contact_schemas
from portico.domains.contacts import service as contacts
from portico.domains.directory import service as directory
from portico.domains.tickets import queries, schemas, service
from portico.domains.tickets.errors import (
    AlreadyAssigned,
    NewerCommentExists,
    TicketClosed,
)
from portico.domains.tickets.statuses import STATUSES, STEPS
from portico.kernel import clock, jobs
from portico.kernel.actor import Actor
from portico.kernel.authn import InsufficientScope
from portico.kernel.dump import dumper
from portico.kernel.errors import (
    CursorInvalid,
    CursorMismatch,
    Forbidden,
    Invalid,
    InvalidTransition,
    NotFound,
    Stale,
)
from portico.kernel.events import Event
from portico.kernel.listing import Condition, ListQuery, Page
from portico.kernel.schemas import load
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases


def with_scopes(actor: Actor, *scopes: str) -> Actor:
    return Actor(**{n: getattr(actor, n) for n in Actor.__slots__} | {"scopes": frozenset(scopes)})


def app(cast: Cast, *scopes: str) -> Actor:
    installation_id = "ins_01jd0000000000000000000000"
    return Actor(
        kind="app",
        workspace_id=cast.acme,
        id=installation_id,
        installation_id=installation_id,
        display_name="First Responder",
        scopes=frozenset(scopes),
    )


def make_contact(cast: Cast, name: str = "Zoë", by: str = "agent") -> str:
    values = load(contact_schemas.ContactCreate(), {"display_name": name})
    with cast.writing(cast.workspace_of(by)):
        return str(contacts.create_contact(cast.actor(by), values)["id"])


def open_ticket(cast: Cast, by: str | Actor = "agent", **fields: Any) -> dict[str, Any]:
    actor = cast.actor(by) if isinstance(by, str) else by
    if "requester" not in fields:
        fields["requester"] = {"contact_id": make_contact(cast)}
    values = load(schemas.TicketCreate(), {"subject": "The invoice is wrong", **fields})
    with cast.writing(actor.workspace_id):
        return service.create_ticket(actor, values)


def own_ticket(cast: Cast, by: str = "employee", **fields: Any) -> dict[str, Any]:
    return open_ticket(cast, by, requester={"employee_id": cast.employee_id(by)}, **fields)


def change(cast: Cast, ticket_id: str, by: str | Actor = "agent", **fields: Any) -> dict[str, Any]:
    actor = cast.actor(by) if isinstance(by, str) else by
    if fields.get("status") == "on_hold":
        fields.setdefault("hold_reason", "A part has to come")
    with cast.writing():
        return service.update_ticket(actor, ticket_id, load(schemas.TicketUpdate(), fields))


def comment(cast: Cast, ticket_id: str, by: str | Actor = "agent", **fields: Any) -> dict[str, Any]:
    actor = cast.actor(by) if isinstance(by, str) else by
    values = load(schemas.CommentCreate(), {"body": "We look into it.", **fields})
    with cast.writing():
        return service.add_comment(actor, ticket_id, values)


def take(cast: Cast, ticket_id: str, by: str = "agent") -> dict[str, Any]:
    with cast.writing():
        return service.take_ticket(cast.actor(by), ticket_id)


def assign(cast: Cast, ticket_id: str, assignee_id: str | None, by: str = "agent") -> dict[str, Any]:
    with cast.writing():
        return service.assign_ticket(cast.actor(by), ticket_id, assignee_id)


def snooze(cast: Cast, ticket_id: str) -> None:
    with cast.writing():
        service.snooze_ticket(cast.actor("agent"), ticket_id, clock.now() + timedelta(hours=1))


def trash(cast: Cast, ticket_id: str) -> None:
    with cast.writing():
        service.trash_ticket(cast.actor("support_admin"), ticket_id)


def restore(cast: Cast, ticket_id: str) -> dict[str, Any]:
    with cast.writing():
        return service.restore_ticket(cast.actor("support_admin"), ticket_id)


def read(cast: Cast, ticket_id: str, by: str | Actor = "agent") -> dict[str, Any]:
    actor = cast.actor(by) if isinstance(by, str) else by
    with cast.reading(actor.workspace_id):
        return queries.ticket(actor, ticket_id)


def bodies(cast: Cast, ticket_id: str, by: str | Actor = "agent") -> list[str]:
    actor = cast.actor(by) if isinstance(by, str) else by
    with cast.reading():
        return [row.body for row in queries.page_of_comments(actor, ticket_id, ListQuery()).rows]


def page(cast: Cast, *conditions: Condition, by: str | Actor = "agent", **query: Any) -> Page:
    actor = cast.actor(by) if isinstance(by, str) else by
    with cast.reading(actor.workspace_id):
        return queries.page_of_tickets(actor, ListQuery(conditions=conditions, **query))


def numbers(cast: Cast, *conditions: Condition, **query: Any) -> list[int]:
    return [row["number"] for row in page(cast, *conditions, **query).rows]


def events_of(cast: Cast, resource_id: str) -> list[str]:
    table = Event.__table__.c
    with cast.reading() as work:
        return list(
            work.scalars(
                select(table.type)
                .where(table.workspace_id == cast.acme, table.resource_id == resource_id)
                .order_by(table.seq)
            )
        )


# Opening


def test_what_is_opened_is_what_is_read(cast: Cast) -> None:
    contact_id = make_contact(cast)
    ticket = open_ticket(cast, requester={"contact_id": contact_id}, priority="high", tags=["vip"], channel="phone")
    assert ticket == read(cast, ticket["id"])
    assert (ticket["number"], ticket["status"], ticket["priority"]) == (1, "open", "high")
    assert (ticket["requester"], ticket["assignee_id"]) == ({"contact_id": contact_id}, None)
    assert events_of(cast, ticket["id"]) == ["ticket.created"]


def test_each_workspace_counts_for_itself(cast: Cast) -> None:
    assert [open_ticket(cast)["number"] for _ in range(3)] == [1, 2, 3]
    contact_id = make_contact(cast, by="outsider")
    assert open_ticket(cast, "outsider", requester={"contact_id": contact_id})["number"] == 1


def test_a_number_is_not_used_again(cast: Cast) -> None:
    first = open_ticket(cast)
    trash(cast, first["id"])
    assert open_ticket(cast)["number"] == 2
    assert restore(cast, first["id"])["number"] == 1


def test_a_ticket_is_new_until_somebody_of_the_team_has_seen_it(cast: Cast) -> None:
    assert own_ticket(cast)["status"] == "new"
    assert own_ticket(cast, by="agent")["status"] == "new"
    assert open_ticket(cast, app(cast, "tickets:write"))["status"] == "new"
    assert open_ticket(cast)["status"] == "open"
    someone = cast.employee_id("agent")
    assert open_ticket(cast, app(cast, "tickets:write"), assignee_id=someone)["status"] == "open"


def test_the_first_comment_comes_with_the_ticket(cast: Cast) -> None:
    ticket = open_ticket(cast, comment={"body": "It says 100, we agreed on 10."})
    assert bodies(cast, ticket["id"]) == ["It says 100, we agreed on 10."]
    assert events_of(cast, ticket["id"]) == ["ticket.created", "ticket.comment_created"]
    assert read(cast, ticket["id"])["version"] == 1


def test_people_of_another_workspace_are_unknown_here(cast: Cast) -> None:
    contact_id, employee_id = make_contact(cast, by="outsider"), cast.employee_id("outsider")
    for fields, pointer in (
        ({"requester": {"contact_id": contact_id}}, "/requester/contact_id"),
        ({"requester": {"employee_id": employee_id}}, "/requester/employee_id"),
        ({"assignee_id": employee_id}, "/assignee_id"),
    ):
        with pytest.raises(Invalid) as caught:
            open_ticket(cast, **fields)
        assert [error.pointer for error in caught.value.errors] == [pointer]
    assert numbers(cast) == []


def test_a_trashed_contact_asks_for_nothing_new(cast: Cast) -> None:
    contact_id = make_contact(cast)
    ticket = open_ticket(cast, requester={"contact_id": contact_id})
    with cast.writing():
        contacts.trash_contact(cast.actor("support_admin"), contact_id)
    with pytest.raises(Invalid):
        open_ticket(cast, requester={"contact_id": contact_id})
    assert read(cast, ticket["id"])["requester"] == {"contact_id": contact_id}


# Changing


def test_solving_reopening_and_closing(cast: Cast) -> None:
    ticket = open_ticket(cast)
    solved = change(cast, ticket["id"], status="solved")
    assert solved["solved_at"] is not None
    reopened = change(cast, ticket["id"], status="open")
    assert (reopened["status"], reopened["solved_at"], reopened["reopen_count"]) == ("open", None, 1)
    change(cast, ticket["id"], status="solved")
    closed = change(cast, ticket["id"], status="closed")
    assert (closed["status"], closed["version"]) == ("closed", 5)
    assert closed["solved_at"] is not None
    assert events_of(cast, ticket["id"]) == [
        "ticket.created",
        *("ticket.status_changed", "ticket.solved"),
        *("ticket.status_changed", "ticket.reopened"),
        *("ticket.status_changed", "ticket.solved"),
        *("ticket.status_changed", "ticket.closed"),
    ]


def test_a_forbidden_step_changes_nothing(cast: Cast) -> None:
    ticket = open_ticket(cast)
    for status in ("new", "closed"):
        with pytest.raises(InvalidTransition):
            change(cast, ticket["id"], status=status, subject="Changed")
    assert read(cast, ticket["id"]) == ticket


def closed_ticket(cast: Cast) -> dict[str, Any]:
    ticket = open_ticket(cast)
    change(cast, ticket["id"], status="solved")
    return change(cast, ticket["id"], status="closed")


def test_a_closed_ticket_does_not_change(cast: Cast) -> None:
    ticket = closed_ticket(cast)
    with pytest.raises(InvalidTransition):
        change(cast, ticket["id"], status="open")
    for forbidden in (
        lambda: change(cast, ticket["id"], subject="Another"),
        lambda: comment(cast, ticket["id"]),
        lambda: comment(cast, ticket["id"], visibility="internal"),
        lambda: take(cast, ticket["id"]),
        lambda: assign(cast, ticket["id"], cast.employee_id("agent")),
    ):
        with pytest.raises(TicketClosed):
            forbidden()
    assert read(cast, ticket["id"])["version"] == ticket["version"]
    assert change(cast, ticket["id"], status="closed")["version"] == ticket["version"]


def test_one_change_tells_each_kind_of_news_once(cast: Cast) -> None:
    ticket = open_ticket(cast)
    assignee = cast.employee_id("agent")
    change(cast, ticket["id"], subject="New subject", tags=["a"], status="pending", assignee_id=assignee)
    assert events_of(cast, ticket["id"])[1:] == ["ticket.updated", "ticket.assigned", "ticket.status_changed"]
    assert read(cast, ticket["id"])["version"] == 2
    change(cast, ticket["id"], subject="New subject", status="pending")
    assert read(cast, ticket["id"])["version"] == 2


def test_a_stale_change_is_refused(cast: Cast) -> None:
    ticket = open_ticket(cast)
    change(cast, ticket["id"], priority="low")
    with pytest.raises(Stale), cast.writing():
        service.update_ticket(cast.actor("agent"), ticket["id"], {"tags": ["x"]}, expected_version=1)
    with pytest.raises(Stale), cast.writing():
        service.trash_ticket(cast.actor("support_admin"), ticket["id"], expected_version=1)


_STEPS = st.lists(
    st.one_of(
        st.sampled_from([("status", status) for status in STATUSES]),
        st.sampled_from([("take", None), ("release", None), ("reply", None), ("note", None), ("snooze", None)]),
    ),
    max_size=12,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS)
def test_any_sequence_of_steps_stays_in_the_machine(cast: Cast, steps: list[tuple[str, Any]]) -> None:
    ticket = own_ticket(cast)
    status = ticket["status"]
    for verb, wanted in steps:
        acts = {
            "status": lambda wanted=wanted: change(cast, ticket["id"], status=wanted),
            "take": lambda: take(cast, ticket["id"]),
            "release": lambda: assign(cast, ticket["id"], None),
            "reply": lambda: comment(cast, ticket["id"], "employee"),
            "snooze": lambda: snooze(cast, ticket["id"]),
            "note": lambda: comment(cast, ticket["id"], visibility="internal"),
        }
        with suppress(InvalidTransition, TicketClosed):
            acts[verb]()
        now = read(cast, ticket["id"])
        assert now["status"] == status or now["status"] in STEPS[status]
        assert (now["solved_at"] is not None) == (now["status"] in ("solved", "closed"))
        assert (now["hold_reason"] is not None) == (now["status"] == "on_hold")
        assert now["snoozed_until"] is None or now["status"] != "closed"
        status = now["status"]


# Assigning


def test_taking_opens_a_new_ticket(cast: Cast) -> None:
    ticket = own_ticket(cast)
    taken = take(cast, ticket["id"])
    assert (taken["assignee_id"], taken["status"]) == (cast.employee_id("agent"), "open")
    assert events_of(cast, ticket["id"]) == ["ticket.created", "ticket.assigned", "ticket.status_changed"]
    assert take(cast, ticket["id"]) == read(cast, ticket["id"])
    with pytest.raises(AlreadyAssigned):
        take(cast, ticket["id"], by="support_admin")


def test_assigning_and_giving_back(cast: Cast) -> None:
    ticket = open_ticket(cast)
    other = cast.employee_id("support_admin")
    assert assign(cast, ticket["id"], other)["assignee_id"] == other
    assert assign(cast, ticket["id"], None)["assignee_id"] is None
    with pytest.raises(Invalid):
        assign(cast, ticket["id"], cast.employee_id("outsider"))


@pytest.mark.parametrize("verb", ["suspend", "depart"])
def test_who_is_gone_gives_the_open_tickets_back(cast: Cast, verb: str) -> None:
    gone = cast.employee_id("agent")
    waiting, solved, closed = open_ticket(cast), open_ticket(cast), open_ticket(cast)
    for ticket in (waiting, solved, closed):
        take(cast, ticket["id"])
    change(cast, solved["id"], status="solved")
    for status in ("solved", "closed"):
        change(cast, closed["id"], status=status)
    kept = open_ticket(cast, assignee_id=cast.employee_id("support_admin"))
    with cast.writing():
        getattr(directory, verb)(cast.actor("hr_admin"), gone)
    having = {ticket["number"]: ticket["assignee_id"] for ticket in page(cast, by="support_admin").rows}
    assert having == {1: None, 2: None, 3: gone, 4: kept["assignee_id"]}
    assert events_of(cast, waiting["id"])[-1] == "ticket.assigned"
    with pytest.raises(Invalid):
        open_ticket(cast, "support_admin", assignee_id=gone, requester={"employee_id": cast.employee_id("owner")})


# The conversation


def test_the_requesters_reply_brings_the_ticket_back(cast: Cast) -> None:
    ticket = own_ticket(cast)
    for status, after in (("pending", "open"), ("solved", "open"), ("on_hold", "on_hold")):
        change(cast, ticket["id"], status=status)
        comment(cast, ticket["id"], "employee")
        assert read(cast, ticket["id"])["status"] == after
    assert read(cast, ticket["id"])["reopen_count"] == 1
    assert events_of(cast, ticket["id"]).count("ticket.reopened") == 1


def test_an_agents_reply_leaves_the_status(cast: Cast) -> None:
    ticket = own_ticket(cast)
    change(cast, ticket["id"], status="pending")
    comment(cast, ticket["id"])
    assert read(cast, ticket["id"])["status"] == "pending"


def test_a_comment_is_signed_with_the_name_of_that_day(cast: Cast) -> None:
    ticket = open_ticket(cast)
    by_person = comment(cast, ticket["id"])
    by_app = comment(cast, ticket["id"], app(cast, "tickets.internal:write"), visibility="internal")
    assert by_person["author"] == {"kind": "employee", "id": cast.employee_id("agent"), "display_name": "Agent"}
    assert by_app["author"]["display_name"] == "First Responder"
    with cast.writing():
        directory.update_employee(cast.actor("hr_admin"), cast.employee_id("agent"), {"display_name": "Renamed"})
    with cast.reading():
        rows = queries.page_of_comments(cast.actor("agent"), ticket["id"], ListQuery()).rows
    assert [row.author["display_name"] for row in rows] == ["Agent", "First Responder"]


def test_e_t_06_internal_notes_are_absent_for_who_may_not_read_them(cast: Cast) -> None:
    ticket = own_ticket(cast)
    comment(cast, ticket["id"], body="Public")
    comment(cast, ticket["id"], body="Internal", visibility="internal")
    assert bodies(cast, ticket["id"]) == ["Public", "Internal"]
    for reader in (
        cast.actor("employee"),
        with_scopes(cast.actor("agent"), "tickets:read"),
        with_scopes(cast.actor("employee"), "tickets:read", "tickets.internal:read"),
        app(cast, "tickets:read"),
    ):
        assert bodies(cast, ticket["id"], reader) == ["Public"]
    assert bodies(cast, ticket["id"], app(cast, "tickets:read", "tickets.internal:read")) == ["Public", "Internal"]


def test_an_internal_note_leaves_no_trace_on_the_ticket(cast: Cast) -> None:
    ticket = own_ticket(cast)
    before = read(cast, ticket["id"], "employee")
    comment(cast, ticket["id"], visibility="internal")
    assert read(cast, ticket["id"], "employee") == before
    comment(cast, ticket["id"])
    after = read(cast, ticket["id"], "employee")
    assert (after["version"], after["updated_at"] >= before["updated_at"]) == (2, True)


def test_each_visibility_has_its_own_scope(cast: Cast) -> None:
    ticket = own_ticket(cast)
    agent = cast.actor("agent")
    comment(cast, ticket["id"], with_scopes(agent, "tickets.internal:write"), visibility="internal")
    comment(cast, ticket["id"], with_scopes(agent, "tickets:write"), visibility="public")
    for scope, visibility in (("tickets:write", "internal"), ("tickets.internal:write", "public")):
        with pytest.raises(InsufficientScope):
            comment(cast, ticket["id"], with_scopes(agent, scope), visibility=visibility)
        with pytest.raises(InsufficientScope):
            body = {"body": "x", "visibility": visibility}
            open_ticket(cast, with_scopes(agent, scope, "contacts:read"), comment=body)
    with pytest.raises(Forbidden):
        comment(
            cast, ticket["id"], with_scopes(cast.actor("employee"), "tickets.internal:write"), visibility="internal"
        )


def test_an_internal_comments_event_needs_the_internal_scope(cast: Cast) -> None:
    ticket = open_ticket(cast)
    comment(cast, ticket["id"], body="Internal", visibility="internal")
    table = Event.__table__.c
    with cast.reading() as work:
        row = work.execute(
            select(table.scopes, table.data).where(
                table.workspace_id == cast.acme, table.type == "ticket.comment_created"
            )
        ).one()
    assert row.scopes == "tickets.internal:read tickets:read"
    assert row.data["ticket_id"] == ticket["id"]


def test_e_t_05_an_answer_to_what_is_not_the_last_word_is_stopped(cast: Cast) -> None:
    ticket = own_ticket(cast)
    first = comment(cast, ticket["id"], "employee", body="One", expected_last_comment_id=None)
    comment(cast, ticket["id"], "employee", body="Two", expected_last_comment_id=first["id"])
    with pytest.raises(NewerCommentExists) as caught:
        comment(cast, ticket["id"], expected_last_comment_id=first["id"])
    assert [one["body"] for one in caught.value.extra["comments"]] == ["Two"]
    comment(cast, ticket["id"], body="Internal", visibility="internal")
    last = bodies(cast, ticket["id"], "employee")
    assert last == ["One", "Two"]


# The requester's side


def test_other_people_see_the_tickets_they_asked_for_and_no_others(cast: Cast) -> None:
    mine, other = own_ticket(cast), open_ticket(cast)
    assert numbers(cast, by="employee") == [mine["number"]]
    for act in (
        lambda: read(cast, other["id"], "employee"),
        lambda: comment(cast, other["id"], "employee"),
        lambda: bodies(cast, other["id"], "employee"),
        lambda: change(cast, other["id"], "employee", subject="x"),
    ):
        with pytest.raises(NotFound):
            act()


def test_an_actor_who_is_nobody_sees_nothing(cast: Cast) -> None:
    open_ticket(cast)
    nobody = Actor(kind="visitor", workspace_id=cast.acme, id="vis", scopes=frozenset({"tickets:read"}))
    assert numbers(cast, by=nobody) == []


def test_the_requesters_side_is_a_white_list(cast: Cast) -> None:
    ticket = own_ticket(cast)
    change(cast, ticket["id"], tags=["difficult"], assignee_id=cast.employee_id("agent"))
    shown = dumper(schemas.Ticket)(read(cast, ticket["id"], "employee"))
    assert set(shown) == {*schemas.RequesterTicket().fields, "_redacted"}
    hidden = set(schemas.Ticket().fields) - set(schemas.RequesterTicket().fields) - {"redacted"}
    assert shown["_redacted"] == sorted(hidden)
    assert dumper(schemas.Ticket)(page(cast, by="employee").rows[0]) == shown
    assert "_redacted" not in dumper(schemas.Ticket)(read(cast, ticket["id"]))


def test_what_is_hidden_cannot_be_filtered_by(cast: Cast) -> None:
    own_ticket(cast)
    for field in ("assignee_id", "tags"):
        with pytest.raises(Invalid):
            page(cast, Condition(field, "eq", "x"), by="employee")
    assert numbers(cast, Condition("status", "eq", "new"), by="employee") == [1]


def test_the_requester_replies_and_changes_nothing_else(cast: Cast) -> None:
    ticket = own_ticket(cast, comment={"body": "Help"})
    comment(cast, ticket["id"], "employee")
    for act in (
        lambda: change(cast, ticket["id"], "employee", status="pending"),
        lambda: change(cast, ticket["id"], "employee", status="solved", priority="urgent"),
        lambda: take(cast, ticket["id"], by="employee"),
        lambda: assign(cast, ticket["id"], cast.employee_id("employee"), by="employee"),
        lambda: open_ticket(cast, "employee", requester={"employee_id": cast.employee_id("agent")}),
        lambda: open_ticket(cast, "employee"),
        lambda: own_ticket(cast, tags=["vip"]),
        lambda: own_ticket(cast, assignee_id=cast.employee_id("agent")),
    ):
        with pytest.raises(Forbidden):
            act()


# Trash


def test_what_is_in_the_trash_is_not_there(cast: Cast) -> None:
    ticket = open_ticket(cast)
    comment(cast, ticket["id"])
    trash(cast, ticket["id"])
    with pytest.raises(NotFound):
        read(cast, ticket["id"])
    with pytest.raises(NotFound):
        bodies(cast, ticket["id"])
    assert numbers(cast) == []
    assert restore(cast, ticket["id"])["id"] == ticket["id"]
    assert bodies(cast, ticket["id"]) == ["We look into it."]
    assert events_of(cast, ticket["id"])[-2:] == ["ticket.trashed", "ticket.restored"]


def test_a_restored_ticket_is_not_given_to_who_is_gone(cast: Cast) -> None:
    ticket = open_ticket(cast)
    take(cast, ticket["id"])
    trash(cast, ticket["id"])
    with cast.writing():
        directory.suspend(cast.actor("hr_admin"), cast.employee_id("agent"))
    assert restore(cast, ticket["id"])["assignee_id"] is None


def test_the_trash_lasts_thirty_days_and_belongs_to_support_admins(cast: Cast, held_clock: None) -> None:
    ticket = open_ticket(cast)
    with pytest.raises(Forbidden), cast.writing():
        service.trash_ticket(cast.actor("agent"), ticket["id"])
    trash(cast, ticket["id"])
    clock.advance(timedelta(days=30, seconds=1))
    with pytest.raises(NotFound):
        restore(cast, ticket["id"])


# Lists


def test_filters(cast: Cast) -> None:
    contact_id = make_contact(cast)
    agent, employee = cast.employee_id("agent"), cast.employee_id("employee")
    open_ticket(cast, requester={"contact_id": contact_id}, priority="urgent", tags=["vip"], assignee_id=agent)
    own_ticket(cast)
    open_ticket(cast, priority="low", channel="email", tags=["vip", "b2b"])
    change(cast, page(cast, Condition("number", "eq", 3)).rows[0]["id"], status="pending")
    assert numbers(cast, Condition("status", "in", ["new", "pending"])) == [3, 2]
    assert numbers(cast, Condition("status", "ne", "new")) == [3, 1]
    assert numbers(cast, Condition("priority", "eq", "urgent")) == [1]
    assert numbers(cast, Condition("assignee_id", "eq", agent)) == [1]
    assert numbers(cast, Condition("assignee_id", "exists", False)) == [3, 2]
    assert numbers(cast, Condition("requester.contact_id", "eq", contact_id)) == [1]
    assert numbers(cast, Condition("requester.employee_id", "eq", employee)) == [2]
    assert numbers(cast, Condition("number", "gte", 2)) == [3, 2]
    assert numbers(cast, Condition("number", "eq", 2**63 - 1)) == []
    assert numbers(cast, Condition("tags", "eq", "b2b")) == [3]
    assert numbers(cast, Condition("channel", "eq", "email")) == [3]
    assert numbers(cast, Condition("created_at", "lte", clock.now() - timedelta(hours=1))) == []


def test_search_by_subject_number_and_requester(cast: Cast) -> None:
    open_ticket(cast, requester={"contact_id": make_contact(cast, "Zoë Müller")}, subject="Invoice missing")
    own_ticket(cast, subject="Screen broken")
    assert numbers(cast, q="invo") == [1]
    assert numbers(cast, q="#2") == [2]
    assert numbers(cast, q="2") == [2]
    assert numbers(cast, q="muller") == [1]
    assert numbers(cast, q="employee screen") == [2]
    assert numbers(cast, q="nothing") == []


def test_who_may_not_read_contacts_cannot_find_them_through_tickets(cast: Cast) -> None:
    open_ticket(cast, requester={"contact_id": make_contact(cast, "Zoë")}, subject="Invoice")
    blind = app(cast, "tickets:read")
    assert numbers(cast, q="zoe", by=blind) == []
    assert numbers(cast, q="invoice", by=blind) == [1]


def test_e_t_06_comments_are_not_searched(cast: Cast) -> None:
    ticket = own_ticket(cast)
    comment(cast, ticket["id"], body="Difficult person", visibility="internal")
    assert numbers(cast, q="difficult") == []


def test_search_follows_the_subject_and_the_requesters_new_name(cast: Cast) -> None:
    contact_id = make_contact(cast, "Zoë")
    ticket = open_ticket(cast, requester={"contact_id": contact_id}, subject="Invoice")
    own_ticket(cast, subject="Screen")
    change(cast, ticket["id"], subject="Delivery")
    assert (numbers(cast, q="invoice"), numbers(cast, q="delivery zoe")) == ([], [1])
    with cast.writing():
        contacts.update_contact(cast.actor("agent"), contact_id, {"display_name": "Anna"})
        directory.update_employee(cast.actor("hr_admin"), cast.employee_id("employee"), {"display_name": "Renamed"})
    jobs.drain()
    assert (numbers(cast, q="zoe"), numbers(cast, q="anna"), numbers(cast, q="renamed")) == ([], [1], [2])


def test_every_sort_walks_all_pages_without_gap_or_double(cast: Cast, held_clock: None) -> None:
    for place in range(7):
        own_ticket(cast, by="agent", priority=schemas.PRIORITIES[place % 4])
    for sort in (sign + key for key in queries.TICKETS.sorts for sign in ("", "-")):
        assert sorted(walk(cast, sort)) == list(range(1, 8)), sort


def walk(cast: Cast, sort: str) -> list[int]:
    seen: list[int] = []
    cursor = None
    while True:
        found = page(cast, limit=2, cursor=cursor, sort=sort)
        seen += [row["number"] for row in found.rows]
        cursor = found.next_cursor
        if cursor is None:
            return seen


def test_priorities_sort_by_their_weight(cast: Cast) -> None:
    for priority in ("high", "low", "urgent", "normal"):
        own_ticket(cast, by="agent", priority=priority)
    found = page(cast, sort="-priority").rows
    assert [row["priority"] for row in found] == ["urgent", "high", "normal", "low"]
    change(cast, found[-1]["id"], priority="urgent")
    assert [row["priority"] for row in page(cast, sort="priority").rows] == ["normal", "high", "urgent", "urgent"]


def test_the_third_page_stands_still_while_tickets_come_and_go(cast: Cast) -> None:
    made = [own_ticket(cast, by="agent") for _ in range(9)]
    first = page(cast, limit=3)
    second = page(cast, limit=3, cursor=first.next_cursor)
    own_ticket(cast, by="agent")
    trash(cast, made[4]["id"])
    assert [row["number"] for row in page(cast, limit=3, cursor=second.next_cursor).rows] == [3, 2, 1]


def test_a_cursor_belongs_to_its_filter_and_cannot_be_bent(cast: Cast) -> None:
    for _ in range(3):
        own_ticket(cast, by="agent")
    cursor = page(cast, limit=1).next_cursor
    assert cursor is not None
    with pytest.raises(CursorMismatch):
        page(cast, Condition("status", "eq", "new"), cursor=cursor)
    with pytest.raises(CursorInvalid):
        page(cast, cursor=cursor[:10] + "x" + cursor[11:])


def test_another_workspace_sees_nothing(cast: Cast) -> None:
    ticket = open_ticket(cast)
    with pytest.raises(NotFound):
        read(cast, ticket["id"], "outsider")
    assert numbers(cast, by="outsider") == []


def test_the_event_is_the_ticket_as_it_is_read(cast: Cast) -> None:
    ticket = open_ticket(cast)
    table = Event.__table__.c
    with cast.reading() as work:
        data = work.scalar(select(table.data).where(table.workspace_id == cast.acme, table.resource_id == ticket["id"]))
    assert data == dumper(schemas.Ticket)(read(cast, ticket["id"]))
