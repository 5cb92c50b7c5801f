"""Several at once, with real threads: the database decides who wins."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from portico.domains.tickets import queries, schemas, service
from portico.kernel.errors import Refusal
from portico.kernel.listing import ListQuery
from portico.kernel.schemas import load
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Run all at the same moment; answers what each returned, or its refusal's code."""
    start = threading.Barrier(len(acts))
    outcomes: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        start.wait()
        try:
            outcomes[place] = act()
        except Refusal as refusal:
            outcomes[place] = refusal.code

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def open_ticket(cast: Cast) -> dict[str, Any]:
    requester = {"employee_id": cast.employee_id("owner")}
    values = load(schemas.TicketCreate(), {"subject": "Help", "requester": requester})
    with cast.writing():
        return service.create_ticket(cast.actor("agent"), values)


def take(cast: Cast, ticket_id: str, by: str) -> str:
    with cast.writing():
        return str(service.take_ticket(cast.actor(by), ticket_id)["assignee_id"])


def test_of_two_who_take_one_wins(cast: Cast) -> None:
    people = ("agent", "support_admin", "admin", "owner")
    for _ in range(4):
        ticket = open_ticket(cast)
        outcomes = together(*(lambda by=by, t=ticket: take(cast, t["id"], by) for by in people))
        assert sorted(outcomes)[:3] == ["already_assigned"] * 3
        with cast.reading():
            assert queries.ticket(cast.actor("agent"), ticket["id"])["assignee_id"] == sorted(outcomes)[3]


def test_numbers_never_repeat(cast: Cast) -> None:
    """From the very first ticket on, whose counter has to be made."""
    outcomes = together(*(lambda: open_ticket(cast)["number"] for _ in range(8)))
    assert sorted(outcomes) == list(range(1, 9))


def test_of_two_who_solve_and_close_none_leaves_the_machine(cast: Cast) -> None:
    ticket = open_ticket(cast)

    def step(status: str) -> str:
        with cast.writing():
            return str(service.update_ticket(cast.actor("agent"), ticket["id"], {"status": status})["status"])

    step("solved")
    outcomes = together(lambda: step("closed"), lambda: step("open"))
    assert sorted(outcomes) in (["closed", "invalid_transition"], ["invalid_transition", "open"])


def test_e_t_05_of_two_answers_to_the_same_word_one_is_stopped(cast: Cast) -> None:
    ticket = open_ticket(cast)

    def answer(by: str) -> str:
        values = load(schemas.CommentCreate(), {"body": by, "expected_last_comment_id": None})
        with cast.writing():
            return str(service.add_comment(cast.actor(by), ticket["id"], values)["body"])

    outcomes = together(lambda: answer("agent"), lambda: answer("admin"))
    assert "newer_comment_exists" in outcomes
    with cast.reading():
        assert len(queries.page_of_comments(cast.actor("agent"), ticket["id"], ListQuery()).rows) == 1
