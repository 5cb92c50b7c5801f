"""Several at once, with real threads: the database decides who wins."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from portico.domains.contacts import queries, schemas, service
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


def _create(cast: Cast, *emails: str) -> str:
    identifiers = [{"kind": "email", "value": email} for email in emails]
    with cast.writing():
        service.create_contact(cast.actor("agent"), load(schemas.ContactCreate(), {"identifiers": identifiers}))
    return "created"


def _upsert(cast: Cast, email: str) -> bool:
    values = load(schemas.ContactUpsert(), {"identifiers": [{"kind": "email", "value": email}], "tags": ["seen"]})
    with cast.writing():
        return service.upsert_contact(cast.actor("agent"), values)[0]


def count(cast: Cast) -> int | None:
    with cast.reading():
        return queries.page_of_contacts(cast.actor("agent"), ListQuery(count="exact")).total


def test_of_two_with_the_same_email_one_is_created(cast: Cast) -> None:
    for number in range(5):
        email = f"zoe{number}@example.com"
        outcomes = together(lambda e=email: _create(cast, e), lambda e=email: _create(cast, e.upper()))
        assert sorted(outcomes) == ["created", "identifier_taken"]
    assert count(cast) == 5


def test_identifiers_in_opposite_order_do_not_block_each_other(cast: Cast) -> None:
    for number in range(5):
        first, second = f"a{number}@example.com", f"b{number}@example.com"
        outcomes = together(
            lambda a=first, b=second: _create(cast, a, b), lambda a=first, b=second: _create(cast, b, a)
        )
        assert sorted(outcomes) == ["created", "identifier_taken"]


def test_of_many_upserts_one_creates_and_all_succeed(cast: Cast) -> None:
    outcomes = together(*(lambda: _upsert(cast, "zoe@example.com") for _ in range(6)))
    assert sorted(outcomes) == [False] * 5 + [True]
    assert count(cast) == 1


def test_restoring_races_with_reuse(cast: Cast) -> None:
    _create(cast, "zoe@example.com")
    with cast.reading():
        contact_id = queries.contact_by_identifier(cast.actor("agent"), "email", "zoe@example.com")["id"]
    with cast.writing():
        service.trash_contact(cast.actor("support_admin"), contact_id)

    def restore() -> str:
        with cast.writing():
            service.restore_contact(cast.actor("support_admin"), contact_id)
        return "restored"

    outcomes = set(together(restore, lambda: _create(cast, "zoe@example.com")))
    assert outcomes in ({"restored", "identifier_taken"}, {"identifier_reused", "created"})
    assert count(cast) == 1
