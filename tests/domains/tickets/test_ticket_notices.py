"""Who hears what of tickets, and that nothing is given to who is away."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portico.domains.directory import presence
from portico.domains.directory import service as directory
from portico.domains.directory.presence import Standing
from portico.domains.notifications import queries as notifications
from portico.domains.tickets import service
from portico.kernel import clock
from portico.kernel.listing import ListQuery
from tests.domains.tickets.test_beside_tickets import follow
from tests.domains.tickets.test_queues import into, make_queue, takers
from tests.domains.tickets.test_tickets_service import assign, events_of, own_ticket, read
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases


def heard(cast: Cast, name: str) -> list[str]:
    """The kinds of what this person was told, the oldest first."""
    with cast.reading():
        rows = notifications.page_of_notifications(cast.actor(name), ListQuery()).rows
    return [row["kind"] for row in reversed(rows)]


def write(cast: Cast, name: str, ticket_id: str, visibility: str = "public") -> None:
    with cast.writing():
        service.add_comment(cast.actor(name), ticket_id, {"body": "Hello", "visibility": visibility})


def test_who_is_given_a_ticket_hears_of_it_and_who_takes_one_does_not(cast: Cast) -> None:
    ticket = own_ticket(cast, by="employee")
    assign(cast, ticket["id"], cast.employee_id("agent"), by="support_admin")
    assert heard(cast, "agent") == ["ticket.assigned"]
    assign(cast, ticket["id"], cast.employee_id("support_admin"), by="support_admin")
    assert heard(cast, "support_admin") == []


def test_the_requester_hears_of_public_words_alone(cast: Cast) -> None:
    ticket = own_ticket(cast, by="employee")
    assign(cast, ticket["id"], cast.employee_id("agent"), by="agent")
    follow(cast, ticket["id"], "admin")
    write(cast, "support_admin", ticket["id"], "internal")
    assert (heard(cast, "employee"), heard(cast, "agent"), heard(cast, "admin")) == (
        [],
        ["ticket.written"],
        ["ticket.written"],
    )
    write(cast, "agent", ticket["id"])
    assert heard(cast, "employee") == ["ticket.answered"]
    write(cast, "employee", ticket["id"])
    assert heard(cast, "agent") == ["ticket.written"] * 2
    assert heard(cast, "employee") == ["ticket.answered"]


@pytest.mark.parametrize("why", ["on_leave", "off_shift", "break"])
def test_e_t_28_who_is_away_is_passed_over_and_nobody_there_leaves_it_queued(
    cast: Cast, why: str, monkeypatch: pytest.MonkeyPatch, held_clock: None
) -> None:
    is_away = {cast.employee_id("agent"): Standing(why)}
    if why == "break":
        with cast.writing():
            directory.take_break(cast.actor("agent"), minutes=30)
    else:
        monkeypatch.setitem(presence.PRESENCE_SOURCES, why, lambda _workspace, _ids, _at: is_away)
    both = make_queue(cast, agent=None, support_admin=None)
    assert set(takers(cast, *(into(cast, both) for _ in range(3)))) == {"support_admin"}


def test_e_t_28_what_nobody_there_can_take_stays_with_an_event_until_somebody_is_back(
    cast: Cast, held_clock: None
) -> None:
    with cast.writing():
        directory.set_presence(cast.actor("agent"), dnd_until=clock.now() + timedelta(hours=1))
        directory.take_break(cast.actor("agent"), minutes=30)
    queue = make_queue(cast, "least_loaded", agent=None)
    ticket = into(cast, queue)
    assert ticket["assignee_id"] is None
    assert events_of(cast, ticket["id"])[-1] == "ticket.assignment_missed"
    clock.advance(timedelta(minutes=30))
    with cast.writing():
        assert service.hand_out_waiting(cast.system(), queue["id"], 10) == 1
    assert read(cast, ticket["id"])["assignee_id"] == cast.employee_id("agent")
