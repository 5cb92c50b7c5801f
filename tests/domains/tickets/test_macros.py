"""Macros: replies with places and changes, previewed and used; shared, or somebody's own."""

from __future__ import annotations

from typing import Any

import pytest

from portico.domains.tickets import macro_queries, macro_schemas, service
from portico.domains.tickets.errors import MacroExists, TicketClosed
from portico.domains.tickets.rendering import render
from portico.kernel.authn import InsufficientScope
from portico.kernel.errors import Forbidden, Invalid, InvalidTransition, NotFound
from portico.kernel.schemas import load
from tests.domains.tickets.test_tickets_service import (
    bodies,
    closed_ticket,
    events_of,
    open_ticket,
    own_ticket,
    read,
    with_scopes,
)
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases


def make(cast: Cast, by: str = "support_admin", **fields: Any) -> dict[str, Any]:
    given = {"name": "Ask", "shared": by == "support_admin", **fields}
    with cast.writing():
        return service.create_macro(cast.actor(by), load(macro_schemas.MacroCreate(), given))


def preview(cast: Cast, ticket_id: str, macro_id: str) -> dict[str, Any]:
    with cast.reading():
        return service.preview_macro(cast.actor("agent"), ticket_id, macro_id)


def use(cast: Cast, ticket_id: str, macro_id: str, by: str = "agent") -> dict[str, Any]:
    with cast.writing():
        return service.apply_macro(cast.actor(by), ticket_id, macro_id, {})


def test_what_is_previewed_is_what_comes(cast: Cast) -> None:
    ticket = own_ticket(cast, subject="Black {{agent.display_name}} screen")
    macro = make(
        cast,
        body="Hello {{requester.display_name}}, #{{ ticket.number }} ({{ticket.subject}}): {{agent.display_name}}",
        effects={"status": "pending", "priority": "high", "add_tags": ["asked"], "assign_to_me": True},
    )
    shown = preview(cast, ticket["id"], macro["id"])
    assert shown["body"] == "Hello Employee, #1 (Black {{agent.display_name}} screen): Agent"
    assert shown["changes"] == {
        "status": {"from": "new", "to": "pending"},
        "priority": {"from": "normal", "to": "high"},
        "tags": {"from": [], "to": ["asked"]},
        "assignee_id": {"from": None, "to": cast.employee_id("agent")},
    }
    assert read(cast, ticket["id"])["version"] == 1
    used = use(cast, ticket["id"], macro["id"])
    assert used["ticket"] == read(cast, ticket["id"])
    assert {name: used["ticket"][name] for name in shown["changes"]} == {
        name: change["to"] for name, change in shown["changes"].items()
    }
    assert bodies(cast, ticket["id"], "employee") == [shown["body"]]
    again = use(cast, ticket["id"], macro["id"])
    assert again["ticket"]["tags"] == ["asked"]


def test_a_macro_that_cannot_change_writes_nothing(cast: Cast) -> None:
    ticket = own_ticket(cast)
    macro = make(cast, body="Closed.", effects={"status": "closed"})
    with pytest.raises(InvalidTransition):
        use(cast, ticket["id"], macro["id"])
    assert (bodies(cast, ticket["id"]), events_of(cast, ticket["id"])) == ([], ["ticket.created"])
    with pytest.raises(TicketClosed):
        use(cast, closed_ticket(cast)["id"], macro["id"])


@pytest.mark.parametrize(
    "fields",
    [
        {"body": "{{ticket.owner}}"},
        {"body": "{{ ''.__class__ }}"},
        {},
        {"effects": {"queue_id": "que_01jd0000000000000000000000"}},
        {"effects": {"status_id": "tst_01jd0000000000000000000000"}},
        {"effects": {"assignee_id": "emp_01jd0000000000000000000000"}},
        {"effects": {"assign_to_me": True, "assignee_id": None}},
    ],
    ids=str,
)
def test_what_is_not_there_is_refused_when_it_is_made(cast: Cast, fields: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        make(cast, **fields)


def test_only_known_places_are_filled_and_each_once() -> None:
    values = {"ticket.subject": "{{ticket.number}}", "ticket.number": 7}
    assert (
        render("{{ticket.subject}} {{x}} {ticket.number} {{\n}}", values)
        == "{{ticket.number}} {{x}} {ticket.number} {{\n}}"
    )


def test_ones_own_is_nobody_elses(cast: Cast) -> None:
    mine = make(cast, by="agent", body="Hi")
    make(cast, by="admin", shared=False, body="Hi")
    shared = make(cast, body="Hello")
    with cast.reading():
        seen = {one["id"] for one in macro_queries.all_macros(cast.actor("agent"))}
    assert seen == {mine["id"], shared["id"]}
    assert events_of(cast, mine["id"]) == []
    assert events_of(cast, shared["id"]) == ["macro.created"]
    ticket = own_ticket(cast)
    with pytest.raises(NotFound):
        use(cast, ticket["id"], mine["id"], by="support_admin")
    with pytest.raises(MacroExists):
        make(cast, by="agent", body="Other")
    with pytest.raises(InsufficientScope):
        make(cast, by="agent", shared=True, name="All", body="x")
    with cast.writing(), pytest.raises(InsufficientScope):
        service.update_macro(cast.actor("agent"), shared["id"], {"body": "x"})
    with cast.writing():
        service.update_macro(cast.actor("agent"), mine["id"], {"body": "Hey"})
        service.delete_macro(cast.actor("agent"), mine["id"])
    with pytest.raises(Forbidden):
        make(cast, by="employee", body="x")


def test_a_place_shows_no_name_that_the_reader_may_not_know(cast: Cast) -> None:
    ticket = open_ticket(cast)
    macro = make(cast, body="Hello {{requester.display_name}}!")
    assert preview(cast, ticket["id"], macro["id"])["body"] == "Hello Zoë!"
    with cast.reading():
        blind = with_scopes(cast.actor("agent"), "tickets:read", "tickets:write")
        assert service.preview_macro(blind, ticket["id"], macro["id"])["body"] == "Hello !"
