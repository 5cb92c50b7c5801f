"""A company of thousands with everything that pages show: the small one of the browser tests, multiplied by SQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import _crowd
import _support
from flask import Flask
from sqlalchemy import Connection, create_engine, text

from portico.domains.announcements.models import AnnouncementRecipient
from portico.domains.attendance.models import Absence, Punch, Workday
from portico.domains.audit.models import AuditEntry
from portico.domains.directory.models import Department, DepartmentMember, DirectoryGroupMember, Employee
from portico.domains.identity.models import Membership, User
from portico.domains.interactions.models import Interaction
from portico.domains.notifications.models import Notification
from portico.domains.webhooks.models import Delivery
from portico.kernel.db import Base
from portico.kernel.events import Event
from tests.browser.seed import seed
from tests.browser.seed_actions import ACTIONS, seed_actions
from tests.browser.seed_leave import seed_leave
from tests.browser.seed_rules import seed_rules
from tests.browser.seed_standing import seed_standing
from tests.support import apps
from tests.support.cast import Cast
from tests.support.faces import Faces
from tests.support.running import Portico

DEPARTMENTS, ROOTS = 200, 20
DAYS = 31
NOTICES = 2_000
"""Of each of the people who look."""
DONE = 100_000
"""Events, and lines of the record; a fifth of that many deliveries and calls of actions."""
PLACES = ("portal.page", "ticket.panel", "contact.panel", "company.panel", "employee.panel")


@dataclass(frozen=True, slots=True)
class Size:
    contacts: int
    tickets: int
    employees: int
    apps: int


def made(portico: Portico, app: Flask, cast: Cast, size: Size) -> dict[str, str]:
    """Answers, for each kind of id, one that pages are opened by."""
    left = seed(cast, portico.settings)
    group = left["group"]
    left |= seed_rules(cast) | seed_leave(cast) | seed_actions(cast) | seed_standing(cast, portico.settings)
    _install(cast, size.apps)
    days = left["days"]["installation_id"]
    for path in (f"/actions/{days}/remember", f"/cards/{days}/today/load"):
        Faces(app, cast)("agent").post(path)
    url, here = portico.settings.migrate_url, cast.acme
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        filling = _Filling(connection, cast)
        filling.people(size.employees, left["departments"]["Support"], group)
        filling.attendance(size.employees)
        filling.told(size.employees, left["news"]["out"])
        filling.done()
        found = _an_id_of_each(connection, here)
    engine.dispose()
    _crowd.fill(url, here, left["contacts"][2], left["tickets"][2], size.contacts, size.tickets)
    return found | _chosen(left) | {"grp": group}


def _install(cast: Cast, count: int) -> None:
    """Apps with a page, panels and actions, of which no page waits for an answer."""
    _support.say(f"  {count:,} apps")
    for number in range(count):
        key = f"app_{number}"
        surfaces = [
            {"key": place.replace(".", "_"), "place": place, "title": f"{place} {number}", "url": f"/{place}"}
            for place in PLACES
        ]
        content = apps.manifest(key, runtime=apps.NOWHERE, surfaces=surfaces, actions=ACTIONS[:1])
        content["app"]["name"] = f"App {number}"
        apps.register(cast, content)
        apps.install(cast, key)


def _chosen(left: dict[str, Any]) -> dict[str, str]:
    """What the small company has more of than of others."""
    named = {
        "con": left["contacts"][0],
        "cmp": left["companies"][0],
        "tkt": left["tickets"][0],
        "emp": left["employees"]["agent"],
        "dep": f"dep_0{1:025d}",
        "ann": left["news"]["out"],
        "app": left["days"]["app_id"],
        "ins": left["days"]["installation_id"],
        "abs": left["absences"][0],
        "apr": left["approvals"][0],
    }
    return {prefix: str(one) for prefix, one in named.items()}


def _an_id_of_each(connection: Connection, workspace_id: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for table in Base.metadata.sorted_tables:
        if "id" in table.c and "workspace_id" in table.c:
            one = connection.scalar(
                text(f"SELECT id FROM {table.name} WHERE workspace_id = :here ORDER BY id DESC LIMIT 1"),
                {"here": workspace_id},
            )
            if one is not None:
                found.setdefault(str(one)[:3], str(one))
    return found


class _Filling:
    def __init__(self, connection: Connection, cast: Cast) -> None:
        self._connection, self._cast, self._here = connection, cast, cast.acme

    def _copies(self, model: Any, count: int, which: str = "true", source: str = "id", **changed: str) -> None:
        """Copies of one row of the workspace that `which` says, with these columns computed from `n`."""
        table = model.__table__
        here = f"workspace_id = '{self._here}' AND" if "workspace_id" in table.c else ""
        row = f'(SELECT * FROM "{table.name}" WHERE {here} {which} ORDER BY {source} LIMIT 1)'
        _support.say(f"  {count:,} of {table.name}")
        if not _crowd.copies(self._connection, table, row, count, **changed):
            raise SystemExit(f"There is no row of {table.name} to copy.")

    def people(self, count: int, department_id: str, group_id: str) -> None:
        cast, one = self._cast, self._cast.employee_id("employee")
        mail, key = "'person' || n || '@big.example'", "'person ' || lpad(n::text, 6, '0')"
        person = _id("emp")
        self._copies(User, count, f"id = '{cast.users['employee']}'", id=_id("usr"), email=mail, email_key=mail)
        self._copies(Membership, count, f"employee_id = '{one}'", id=_id("mem"), user_id=_id("usr"), employee_id=person)
        first = cast.employee_id("agent")
        manager = f"CASE WHEN n > 9 THEN 'emp_0' || lpad((n / 10)::text, 25, '0') ELSE '{first}' END"
        self._copies(
            Employee,
            count,
            f"id = '{one}'",
            id=person,
            display_name="'Person ' || n",
            name_key=key,
            primary_email=mail,
            email_key=mail,
            employee_no="NULL",
            employee_no_key="NULL",
            external_id="NULL",
            manager_id=manager,
        )
        root = f"'dep_0' || lpad((1 + n % {ROOTS})::text, 25, '0')"
        below = f"n > {ROOTS}"
        self._copies(
            Department,
            DEPARTMENTS,
            f"id = '{department_id}'",
            id=_id("dep"),
            name="'Team ' || n",
            name_key="'team ' || lpad(n::text, 6, '0')",
            parent_id=f"CASE WHEN {below} THEN {root} END",
            parent_key=f"CASE WHEN {below} THEN {root} ELSE '' END",
            path=f"CASE WHEN {below} THEN '/' || {root} ELSE '' END || '/' || {_id('dep')} || '/'",
            external_id="NULL",
        )
        # Every other person is in the first.
        department = f"'dep_0' || lpad((1 + n % 2 * (n % {DEPARTMENTS}))::text, 25, '0')"
        self._copies(
            DepartmentMember, count, source="employee_id", department_id=department, employee_id=person, lead="n < 20"
        )
        self._copies(DirectoryGroupMember, count, f"group_id = '{group_id}'", "employee_id", employee_id=person)
        words = f"ARRAY['person', n::text, 'person' || n, {mail}]"
        self._connection.execute(
            text(
                "INSERT INTO search_word (workspace_id, kind, word, object_id) "
                f"SELECT DISTINCT '{self._here}', 'employee', word, {person} "
                f"FROM generate_series(1, {count}) n, unnest({words}) word"
            )
        )

    def attendance(self, people: int) -> None:
        """A month of everybody: a day, two punches and, of every third person, an absence."""
        person = f"'emp_0' || lpad((1 + n % {people})::text, 25, '0')"
        day = f"CURRENT_DATE - (n / {people} % {DAYS})::int"
        at = f"({day}) + interval '9 hours' + n % 60 * interval '1 minute'"
        mine = f"employee_id = '{self._cast.employee_id('employee')}'"
        self._copies(
            Workday,
            people * DAYS,
            f"{mine} AND NOT stale AND status = 'computed'",
            id=_id("wkd"),
            employee_id=person,
            work_on=day,
        )
        self._copies(Punch, people * DAYS * 2, mine, id=_id("pun"), employee_id=person, work_on=day, occurred_at=at)
        self._copies(
            Absence,
            people // 3,
            mine,
            id=_id("abs"),
            employee_id=person,
            source_ref="NULL",
            until_on="CURRENT_DATE + 3",
        )

    def told(self, people: int, announcement_id: str) -> None:
        which = f"announcement_id = '{announcement_id}'"
        self._copies(AnnouncementRecipient, people, which, "employee_id", employee_id=_id("emp"))
        for name in ("agent", "employee"):
            who = self._cast.employee_id(name)
            ids = f"'ntf_{name[0]}' || lpad(n::text, 25, '0')"
            self._copies(Notification, NOTICES, f"employee_id = '{who}'", id=ids, key="'bench ' || n")

    def done(self) -> None:
        ago = "now() - n * interval '20 seconds'"
        event, thing = _id("evt"), "'tkt_0' || lpad((1 + n % 5000)::text, 25, '0')"
        self._copies(
            Event, DONE, "type = 'ticket.created'", id=event, seq="n + 1000000", occurred_at=ago, fanned_out="true"
        )
        self._copies(AuditEntry, DONE, id=_id("aud"), seq="n + 1000000", event_id=event, at=ago, object_id=thing)
        fifth = DONE // 5
        self._copies(Delivery, fifth, id=_id("dlv"), event_id=event, seq="n + 1000000", state="'succeeded'")
        self._copies(Interaction, fifth, id=_id("int"), bulk_id="NULL", created_at=ago)


def _id(prefix: str) -> str:
    """Of one width, so that the text order of the copies is their number."""
    return f"'{prefix}_0' || lpad(n::text, 25, '0')"
