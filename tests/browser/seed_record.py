"""What the seed leaves in the record: entries with and without changes, and a signed head."""

from __future__ import annotations

from portico.domains.audit import queries, service
from portico.domains.directory import service as directory
from portico.domains.tasks import service as tasks
from portico.kernel import jobs, origin, sightings
from portico.kernel.listing import Condition, ListQuery
from tests.support.cast import Cast


def seed_exports(cast: Cast) -> dict[str, str]:
    """One export that is ready and one that waits, of the owner; and some who looked at them."""
    owner = cast.actor("owner")
    made: dict[str, str] = {}
    for state in ("ready", "waiting"):
        with cast.writing():
            made[state] = str(tasks.create_export(owner, resource="audit", format="csv", filter={})["id"])
    jobs.perform(cast.acme, made["ready"])
    for name in ("agent", "hr_admin", "agent"):
        sightings.note(cast.actor(name), "employee", cast.employee_id("owner"))
        sightings.note(cast.actor(name), "employee", way="list")
    sightings.flush()
    return made


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
