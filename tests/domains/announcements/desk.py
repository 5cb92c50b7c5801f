"""What tests of announcements do over and over, through the API."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import insert, select
from werkzeug.test import TestResponse

from portico.domains.announcements import queries, sweeping
from portico.domains.announcements.models import AnnouncementMark, AnnouncementRecipient, AnnouncementRun
from portico.domains.directory.models import Employee
from portico.domains.notifications.models import Notification
from portico.kernel import clock, jobs
from portico.kernel.events import Event
from portico.kernel.ids import new_id
from tests.support.http import Api

ALL = {"include": [{"kind": "all"}], "exclude": []}


def ok(answer: TestResponse) -> Any:
    assert 200 <= answer.status_code < 300, (answer.request.path, answer.status_code, answer.json)
    return answer.json


class Desk:
    """By default everything is done by the announcer."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.cast = api.cast

    def person(self, name: str) -> str:
        return self.cast.employee_id(name)

    def only(self, *names: str) -> dict[str, Any]:
        rules = [{"kind": "employee", "id": self.person(name)} for name in names]
        return {"include": rules, "exclude": []}

    def crowd(self, people: int) -> list[str]:
        """So many more active employees."""
        now = clock.now()
        ids = [new_id("emp") for _ in range(people)]
        common = {
            "workspace_id": self.cast.acme,
            "status": "active",
            "created_at": now,
            "updated_at": now,
            "version": 1,
        }
        rows = [
            {**common, "id": one, "display_name": f"Person {place}", "name_key": f"person {place}", "properties": {}}
            for place, one in enumerate(ids)
        ]
        with self.cast.writing() as work:
            work.execute(insert(Employee), rows)
        return ids

    def rows(self, announcement: dict[str, Any]) -> dict[str, Any]:
        """The recipients as they stand in the database, by employee."""
        with self.cast.reading() as work:
            found = work.execute(
                select(AnnouncementRecipient.__table__).where(
                    AnnouncementRecipient.workspace_id == self.cast.acme,
                    AnnouncementRecipient.announcement_id == announcement["id"],
                )
            ).all()
        assert len({row.employee_id for row in found}) == len(found)
        return {row.employee_id: row for row in found}

    def runs(self, announcement: dict[str, Any]) -> list[str]:
        """What brought rows and audience together, from the first on."""
        mine = AnnouncementRun
        with self.cast.reading() as work:
            found = select(mine.kind).where(mine.workspace_id == self.cast.acme)
            return list(work.scalars(found.where(mine.announcement_id == announcement["id"]).order_by(mine.id)))

    def marks(self) -> dict[str, Any]:
        """Whom the sweep will look at, and since when."""
        mark = AnnouncementMark
        with self.cast.reading() as work:
            rows = work.execute(select(mark.employee_id, mark.marked_at).where(mark.workspace_id == self.cast.acme))
            return {row.employee_id: row.marked_at for row in rows}

    def told(self, announcement: dict[str, Any], kind: str | None = None) -> Counter[str]:
        """Who has something of it in their inbox, and how often."""
        with self.cast.reading() as work:
            found = select(Notification.employee_id).where(
                Notification.workspace_id == self.cast.acme, Notification.resource_id == announcement["id"]
            )
            return Counter(work.scalars(found if kind is None else found.where(Notification.kind == kind)))

    def events(self, announcement: dict[str, Any], kind: str) -> list[dict[str, Any]]:
        with self.cast.reading() as work:
            found = select(Event.data).where(
                Event.workspace_id == self.cast.acme,
                Event.resource_id == announcement["id"],
                Event.type == f"announcement.{kind}",
            )
            return list(work.scalars(found.order_by(Event.seq)))

    def draft(self, by: str = "announcer", **fields: Any) -> dict[str, Any]:
        body = {"title": "The canteen moves", "body": "Second floor.", "audience": ALL, **fields}
        return dict(ok(self.api(by).post("/announcements", json=body)))

    def publish(self, announcement: dict[str, Any], by: str = "announcer", *, run: bool = True) -> dict[str, Any]:
        job = ok(self.api(by).post(f"/announcements/{announcement['id']}/publish"))
        if run:
            self.work()
        return dict(job)

    def published(self, by: str = "announcer", **fields: Any) -> dict[str, Any]:
        made = self.draft(by, **fields)
        self.publish(made, by)
        return self.get(made["id"], by)

    def work(self) -> None:
        """All jobs that are due."""
        while jobs.drain():
            pass

    def sweep(self) -> None:
        sweeping.sweep()
        self.work()

    def get(self, announcement_id: str, by: str = "announcer") -> dict[str, Any]:
        return dict(ok(self.api(by).get(f"/announcements/{announcement_id}")))

    def step(self, announcement: dict[str, Any], step: str, by: str = "announcer", json: Any = None) -> TestResponse:
        return self.api(by).post(f"/announcements/{announcement['id']}/{step}", json=json)

    def change(self, announcement: dict[str, Any], by: str = "announcer", **fields: Any) -> dict[str, Any]:
        return dict(ok(self.api(by).patch(f"/announcements/{announcement['id']}", json=fields)))

    def put_audience(self, announcement: dict[str, Any], audience: Any, by: str = "announcer") -> TestResponse:
        path = f"/announcements/{announcement['id']}/audience"
        return self.api(by).put(path, json={"audience": audience}, headers={"If-Match": "*"})

    def feed(self, by: str, query: str = "") -> list[dict[str, Any]]:
        return list(ok(self.api(by).get(f"/announcements/feed{query}"))["data"])

    def titles(self, by: str, query: str = "") -> list[str]:
        return [one["title"] for one in self.feed(by, query)]

    def read(self, announcement: dict[str, Any], by: str) -> TestResponse:
        return self.api(by).put(f"/announcements/{announcement['id']}/receipt/me", json={"read": True})

    def ack(self, announcement: dict[str, Any], by: str, **body: Any) -> TestResponse:
        return self.api(by).post(f"/announcements/{announcement['id']}/ack", json=body)

    def receipts(self, announcement: dict[str, Any], query: str = "", by: str = "announcer") -> dict[str, Any]:
        rows = ok(self.api(by).get(f"/announcements/{announcement['id']}/receipts?limit=200{query}"))["data"]
        return {row["employee_id"]: row for row in rows}

    def states(self, announcement: dict[str, Any], *names: str) -> list[str]:
        found = self.receipts(announcement)
        return [found[self.person(name)]["state"] for name in names]

    def counts(self, announcement: dict[str, Any]) -> tuple[int, int, int]:
        """The counters, which are what stands: audience, read, acknowledged."""
        counts = self.get(announcement["id"])["counts"]
        with self.cast.reading():
            actor = self.cast.system()
            found = queries.any_one(actor, announcement["id"])
            assert found is not None
            exact = queries.counted(actor, found)
        exact.pop("late")
        assert counts == exact
        return counts["audience"], counts["read"], counts["acknowledged"]
