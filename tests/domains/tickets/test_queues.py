"""Queues: who gets what comes in, also when much comes at once and nobody is there."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from portico.domains.directory import service as directory
from portico.domains.tickets import queue_queries, queue_schemas, service, status_schemas, sweeping
from portico.domains.tickets.errors import QueueInUse
from portico.kernel import clock
from portico.kernel.actor import DataRange
from portico.kernel.data_range import OutOfRange
from portico.kernel.errors import Forbidden, Invalid
from portico.kernel.listing import Condition
from portico.kernel.schemas import load
from tests.domains.tickets.test_tickets_at_once import together
from tests.domains.tickets.test_tickets_service import (
    app,
    assign,
    change,
    events_of,
    numbers,
    open_ticket,
    own_ticket,
    page,
    read,
    take,
)
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases
AGENTS = ("agent", "support_admin", "admin", "owner")


def make_queue(cast: Cast, assignment: str = "round_robin", **capacities: int | None) -> dict[str, Any]:
    members = [{"employee_id": cast.employee_id(name), "capacity": most} for name, most in capacities.items()]
    given = {"name": f"Invoices {assignment}", "assignment": assignment, "members": members}
    with cast.writing():
        return service.create_queue(cast.actor("support_admin"), load(queue_schemas.QueueCreate(), given))


def change_queue(cast: Cast, queue_id: str, **fields: Any) -> dict[str, Any]:
    with cast.writing():
        values = load(queue_schemas.QueueUpdate(), fields)
        return service.update_queue(cast.actor("support_admin"), queue_id, values)


def delete_queue(cast: Cast, queue_id: str, to: str | None = None) -> None:
    with cast.writing():
        service.delete_queue(cast.actor("support_admin"), queue_id, move_tickets_to=to)


def into(cast: Cast, queue: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return own_ticket(cast, by="owner", queue_id=queue["id"], **fields)


def takers(cast: Cast, *made: dict[str, Any]) -> list[str | None]:
    known = {cast.employee_id(name): name for name in AGENTS}
    return [known.get(ticket["assignee_id"]) for ticket in made]


def suspend(cast: Cast, name: str) -> None:
    with cast.writing():
        directory.suspend(cast.actor("hr_admin"), cast.employee_id(name))


def test_by_turns_everybody_gets_the_same(cast: Cast) -> None:
    queue = make_queue(cast, agent=None, support_admin=None, admin=None)
    given = takers(cast, *(into(cast, queue) for _ in range(6)))
    assert given[:3] == given[3:]
    assert set(given) == {"agent", "support_admin", "admin"}
    ticket = into(cast, queue)
    assert ticket["status"] == "open"
    assert events_of(cast, ticket["id"]) == ["ticket.created", "ticket.assigned", "ticket.status_changed"]
    assert read(cast, ticket["id"]) == ticket


def test_the_least_loaded_gets_the_next(cast: Cast) -> None:
    queue = make_queue(cast, "least_loaded", agent=None, admin=None)
    for _ in range(3):
        into(cast, queue, assignee_id=cast.employee_id("agent"))
    assert takers(cast, *(into(cast, queue) for _ in range(3))) == ["admin"] * 3


def test_by_hand_it_waits(cast: Cast) -> None:
    queue = make_queue(cast, "manual", agent=None)
    ticket = into(cast, queue)
    assert (ticket["assignee_id"], events_of(cast, ticket["id"])) == (None, ["ticket.created"])
    assert numbers(cast, Condition("queue_id", "eq", queue["id"])) == [ticket["number"]]
    sweeping.sweep()
    assert read(cast, ticket["id"])["assignee_id"] is None


def test_e_t_27_a_queue_without_members_keeps_the_ticket_and_tells(cast: Cast) -> None:
    ticket = into(cast, make_queue(cast))
    assert ticket["assignee_id"] is None
    assert events_of(cast, ticket["id"]) == ["ticket.created", "ticket.assignment_missed"]


def test_e_t_28_who_is_gone_or_full_is_passed_over_and_what_nobody_can_take_waits(cast: Cast) -> None:
    queue = make_queue(cast, agent=5, support_admin=2, admin=0)
    suspend(cast, "agent")
    first, second, third = (into(cast, queue) for _ in range(3))
    assert takers(cast, first, second, third) == ["support_admin", "support_admin", None]
    assert events_of(cast, third["id"])[-1] == "ticket.assignment_missed"
    assert sweeping.sweep() == 0
    change(cast, first["id"], by="support_admin", status="solved")
    assert sweeping.sweep() == 1
    assert takers(cast, read(cast, third["id"], "support_admin")) == ["support_admin"]
    assert events_of(cast, third["id"]).count("ticket.assignment_missed") == 1


def test_e_t_28_at_once_nobody_gets_more_than_they_can_take_and_nothing_is_left(cast: Cast) -> None:
    queue = make_queue(cast, agent=3, support_admin=3, admin=3)
    made = together(*(lambda: into(cast, queue) for _ in range(10)))
    given = Counter(takers(cast, *made))
    assert given == {"agent": 3, "support_admin": 3, "admin": 3, None: 1}


def test_the_most_urgent_and_oldest_is_given_out_first(cast: Cast) -> None:
    queue = make_queue(cast)
    low, urgent, normal = (into(cast, queue, priority=one) for one in ("low", "urgent", "normal"))
    change_queue(cast, queue["id"], members=[{"employee_id": cast.employee_id("agent"), "capacity": 2}])
    assert sweeping.sweep() == 2
    assert takers(cast, *(read(cast, one["id"]) for one in (low, urgent, normal))) == [None, "agent", "agent"]


def test_e_t_04_of_twenty_who_take_at_once_one_wins(cast: Cast) -> None:
    with cast.writing():
        made = [directory.create_employee(cast.actor("hr_admin"), {"display_name": f"P{n}"}) for n in range(20)]
    people = [replace(cast.actor("agent"), id=one["id"], employee_id=one["id"]) for one in made]
    ticket = own_ticket(cast)

    def take_as(actor: Any) -> str:
        with cast.writing():
            return str(service.take_ticket(actor, ticket["id"])["assignee_id"])

    outcomes = together(*(lambda one=one: take_as(one) for one in people))
    assert outcomes.count("already_assigned") == 19
    (winner,) = set(outcomes) - {"already_assigned"}
    assert read(cast, ticket["id"])["assignee_id"] == winner
    assert events_of(cast, ticket["id"]).count("ticket.assigned") == 1


def test_only_members_and_admins_have_the_tickets_of_a_queue(cast: Cast) -> None:
    queue = make_queue(cast, "manual", support_admin=None)
    ticket = into(cast, queue)
    with pytest.raises(Forbidden):
        take(cast, ticket["id"], by="agent")
    with pytest.raises(Invalid):
        assign(cast, ticket["id"], cast.employee_id("agent"))
    with pytest.raises(Invalid):
        into(cast, queue, assignee_id=cast.employee_id("agent"))
    assert assign(cast, ticket["id"], cast.employee_id("admin"))["assignee_id"] == cast.employee_id("admin")
    assert assign(cast, ticket["id"], cast.employee_id("support_admin"))["assignee_id"] is not None


def test_a_ticket_that_moves_goes_to_who_is_there(cast: Cast) -> None:
    queue = make_queue(cast, support_admin=None)
    ticket = open_ticket(cast, assignee_id=cast.employee_id("agent"))
    moved = change(cast, ticket["id"], queue_id=queue["id"])
    assert takers(cast, moved) == ["support_admin"]
    assert takers(cast, change(cast, ticket["id"], queue_id=None)) == ["support_admin"]
    with pytest.raises(Invalid):
        change(cast, ticket["id"], queue_id="que_01jd0000000000000000000000")


def test_who_does_not_work_on_tickets_is_in_no_queue(cast: Cast) -> None:
    for name in ("employee", "outsider"):
        with pytest.raises(Invalid) as caught:
            make_queue(cast, **{"agent": None, name: None})
        assert [error.pointer for error in caught.value.errors] == ["/members/1/employee_id"]


def test_who_leaves_gives_back_to_the_queue_and_is_in_it_no_more(cast: Cast) -> None:
    queue = make_queue(cast, agent=None, admin=None)
    theirs = [one for one in (into(cast, queue) for _ in range(2)) if takers(cast, one) == ["agent"]]
    with cast.writing():
        directory.depart(cast.actor("hr_admin"), cast.employee_id("agent"))
    assert [read(cast, one["id"], "admin")["assignee_id"] for one in theirs] == [None]
    with cast.reading():
        members = queue_queries.queue(cast.actor("admin"), queue["id"])["members"]
    assert members == [{"employee_id": cast.employee_id("admin"), "capacity": None}]
    assert sweeping.sweep() == 1
    assert takers(cast, read(cast, theirs[0]["id"], "admin")) == ["admin"]


def test_a_queue_goes_when_its_tickets_have_another(cast: Cast) -> None:
    queue = make_queue(cast, "manual", agent=None, support_admin=None)
    other = make_queue(cast, "round_robin", support_admin=None)
    kept, given_back, done = into(cast, queue), into(cast, queue), into(cast, queue)
    take(cast, kept["id"], by="support_admin")
    take(cast, given_back["id"], by="agent")
    change(cast, done["id"], status="solved")
    with pytest.raises(QueueInUse) as caught:
        delete_queue(cast, queue["id"])
    assert caught.value.extra == {"tickets": 2}
    for wrong in (queue["id"], "que_01jd0000000000000000000000"):
        with pytest.raises(Invalid):
            delete_queue(cast, queue["id"], wrong)
    delete_queue(cast, queue["id"], other["id"])
    rows = {row["id"]: row for row in page(cast).rows}
    assert {row["queue_id"] for row in rows.values()} == {other["id"]}
    assert takers(cast, rows[kept["id"]], rows[given_back["id"]]) == ["support_admin", None]
    assert events_of(cast, given_back["id"])[-2:] == ["ticket.updated", "ticket.assigned"]
    for ticket in (kept, given_back):
        change(cast, ticket["id"], status="solved")
    delete_queue(cast, other["id"])
    assert {row["queue_id"] for row in page(cast).rows} == {None}


def test_of_deleting_a_queue_and_writing_into_it_at_once_no_ticket_points_to_nothing(cast: Cast) -> None:
    queue = make_queue(cast, "manual")
    together(lambda: delete_queue(cast, queue["id"]), lambda: into(cast, queue))
    with cast.reading():
        known = queue_queries.names(cast.actor("agent"))
    assert {row["queue_id"] for row in page(cast).rows} <= {None, *known}


def test_a_follow_up_stands_in_the_queue_of_what_it_follows(cast: Cast, held_clock: None) -> None:
    queue = make_queue(cast, agent=None)
    ticket = into(cast, queue)
    change(cast, ticket["id"], status="solved")
    clock.advance(timedelta(days=8))
    values = {"body": "Again.", "visibility": "public"}
    with cast.writing():
        said = service.add_comment(cast.actor("owner"), ticket["id"], values)
    following = read(cast, said["ticket_id"])
    assert (following["queue_id"], takers(cast, following)) == (queue["id"], ["agent"])


def test_an_app_that_sees_some_tickets_does_not_change_them_all(cast: Cast) -> None:
    first, second = make_queue(cast, "manual", agent=None), make_queue(cast, "round_robin")
    ticket = into(cast, first)
    with cast.writing():
        extra = service.create_status(
            cast.actor("support_admin"),
            load(status_schemas.TicketStatusCreate(), {"category": "new", "label": "Fresh", "sort_order": 1}),
        )
    change(cast, ticket["id"], status_id=extra["id"])
    seen = DataRange(employees=frozenset({cast.employee_id("employee")}))
    limited = replace(app(cast, "tickets:read", "queues:admin", "tickets:admin"), data_range=seen)
    for attempt in (
        lambda: service.delete_queue(limited, first["id"], move_tickets_to=second["id"]),
        lambda: service.update_queue(limited, first["id"], {"members": []}),
        lambda: service.delete_status(limited, extra["id"], replace_with=ticket["status_id"]),
    ):
        with cast.writing(), pytest.raises(OutOfRange):
            attempt()
    after = read(cast, ticket["id"])
    assert (after["queue_id"], after["status_id"]) == (first["id"], extra["id"])
