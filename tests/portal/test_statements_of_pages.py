"""No page asks the database more often because it shows more rows."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from portico.domains.announcements import schemas as news_schemas
from portico.domains.announcements import service as news
from portico.domains.directory import service as directory
from portico.domains.notifications import service as notifications
from portico.kernel import jobs
from portico.kernel.schemas import load
from tests.portal.records import comment, company, contact, own_ticket, ticket
from tests.support.cast import Cast
from tests.support.faces import Browser, Faces
from tests.support.statements import watched

FEW, MANY = 3, 12
FACES = ("portal", "admin", "console")
ALL = {"include": [{"kind": "all"}], "exclude": []}


class Company:
    """Grows by one of everything that pages list; what belongs to a record belongs to the first of its kind."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.size = cast, 0
        self.first: dict[str, str] = {}

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


def _lists(app: Flask) -> list[str]:
    """Every page that needs no more than its workspace."""
    rules = [
        rule.rule.removeprefix("/w/<slug>").removeprefix("/w/<string:slug>")
        for rule in app.url_map.iter_rules()
        if rule.endpoint.split(".")[0] in FACES and "GET" in (rule.methods or ()) and rule.arguments == {"slug"}
    ]
    return sorted(rules)


def _details(first: dict[str, str], me: str) -> list[str]:
    return [
        f"/tickets/{first['ticket']}",
        f"/tickets/{first['own_ticket']}",
        f"/contacts/{first['contact']}",
        f"/companies/{first['company']}",
        f"/announcements/{first['announcement']}",
        f"/departments/{first['department']}",
        f"/people/{me}",
    ]


def _count(browser: Browser, path: str) -> int | None:
    """Statements of the page once it is warm; None where it is no page."""
    browser.get(path)
    with watched() as found:
        answer = browser.get(path)
    if answer.status_code != 200 or answer.mimetype != "text/html":
        return None
    return sum(1 for one in found if not one.only_opens)


@pytest.mark.slow
def test_statements_do_not_grow_with_the_rows(app: Flask, faces: Faces, cast: Cast) -> None:
    company, browser = Company(cast), faces("owner")
    company.grow(FEW)
    pages = [*_lists(app), *_details(company.first, cast.employee_id("employee"))]
    few = {path: _count(browser, path) for path in pages}
    company.grow(MANY)
    many = {path: _count(browser, path) for path in pages}
    assert len([count for count in few.values() if count is not None]) > 40
    assert {path: (few[path], many[path]) for path in pages if few[path] != many[path]} == {}
