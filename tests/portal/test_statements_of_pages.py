"""No page asks the database more often because it shows more rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portico.domains.announcements import schemas as news_schemas
from portico.domains.announcements import service as news
from portico.domains.directory import service as directory
from portico.domains.identity import service as identity
from portico.domains.notifications import service as notifications
from portico.domains.webhooks import service as webhooks
from portico.kernel import clock, jobs
from portico.kernel.schemas import load
from portico.kernel.unit_of_work import system_unit
from portico.web.converters import IdConverter
from tests.domains.attendance.leave import ask
from tests.portal.records import comment, company, contact, own_ticket, ticket
from tests.support import apps, attending
from tests.support.cast import Cast
from tests.support.faces import Browser, Faces
from tests.support.statements import watched

FEW, MANY = 2, 5
FACES = ("account", "portal", "admin", "console", "operator")
ALL = {"include": [{"kind": "all"}], "exclude": []}


class Company:
    """Grows by one of everything that pages list; what belongs to a record belongs to the first of its kind."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.size = cast, 0
        self.first: dict[str, str] = {}
        self._rules = attending.Company(cast, "owner")

    def grow(self, to: int) -> None:
        while self.size < to:
            self.size += 1
            self._one(self.size)
        while jobs.drain():
            pass

    def _note(self, kind: str, made: Any) -> str:
        return self.first.setdefault(kind, made["id"])

    def _one(self, n: int) -> None:
        cast, admin = self.cast, self.cast.actor("admin")
        first = self._note("contact", contact(cast, f"Person {n}", f"p{n}@crowd.example"))
        self._note("company", company(cast, f"Company {n}", f"c{n}.example"))
        talk = self._note("ticket", ticket(cast, first, f"Ticket {n}"))
        comment(cast, talk, f"Comment {n}")
        self._note("own_ticket", own_ticket(cast, subject=f"Own {n}"))
        with cast.writing():
            department = directory.create_department(admin, name=f"Department {n}")
            notifications.send(admin, to=[cast.employee_id(name) for name in ("owner", "agent")], title=f"Told {n}")
        self._note("department", department)
        values = load(news_schemas.AnnouncementCreate(), {"title": f"News {n}", "body": "Read.", "audience": ALL})
        with cast.writing():
            made = news.create_announcement(admin, values)
            self._note("announcement", made)
            news.publish(admin, made["id"])
        self._app(n)
        self._day(n)

    def _app(self, n: int) -> None:
        """Installed, with a page, a panel and an action."""
        surfaces = [{"key": place[:4], "place": place, "title": "It", "url": "/it"} for place in PLACES]
        content = apps.manifest(f"app_{n}", runtime=apps.NOWHERE, surfaces=surfaces, actions=[apps.ACTION])
        self._note("app", apps.register(self.cast, content, owner="owner"))
        self._note("installation", apps.install(self.cast, f"app_{n}", by="owner"))
        with self.cast.writing():
            hook = {"url": f"https://hook{n}.example/", "types": ["ticket.*"]}
            self._note("endpoint", webhooks.create_endpoint(self.cast.actor("owner"), hook))

    def _day(self, n: int) -> None:
        """A shift, a group that works it, holidays, and a day away."""
        shift = self._rules.shift("09:00-18:00", name=f"Shift {n}")
        self._note("shift", {"id": shift})
        group = self._rules.group("fixed", "agent", daily=(shift,), name=f"Group {n}")
        self._note("attendance_group", {"id": group})
        self._note("calendar", {"id": self._rules.calendar(name=f"Calendar {n}")})
        self._note("absence", ask(self.cast, f"{clock.now().date() + timedelta(days=n)}", by="owner"))


PLACES = ("portal.page", "ticket.panel", "contact.panel", "company.panel")


def _pages(app: Flask, first: dict[str, str], me: str) -> Iterator[str]:
    """Every page that needs no more than its workspace and ids of what there is."""
    ids = {one[:3]: one for one in (me, first["own_ticket"], *first.values(), first["ticket"])}
    adapter = app.url_map.bind("127.0.0.1")
    for rule in app.url_map.iter_rules():
        if rule.endpoint.split(".")[0] not in FACES or "GET" not in (rule.methods or ()):
            continue
        found: dict[str, str | None] = {"slug": "acme"}
        for name in rule.arguments - {"slug"}:
            converter = rule._converters[name]
            found[name] = ids.get(converter.prefix) if isinstance(converter, IdConverter) else None
        if None not in found.values():
            yield adapter.build(rule.endpoint, {name: found[name] for name in rule.arguments})
    yield f"/w/acme/tickets/{first['own_ticket']}"


def _count(browser: Browser, path: str) -> int | None:
    """Statements of the page, which has been looked at before; None where it is no page."""
    with watched() as found:
        answer = browser.get(path)
    if answer.status_code != 200 or answer.mimetype != "text/html":
        return None
    return sum(1 for one in found if not one.only_opens)


@pytest.mark.slow
def test_statements_do_not_grow_with_the_rows(app: Flask, faces: Faces, cast: Cast) -> None:
    company, browser = Company(cast), faces("owner")
    with system_unit("tests: an operator", write=True):
        identity.mark_operator(cast.users["owner"], True)
    company.grow(FEW)
    pages = sorted(_pages(app, company.first, cast.employee_id("employee")))
    for path in pages:
        browser.get(path)
    few = {path: _count(browser, path) for path in pages}
    company.grow(MANY)
    many = {path: _count(browser, path) for path in pages}
    assert len([count for count in few.values() if count is not None]) > 120
    assert {path: (few[path], many[path]) for path in pages if few[path] != many[path]} == {}
