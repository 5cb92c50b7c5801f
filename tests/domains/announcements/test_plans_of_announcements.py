"""Plans under row-level security: the receipts of very many people, and the list of one person with very many
announcements, are read by their indexes, and a later page costs what the first one does."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from portico.domains.announcements import queries
from portico.domains.announcements.models import Announcement
from portico.domains.announcements.queries import due
from portico.kernel import clock
from portico.kernel.listing import Condition, ListQuery
from portico.kernel.unit_of_work import system_unit, unit
from tests.domains.announcements.desk import Desk
from tests.kernel.test_plans import Plans, plans_of
from tests.support import databases
from tests.support.statements import watched

pytestmark = pytest.mark.postgres
PEOPLE, FEED = 20_000, 2_000
TABLES = {"announcement", "announcement_recipient", "announcement_tally", "employee"}
_OF_MANY = """
    INSERT INTO announcement_recipient (workspace_id, announcement_id, employee_id, state, run_id, late_joiner,
        added_at, listed_at, first_read_at, read_revision, acked_revision, acked_late, reminded_count,
        overdue_revision)
    SELECT :workspace, :one, 'emp_0' || lpad(n::text, 25, '0'), 'delivered', 'anr_1', false, now(), now(),
        CASE WHEN n % 100 > 0 THEN now() END, 1, CASE WHEN n % 50 > 0 THEN 1 ELSE 0 END, false, 0, 0
    FROM generate_series(1, :people) n"""
_OF_ONE = """
    INSERT INTO announcement_recipient (workspace_id, announcement_id, employee_id, state, run_id, late_joiner,
        added_at, listed_at, read_revision, acked_revision, acked_late, reminded_count, overdue_revision)
    SELECT :workspace, 'ann_0' || lpad(n::text, 25, '0'), :reader, 'delivered', 'anr_1', false, now(),
        now() - n * interval '1 hour', 0, 0, false, 0, 0 FROM generate_series(1, :feed) n"""


@pytest.fixture
def one(desk: Desk) -> dict[str, Any]:
    """An announcement of 20,000 people, of whom most have read it, and a reader of 2,000."""
    made = desk.published(audience=desk.only("employee", "agent"), requires_ack=True)
    columns = [column.name for column in Announcement.__table__.c]
    chosen = ", ".join("'ann_0' || lpad(n::text, 25, '0')" if name == "id" else f'"{name}"' for name in columns)
    copied = ", ".join(f'"{name}"' for name in columns)
    given = {"workspace": desk.cast.acme, "one": made["id"], "people": PEOPLE, "feed": FEED}
    given["reader"] = desk.person("employee")
    with databases.postgres()._owner.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(
            text(
                f"INSERT INTO announcement ({copied}) SELECT {chosen} FROM announcement, generate_series(1, :feed) n "
                "WHERE id = :one"
            ),
            given,
        )
        connection.execute(text(_OF_MANY), given)
        connection.execute(text(_OF_ONE), given)
    with databases.postgres()._owner.begin() as connection:
        for table in TABLES:
            connection.execute(text(f"ANALYZE {table}"))
    return made


def scanned(plans: Plans) -> set[str]:
    """The tables of ours that are read from end to end."""
    return {
        node["Relation Name"]
        for node in plans.nodes()
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in TABLES - {"employee", "announcement_tally"}
    }


def test_the_feed_and_the_receipts_are_read_by_their_indexes(desk: Desk, one: dict[str, Any]) -> None:
    reader, author = desk.cast.actor("employee"), desk.cast.actor("announcer")
    with desk.cast.reading():
        found = queries.any_one(author, one["id"])
    assert found is not None
    pending = ListQuery(conditions=(Condition("pending", "eq", True),))
    for name, read, most in (
        ("feed", lambda: queries.page_of_feed(reader, ListQuery()), 700),
        ("feed, pending", lambda: queries.page_of_feed(reader, pending), 700),
        ("receipts", lambda: queries.page_of_receipts(author, found, ListQuery()), 300),
        ("receipts, unread", lambda: queries.page_of_receipts(author, found, ListQuery(), state="unread"), 300),
        ("receipts, late", lambda: queries.page_of_receipts(author, found, ListQuery(), state="late"), 100),
        ("receipts, read", lambda: queries.page_of_receipts(author, found, ListQuery(), state="read"), 900),
        ("own receipt", lambda: queries.received(reader, one["id"]), 60),
    ):
        plans = plans_of(desk.cast, read)
        assert scanned(plans) == set(), name
        assert plans.by_index, name
        assert plans.buffers < most, (name, plans.buffers)


def test_a_later_page_costs_what_the_first_does(desk: Desk, one: dict[str, Any]) -> None:
    reader, author = desk.cast.actor("employee"), desk.cast.actor("announcer")
    with desk.cast.reading():
        found = queries.any_one(author, one["id"])
    assert found is not None
    pages: dict[str, Any] = {
        "feed": lambda query: queries.page_of_feed(reader, query),
        "receipts": lambda query: queries.page_of_receipts(author, found, query),
    }
    for name, page in pages.items():
        first = plans_of(desk.cast, lambda page=page: page(ListQuery()))
        cursor = None
        with unit(desk.cast.acme, write=False):
            for _ in range(8):
                cursor = page(ListQuery(limit=200, cursor=cursor)).next_cursor
        late = plans_of(desk.cast, lambda page=page, cursor=cursor: page(ListQuery(cursor=cursor)))
        assert scanned(late) == set(), name
        assert late.buffers <= first.buffers * 1.5 + 10, (name, first.buffers, late.buffers)


def test_the_sweep_finds_what_is_due_by_indexes(desk: Desk, one: dict[str, Any]) -> None:
    now = clock.now()
    with system_unit("tests: plans of the sweep"):
        with watched() as statements:
            for find in (due.scheduled, due.over, due.to_remind, due.own_overdue):
                find(now, 200)
            due.marks(200)
        plans = Plans(statements)
    assert scanned(plans) == set()
