"""From an approved absence to the digest at its end: one story over all domains, told by calls of the API alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portico.domains.announcements import sweeping as announcements
from portico.domains.attendance import sweeping as attendance
from portico.domains.directory import presence_sweeping
from portico.domains.notifications import sweeping as notifications
from portico.kernel import clock, jobs
from portico.settings import Settings
from tests.domains.announcements.desk import ok
from tests.domains.notifications.test_leaving import mails
from tests.support.http import Api

MORNING = datetime(2026, 11, 25, 9, tzinfo=UTC)  # a Wednesday, ten in Berlin
AWAY_UNTIL = datetime(2026, 11, 25, 23, tzinfo=UTC)  # midnight in Berlin


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with clock.held(MORNING):
        yield


def pass_time(to: datetime | None = None) -> None:
    """What the process in the background does, as often as there is something to do."""
    if to is not None:
        clock.advance(to - clock.now())
    for sweep in (attendance.sweep, attendance.recompute_stale, presence_sweeping.sweep, announcements.sweep):
        sweep()
    notifications.sweep()
    while jobs.drain():
        pass


def works_by_day(api: Api, name: str) -> None:
    """From nine to half past five in Berlin, Monday to Friday."""
    rules = {"segments": [{"start": "09:00", "end": "17:30"}]}
    shift = ok(api("hr_admin").post("/attendance/shifts", json={"name": "Day", "rules": rules}))
    group = {
        "kind": "fixed",
        "timezone": "Europe/Berlin",
        "members": {"include": [{"kind": "employee", "id": api.cast.employee_id(name)}]},
        "week": [[shift["id"]]] * 5 + [[], []],
    }
    ok(api("hr_admin").post("/attendance/groups", json={"name": "Office", "rules": group}))


def makes_tickets_go_round(api: Api, *names: str) -> str:
    members = [{"employee_id": api.cast.employee_id(name)} for name in names]
    body = {"name": "Invoices", "assignment": "round_robin", "members": members}
    return str(ok(api("support_admin").post("/queues", json=body))["id"])


def taker(api: Api, queue_id: str) -> str | None:
    asks = {"employee_id": api.cast.employee_id("owner")}
    body = {"subject": "Where is it?", "requester": asks, "queue_id": queue_id}
    assignee_id = ok(api("owner").post("/tickets", json=body))["assignee_id"]
    agents = ("agent", "support_admin")
    return next((name for name in agents if api.cast.employee_id(name) == assignee_id), None)


def presence(api: Api, name: str) -> dict[str, Any]:
    (found,) = ok(api("owner").get(f"/presence?ids={api.cast.employee_id(name)}"))["data"]
    return dict(found)


def publish(api: Api, **body: Any) -> str:
    audience = {"include": [{"kind": "employee", "id": api.cast.employee_id("agent")}]}
    news = {"title": "The canteen moves", "body": "Second floor.", "audience": audience, **body}
    made = ok(api("announcer").post("/announcements", json=news))
    ok(api("announcer").post(f"/announcements/{made['id']}/publish"))
    pass_time()
    return str(made["id"])


def inbox(api: Api, kind: str) -> list[dict[str, Any]]:
    return [one for one in ok(api("agent").get("/notifications"))["data"] if one["kind"] == kind]


@pytest.mark.both_databases
def test_from_an_approved_absence_to_the_digest_at_its_end(api: Api, settings: Settings) -> None:
    works_by_day(api, "agent")
    queue_id = makes_tickets_go_round(api, "agent", "support_admin")
    pass_time()
    assert (presence(api, "agent")["availability"], taker(api, queue_id)) == ("available", "agent")

    today = {"on": "2026-11-25", "slot": "full"}
    absence = ok(api("agent").post("/absences", json={"type_key": "sick", "from": today, "to": today}))
    (waits,) = ok(api("hr_admin").get("/approvals/inbox"))["data"]
    ok(api("hr_admin").post(f"/approvals/{waits['id']}/approve"))
    assert ok(api("agent").get(f"/absences/{absence['id']}"))["status"] == "approved"

    pass_time()
    (day,) = ok(api("agent").get("/attendance/workdays?filter[work_on]=2026-11-25"))["data"]
    assert (day["absence_by_type"], day["absent_minutes"], day["exceptions"]) == ({"sick": 510}, 0, [])

    found = presence(api, "agent")
    assert (found["availability"], found["source"], found["until"]) == (
        "on_leave",
        "on_leave",
        clock.rfc3339(AWAY_UNTIL),
    )
    changed = ok(api("owner").get("/events?types=presence.changed"))["data"]
    assert [event["data"]["availability"] for event in changed] == ["on_leave"]

    assert [taker(api, queue_id) for _ in range(2)] == ["support_admin", "support_admin"]

    publish(api, requires_ack=True, reminders={"offsets_hours": [2]})
    pass_time(MORNING + timedelta(hours=2))
    (reminder,) = inbox(api, "announcement.reminder")
    assert reminder["held_until"] == clock.rfc3339(AWAY_UNTIL)
    assert ok(api("agent").get("/notifications/unread"))["count"] == 0
    told = [mail for mail in mails(settings) if mail[0] == "agent@acme.example"]

    pass_time(AWAY_UNTIL)
    ((_, subject, text),) = [mail for mail in mails(settings) if mail[0] == "agent@acme.example"][len(told) :]
    assert subject.endswith("notifications came while you were away")
    assert "You have not acknowledged this yet: The canteen moves" in text
    (digest,) = inbox(api, "digest")
    assert digest["title"] == subject
    assert presence(api, "agent")["availability"] == "off_shift"  # midnight: the shift begins at nine
