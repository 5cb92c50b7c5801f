"""Plans under row-level security: what is big is read by an index, and a later page costs what the first one does.

Costs are counted in buffers, never in time. PostgreSQL uses no index for operators that are not leakproof: a filter
written with one would show here as a sequential scan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from portico.domains.contacts import queries as contacts
from portico.domains.identity import queries as identity
from portico.domains.oauth import queries as oauth
from portico.domains.tickets import queries as tickets
from portico.kernel import fence
from portico.kernel.listing import Condition, ListQuery
from portico.kernel.unit_of_work import session, system_unit, unit
from tests.support import databases
from tests.support.cast import Cast
from tests.support.statements import Statement, watched

pytestmark = pytest.mark.postgres
ROWS, ROWS_ELSEWHERE = 20_000, 5_000
BIG = {
    "contact",
    "contact_identifier",
    "ticket",
    "search_word",
    "personal_token",
    "installation_token",
    "property_index",
    "tag_use",
    "company",
    "association",
    "activity",
}
_ID = "'{prefix}_0' || lpad((n + {offset})::text, 25, '0')"

_PREFIXES = ("con", "cid", "tkt", "ptk", "tok", "cmp", "asc", "act")
SEED = {
    "contact": """
        INSERT INTO contact (workspace_id, id, display_name, name_key, lifecycle_stage, tags,
                             created_at, updated_at, version)
        SELECT :workspace, {con}, 'Contact ' || n, 'contact ' || md5(n::text), 'lead', '[]',
               now(), now() - n * interval '1 second', 1 FROM generate_series(1, :rows) n""",
    "contact_identifier": """
        INSERT INTO contact_identifier (workspace_id, id, contact_id, position, kind, namespace, value, canonical,
                                        is_primary, verified, shared, held)
        SELECT :workspace, {cid}, {con}, 0, 'email', '', n || '@example.com', n || '@example.com',
               true, false, false, true FROM generate_series(1, :rows) n""",
    "ticket": """
        INSERT INTO ticket (workspace_id, id, number, subject, status, priority, priority_rank, requester_contact_id,
                            channel, tags, comment_count, reopen_count, created_at, updated_at, version)
        SELECT :workspace, {tkt}, n, 'Ticket ' || n, (ARRAY['new', 'open', 'closed'])[1 + n % 3], 'normal', 1, {con},
               'api', '[]', 0, 0, now(), now() - n * interval '1 second', 1 FROM generate_series(1, :rows) n""",
    "search_word": """
        INSERT INTO search_word (workspace_id, kind, word, object_id)
        SELECT :workspace, kind, word, id FROM (
            SELECT 'contact' AS kind, {con} AS id, unnest(ARRAY['contact', md5(n::text)]) AS word
              FROM generate_series(1, :rows) n
            UNION ALL
            SELECT 'ticket', {tkt}, unnest(ARRAY['ticket', md5(n::text)]) FROM generate_series(1, :rows) n) w""",
    "property": """
        INSERT INTO property (workspace_id, id, object, key, place, label, type, options, sensitive, state,
                              created_at, updated_at, version)
        SELECT :workspace, 'prp_' || kind, 'contact', kind, place, kind, kind, '[]', false, 'active', now(), now(), 1
          FROM (VALUES ('text', 1), ('integer', 2), ('datetime', 3)) p (kind, place) WHERE :rows > 0""",
    "property_index": """
        INSERT INTO property_index (workspace_id, property_id, object_id, position, text_key, number, instant)
        SELECT :workspace, 'prp_' || kind, {con}, 0, CASE kind WHEN 'text' THEN 'v' || n END,
               CASE kind WHEN 'integer' THEN n END,
               CASE kind WHEN 'datetime' THEN timestamptz '2020-01-01Z' + n * interval '1 minute' END
          FROM generate_series(1, :rows) n, unnest(ARRAY['text', 'integer', 'datetime']) kind""",
    "tag_use": """
        INSERT INTO tag_use (workspace_id, object, tag, object_id)
        SELECT :workspace, 'contact', 'tag' || n % 1000, {con} FROM generate_series(1, :rows) n""",
    "company": """
        INSERT INTO company (workspace_id, id, name, name_key, domains, tags, created_at, updated_at, version)
        SELECT :workspace, {cmp}, 'Company ' || n, 'company ' || n, '[]', '[]', now(),
               now() - n * interval '1 second', 1 FROM generate_series(1, :rows) n""",
    "association": """
        INSERT INTO association (workspace_id, id, contact_id, company_id, label, is_primary, created_at)
        SELECT :workspace, {asc}, {con}, {cmp}, 'employee_of', true, now() FROM generate_series(1, :rows) n""",
    "activity": """
        INSERT INTO activity (workspace_id, id, contact_id, kind, occurred_at, recorded_at, author, data, visibility,
                              source)
        SELECT :workspace, {act}, {con}, 'note', now() - n * interval '1 second', now(), '{{}}', '{{}}', 'all', 'emp_1'
          FROM generate_series(1, :rows) n""",
    "personal_token": """
        INSERT INTO personal_token (id, digest, workspace_id, membership_id, name, scopes, created_at, expires_at)
        SELECT {ptk}, md5({ptk}), :workspace, 'mem_1', 'x', '[]', now(), now() FROM generate_series(1, :rows) n""",
    "installation_token": """
        INSERT INTO installation_token (id, digest, workspace_id, installation_id, app_id, created_at, expires_at)
        SELECT {tok}, md5({tok}), :workspace, 'ins_1', 'app_1', now(), now() FROM generate_series(1, :rows) n""",
}


@pytest.fixture
def many(cast: Cast) -> Cast:
    """20,000 rows of each kind in our workspace, 5,000 in another."""
    with databases.postgres()._owner.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for workspace, rows, offset in ((cast.acme, ROWS, 0), (cast.other, ROWS_ELSEWHERE, ROWS)):
            ids = {name: _ID.format(prefix=name, offset=offset) for name in _PREFIXES}
            for statement in SEED.values():
                connection.execute(text(statement.format(**ids)), {"workspace": workspace, "rows": rows})
    with databases.postgres()._owner.begin() as connection:
        for table in BIG:
            connection.execute(text(f"ANALYZE {table}"))
    return cast


class Plans:
    """The plans of what a query really executed, as the role that executed it."""

    def __init__(self, statements: list[Statement]) -> None:
        self.found: list[dict[str, Any]] = []
        read = [statement for statement in statements if not statement.only_opens]
        assert read
        with fence.opened():
            for statement in read:
                explained = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement.sql}"
                rows = session().connection().exec_driver_sql(explained, statement.parameters).scalar_one()
                self.found.append((rows if isinstance(rows, list) else orjson.loads(rows))[0]["Plan"])

    def nodes(self) -> Iterator[dict[str, Any]]:
        waiting = list(self.found)
        while waiting:
            node = waiting.pop()
            waiting += node.get("Plans", [])
            yield node

    @property
    def scanned(self) -> set[str]:
        """The big tables that are read from end to end, or sorted."""
        return {
            node["Relation Name"]
            for node in self.nodes()
            if node["Node Type"] == "Seq Scan" and node["Relation Name"] in BIG
        }

    @property
    def by_index(self) -> set[str]:
        return {node["Index Name"] for node in self.nodes() if "Index Name" in node}

    @property
    def buffers(self) -> int:
        return sum(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] for plan in self.found)


def plans_of(cast: Cast, read: Callable[[], Any]) -> Plans:
    with unit(cast.acme, write=False):
        with watched() as statements:
            read()
        with fence.opened():
            assert session().connection().exec_driver_sql("SELECT current_user").scalar_one() == "portico_web"
        return Plans(statements)


PAGES: dict[str, Any] = {
    "contacts": contacts.page_of_contacts,
    "companies": contacts.page_of_companies,
    "tickets": tickets.page_of_tickets,
}
QUERIES = {
    "newest first": ListQuery(),
    "oldest first": ListQuery(sort="created_at"),
    "last changed": ListQuery(sort="-updated_at"),
    "an instant": ListQuery(sort="-updated_at", limit=200),
}
ONE_LIST = {
    "contacts by name": (contacts.page_of_contacts, ListQuery(sort="display_name")),
    "contact of an address": (
        contacts.page_of_contacts,
        ListQuery(conditions=(Condition("email", "eq", "77@example.com"),)),
    ),
    "contacts with a text": (
        contacts.page_of_contacts,
        ListQuery(conditions=(Condition("properties.text", "eq", "V77"),)),
    ),
    "contacts with a number": (
        contacts.page_of_contacts,
        ListQuery(conditions=(Condition("properties.integer", "lt", "20"),)),
    ),
    "contacts with an instant": (
        contacts.page_of_contacts,
        ListQuery(conditions=(Condition("properties.datetime", "lte", "2020-01-01T00:20:00Z"),)),
    ),
    "contacts with a tag": (contacts.page_of_contacts, ListQuery(conditions=(Condition("tags", "eq", "tag7"),))),
    "contacts of a company": (
        contacts.page_of_contacts,
        ListQuery(conditions=(Condition("company_id", "eq", "cmp_0" + "77".rjust(25, "0")),)),
    ),
    "companies by name": (contacts.page_of_companies, ListQuery(sort="name")),
    "timeline of a contact": (
        lambda actor, query: contacts.page_of_activities(actor, "con_0" + "77".rjust(25, "0"), query),
        ListQuery(),
    ),
    "tickets by number": (tickets.page_of_tickets, ListQuery(conditions=(Condition("number", "eq", 77),))),
    "open tickets": (tickets.page_of_tickets, ListQuery(conditions=(Condition("status", "eq", "open"),))),
    "tickets of a contact": (
        tickets.page_of_tickets,
        ListQuery(conditions=(Condition("requester.contact_id", "eq", "con_0" + "77".rjust(25, "0")),)),
    ),
    "contacts with a rare word": (contacts.page_of_contacts, ListQuery(q="28dd2c79")),
    "contacts with a rare and a common word": (contacts.page_of_contacts, ListQuery(q="28dd2c79 contact")),
    "tickets with a rare word": (tickets.page_of_tickets, ListQuery(q="28dd2c79")),
}


def test_lists_searches_and_tokens_are_read_by_indexes(many: Cast) -> None:
    actor = many.actor("agent")
    for name, page in PAGES.items():
        for which, query in QUERIES.items():
            plans = plans_of(many, lambda page=page, query=query: page(actor, query))
            assert plans.scanned == set(), (name, which)
            assert plans.buffers < 40 * query.limit, (name, which, plans.buffers)
    for which, (page, query) in ONE_LIST.items():
        plans = plans_of(many, lambda page=page, query=query: page(actor, query))
        assert plans.scanned == set(), which
        assert plans.by_index, which
    # Some three hundred mended words are tried; each is one look into the index, and none reads on from there.
    mended = plans_of(many, lambda: contacts.page_of_contacts(actor, ListQuery(q="cnotact", match="near", limit=5)))
    assert mended.scanned == set()
    assert mended.buffers < 3000
    with unit(many.acme, write=False):
        assert contacts.page_of_contacts(actor, ListQuery(q="28dd2c79")).rows, "the rare word is there"


def test_a_token_is_found_by_its_digest(many: Cast) -> None:
    for read in (identity.token_with_member, oauth.token_with_power):
        with system_unit("tests: plans of authentication"):
            with watched() as statements:
                read("0123456789abcdef")
            plans = Plans(statements)
        assert plans.scanned == set()
        assert plans.buffers < 20


def test_page_200_costs_what_page_1_does(many: Cast) -> None:
    actor = many.actor("agent")
    for name, page in PAGES.items():
        for sort in ("-created_at", "-updated_at"):
            first = plans_of(many, lambda page=page, sort=sort: page(actor, ListQuery(sort=sort)))
            cursor = None
            with unit(many.acme, write=False):
                for _ in range(50):  # 199 pages of 50 are 50 of 199; a cursor does not mind the limit
                    cursor = page(actor, ListQuery(limit=199, sort=sort, cursor=cursor)).next_cursor
            late = plans_of(
                many, lambda page=page, sort=sort, cursor=cursor: page(actor, ListQuery(sort=sort, cursor=cursor))
            )
            assert late.scanned == set(), (name, sort)
            assert late.buffers <= first.buffers * 1.5 + 10, (name, sort, first.buffers, late.buffers)
