"""Walking a list gives each row once and in order, whatever is written between two pages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from portico.domains.contacts import queries, service
from portico.domains.contacts.models import Contact
from portico.kernel import clock, listing
from portico.kernel.listing import ListQuery
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases
EXAMPLES = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SORTS = ("created_at", "-created_at", "updated_at", "-updated_at", "display_name", "-display_name")
NAMES = st.lists(st.sampled_from(["ann", "bea", "Bea", "béa", "zoë", "李", "~", " x"]), min_size=1, max_size=14)


def make(cast: Cast, name: str) -> str:
    with cast.writing():
        made: str = service.create_contact(cast.actor("agent"), {"display_name": name})["id"]
    return made


def clear(cast: Cast) -> None:
    with cast.writing() as work:
        work.execute(delete(Contact).where(Contact.workspace_id == cast.acme))


def one_page(cast: Cast, sort: str, limit: int, cursor: str | None) -> Any:
    with cast.reading():
        return queries.page_of_contacts(cast.actor("agent"), ListQuery(limit=limit, cursor=cursor, sort=sort))


def walk(cast: Cast, sort: str, limit: int, between: Any = None) -> list[str]:
    seen: list[str] = []
    cursor = None
    while True:
        page = one_page(cast, sort, limit, cursor)
        seen += [row["id"] for row in page.rows]
        assert len(page.rows) <= limit
        assert page.has_more == (page.next_cursor is not None)
        cursor = page.next_cursor
        if cursor is None:
            return seen
        assert len(page.rows) == limit, "a page that has more is full"
        if between is not None:
            between()


def test_each_row_once_in_order_for_any_sort_and_limit(cast: Cast) -> None:
    @EXAMPLES
    @given(NAMES, st.sampled_from(SORTS), st.integers(1, 6))
    def each(names: list[str], sort: str, limit: int) -> None:
        clear(cast)
        with clock.held(clock.now()):  # all in one millisecond: the id alone tells rows apart
            made = [make(cast, name) for name in names]
        seen = walk(cast, sort, limit)
        assert sorted(seen) == sorted(made)
        assert seen == [row["id"] for row in one_page(cast, sort, 200, None).rows]
        backwards = sort.removeprefix("-") if sort.startswith("-") else f"-{sort}"
        assert seen == walk(cast, backwards, limit)[::-1]

    each()


def test_rows_that_nobody_touches_appear_once_while_others_come_and_go(cast: Cast) -> None:
    """E-G-01: a cursor is stable while rows are added and taken away between the pages."""

    @EXAMPLES
    @given(NAMES, st.sampled_from(SORTS), st.integers(1, 4), st.data())
    def each(names: list[str], sort: str, limit: int, data: st.DataObject) -> None:
        clear(cast)
        stable = [make(cast, name) for name in names]
        passing = [make(cast, name) for name in names[:4]]
        left = 6  # so that a rising list, which new rows lengthen, comes to its end

        def between() -> None:
            nonlocal left
            if left and data.draw(st.booleans(), label="add"):
                left -= 1
                make(cast, data.draw(st.sampled_from(names), label="name"))
            if passing and data.draw(st.booleans(), label="take away"):
                gone = passing.pop()
                with cast.writing() as work:
                    work.execute(delete(Contact).where(Contact.workspace_id == cast.acme, Contact.id == gone))

        seen = walk(cast, sort, limit, between)
        assert [seen.count(contact_id) for contact_id in stable] == [1] * len(stable)
        assert len(seen) == len(set(seen))

    each()


@pytest.mark.parametrize("sort", ["owner", "-owner"])
def test_rows_without_a_value_come_last_both_ways(cast: Cast, sort: str) -> None:
    contact = Contact.__table__.c
    by_owner = replace(
        queries.CONTACTS, sorts={"owner": listing.Sort(contact.owner_employee_id, nullable=True)}, default_sort="owner"
    )
    made = [make(cast, "x") for _ in range(7)]
    owners = [cast.employee_id(name) for name in ("agent", "admin", "owner")]
    with cast.writing() as work:
        for contact_id, owner in zip(made[1::2], owners, strict=True):
            mine = (Contact.workspace_id == cast.acme, Contact.id == contact_id)
            work.execute(update(Contact).where(*mine).values(owner_employee_id=owner))
    seen: list[Any] = []
    cursor = None
    with cast.reading():
        while True:
            query = ListQuery(limit=2, cursor=cursor, sort=sort)
            page = listing.page(queries.visible_to(cast.actor("agent")), by_owner, cast.acme, query)
            seen += page.rows
            cursor = page.next_cursor
            if cursor is None:
                break
    values = [row.owner_employee_id for row in seen]
    assert values[:3] == sorted(owners, reverse=sort.startswith("-"))
    assert values[3:] == [None] * 4
    assert {row.id for row in seen} == set(made)
