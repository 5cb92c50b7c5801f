"""A company's own statuses, and what becomes of tickets with time: holds, follow-ups, closing by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portico.domains.tickets import service, status_queries, status_schemas, sweeping
from portico.domains.tickets.errors import StatusInUse, StatusIsDefault, TicketClosed
from portico.domains.tickets.statuses import CLOSE_DAYS, REOPEN_DAYS, STATUSES
from portico.kernel import clock
from portico.kernel.errors import Forbidden, Invalid, InvalidTransition
from portico.kernel.listing import Condition, ListQuery
from portico.kernel.schemas import load
from tests.domains.tickets.test_tickets_at_once import together
from tests.domains.tickets.test_tickets_service import (
    bodies,
    change,
    closed_ticket,
    comment,
    events_of,
    open_ticket,
    own_ticket,
    page,
    read,
    take,
    trash,
)
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases


def add_status(cast: Cast, label: str, category: str = "open", **fields: Any) -> dict[str, Any]:
    values = load(status_schemas.TicketStatusCreate(), {"category": category, "label": label, **fields})
    with cast.writing():
        return service.create_status(cast.actor("support_admin"), values)


def change_status(cast: Cast, status_id: str, **fields: Any) -> dict[str, Any]:
    with cast.writing():
        return service.update_status(cast.actor("support_admin"), status_id, fields)


def delete_status(cast: Cast, status_id: str, replace_with: str | None = None) -> None:
    with cast.writing():
        service.delete_status(cast.actor("support_admin"), status_id, replace_with=replace_with)


def defaults(cast: Cast) -> dict[str, str]:
    with cast.reading():
        rows = status_queries.page_of_statuses(cast.actor("agent"), ListQuery()).rows
    return {row.category: row.id for row in rows if row.is_default}


def solved_ticket(cast: Cast) -> dict[str, Any]:
    return change(cast, own_ticket(cast)["id"], status="solved")


# A company's own statuses


def test_a_workspace_begins_with_a_status_for_each_category(cast: Cast) -> None:
    assert list(defaults(cast)) == list(STATUSES)
    assert own_ticket(cast)["status"] == "new"
    assert open_ticket(cast)["status_id"] == defaults(cast)["open"]
    with cast.writing():
        service.seed_statuses(cast.actor("owner"))
    assert len(defaults(cast)) == 6


def test_a_status_of_ones_own_is_a_place_inside_its_category(cast: Cast) -> None:
    waiting = add_status(cast, "Waiting for the lab")
    ticket = open_ticket(cast)
    moved = change(cast, ticket["id"], status_id=waiting["id"])
    assert (moved["status"], moved["status_id"]) == ("open", waiting["id"])
    assert events_of(cast, ticket["id"])[-1] == "ticket.status_changed"
    solved = change(cast, ticket["id"], status="solved")
    assert solved["status_id"] == defaults(cast)["solved"]
    with pytest.raises(InvalidTransition):
        change(cast, ticket["id"], status_id=add_status(cast, "Asked", "pending")["id"])
    with pytest.raises(Invalid):
        change(cast, ticket["id"], status_id=waiting["id"], status="closed")
    change_status(cast, waiting["id"], active=False)
    with pytest.raises(Invalid):
        change(cast, ticket["id"], status_id=waiting["id"])


def test_a_category_has_one_default_whoever_makes_it(cast: Cast) -> None:
    first, second = add_status(cast, "First"), add_status(cast, "Second")
    outcomes = together(*(lambda one=one: change_status(cast, one["id"], is_default=True) for one in (first, second)))
    assert defaults(cast)["open"] in {first["id"], second["id"]}, outcomes
    with pytest.raises(StatusIsDefault):
        delete_status(cast, defaults(cast)["open"])
    with pytest.raises(StatusIsDefault):
        change_status(cast, defaults(cast)["open"], active=False)
    assert open_ticket(cast)["status_id"] == defaults(cast)["open"]


def test_e_t_26_a_status_in_use_goes_when_its_tickets_have_another(cast: Cast) -> None:
    lab, other = add_status(cast, "In the lab"), add_status(cast, "Elsewhere")
    held, trashed = (change(cast, open_ticket(cast)["id"], status_id=lab["id"]) for _ in range(2))
    trash(cast, trashed["id"])
    with pytest.raises(StatusInUse) as caught:
        delete_status(cast, lab["id"])
    assert caught.value.extra == {"tickets": 2}
    for wrong in (lab["id"], defaults(cast)["pending"], "tst_01jd0000000000000000000000"):
        with pytest.raises(Invalid):
            delete_status(cast, lab["id"], wrong)
    delete_status(cast, lab["id"], other["id"])
    assert read(cast, held["id"])["status_id"] == other["id"]
    assert events_of(cast, held["id"])[-1] == "ticket.status_changed"
    unused = add_status(cast, "Never used")
    delete_status(cast, unused["id"])
    assert events_of(cast, unused["id"]) == ["ticket_status.created", "ticket_status.deleted"]


def test_e_t_26_of_deleting_and_using_at_once_no_ticket_is_left_without(cast: Cast) -> None:
    lab, ticket = add_status(cast, "In the lab"), open_ticket(cast)
    together(
        lambda: delete_status(cast, lab["id"]),
        lambda: change(cast, ticket["id"], status_id=lab["id"]),
    )
    with cast.reading():
        known = {row.id for row in status_queries.all_statuses(cast.actor("agent"))}
    assert read(cast, ticket["id"])["status_id"] in known


# Holding


def test_a_ticket_on_hold_says_what_it_waits_for(cast: Cast) -> None:
    ticket = open_ticket(cast)
    with cast.writing(), pytest.raises(Invalid) as caught:
        service.update_ticket(cast.actor("agent"), ticket["id"], {"status": "on_hold"})
    assert [error.pointer for error in caught.value.errors] == ["/hold_reason"]
    assert change(cast, ticket["id"], status="on_hold")["hold_reason"] == "A part has to come"
    assert change(cast, ticket["id"], status="open")["hold_reason"] is None
    with pytest.raises(Invalid):
        change(cast, ticket["id"], hold_reason="For nothing")


# The requester says when it is done, and that it is not


def test_the_requester_solves_and_opens_again_in_time(cast: Cast, held_clock: None) -> None:
    ticket = own_ticket(cast)
    assert change(cast, ticket["id"], "employee", status="solved")["status"] == "solved"
    assert change(cast, ticket["id"], "employee", status="open")["status"] == "open"
    assert read(cast, ticket["id"])["reopen_count"] == 1
    with pytest.raises(Forbidden):
        change(cast, ticket["id"], "employee", status="open", subject="x")
    change(cast, ticket["id"], status="solved")
    clock.advance(timedelta(days=REOPEN_DAYS, seconds=1))
    with pytest.raises(InvalidTransition):
        change(cast, ticket["id"], "employee", status="open")
    assert change(cast, ticket["id"], status="open")["status"] == "open"


@pytest.mark.parametrize("over", ["closed", "solved for long"])
def test_e_t_03_a_reply_on_what_is_over_begins_a_follow_up(cast: Cast, held_clock: None, over: str) -> None:
    ticket = solved_ticket(cast)
    if over == "closed":
        change(cast, ticket["id"], status="closed")
    ticket = read(cast, ticket["id"])
    clock.advance(timedelta(days=REOPEN_DAYS, seconds=1))
    said = comment(cast, ticket["id"], "employee", body="It is back.")
    following = read(cast, said["ticket_id"], "employee")
    assert (following["follow_up_of"], following["status"], following["number"]) == (ticket["id"], "new", 2)
    assert (following["subject"], following["requester"]) == (ticket["subject"], ticket["requester"])
    assert read(cast, ticket["id"]) == ticket
    assert comment(cast, ticket["id"], "employee", body="Still.")["ticket_id"] == following["id"]
    assert bodies(cast, following["id"], "employee") == ["It is back.", "Still."]
    for status in ("solved", "closed"):
        change(cast, following["id"], status=status)
    third = comment(cast, ticket["id"], "employee", body="Again.")["ticket_id"]
    assert read(cast, third)["number"] == 3
    if over == "closed":
        with pytest.raises(TicketClosed):
            comment(cast, ticket["id"], body="An agent's word changes nothing any more.")


def test_e_t_03_two_replies_at_once_begin_one_follow_up(cast: Cast) -> None:
    ticket = change(cast, solved_ticket(cast)["id"], status="closed")
    outcomes = together(*(lambda n=n: comment(cast, ticket["id"], "employee", body=f"{n}")["ticket_id"] for n in "123"))
    assert len(set(outcomes)) == 1
    assert sorted(bodies(cast, outcomes[0])) == ["1", "2", "3"]


# Closing by itself


def test_what_has_been_solved_for_long_closes_by_itself(cast: Cast, held_clock: None) -> None:
    quiet, talked_about, reopened = solved_ticket(cast), solved_ticket(cast), solved_ticket(cast)
    take(cast, quiet["id"])
    clock.advance(timedelta(days=CLOSE_DAYS - 1))
    comment(cast, talked_about["id"], body="One more thing.")
    change(cast, reopened["id"], status="open")
    clock.advance(timedelta(days=1, seconds=1))
    assert sweeping.sweep() == 1
    assert sweeping.sweep() == 0
    found = {row["id"]: row["status"] for row in page(cast).rows}
    assert found == {quiet["id"]: "closed", talked_about["id"]: "solved", reopened["id"]: "open"}
    assert events_of(cast, quiet["id"])[-1] == "ticket.closed"
    clock.advance(timedelta(days=CLOSE_DAYS))
    assert sweeping.sweep() == 1


def test_closed_tickets_are_found_by_what_they_follow(cast: Cast) -> None:
    ticket = closed_ticket(cast)
    assert page(cast, Condition("follow_up_of", "eq", ticket["id"])).rows == []
