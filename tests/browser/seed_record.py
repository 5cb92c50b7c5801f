"""What the seed leaves in the record: entries with and without changes, and a signed head."""

from __future__ import annotations

from portico.domains.audit import queries, service
from portico.domains.directory import service as directory
from portico.kernel import origin
from portico.kernel.listing import Condition, ListQuery
from tests.support.cast import Cast


def seed_record(cast: Cast) -> str:
    """Record everything; answers an entry that holds what changed."""
    origin.begin(origin.Origin("192.0.2.7", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", "req_1", "session"))
    with cast.writing():
        person = {"title": "Head of Support", "mobile": "+49 30 901820"}
        directory.update_employee(cast.actor("hr_admin"), cast.employee_id("agent"), person)
    origin.end()
    service.derive()
    service.anchor()
    of_people = Condition("action", "eq", "employee.updated")
    with cast.reading():
        found = queries.page_of_entries(cast.actor("admin"), ListQuery(limit=1, conditions=(of_people,)))
    return str(found.rows[0]["id"])
