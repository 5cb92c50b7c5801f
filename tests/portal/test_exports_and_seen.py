"""Exports on pages, and what a person sees of how they are seen."""

from __future__ import annotations

import json

import pytest

from portico.domains.audit import service as audit
from portico.kernel import jobs, sightings
from tests.domains.announcements.desk import Desk
from tests.support import apps
from tests.support.attending import Company
from tests.support.faces import words


@pytest.fixture(autouse=True)
def nobody_looked_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other tests in this process read belongs to companies of the same ids."""
    monkeypatch.setattr(sightings, "_counts", {})


def test_the_export_of_the_log_is_asked_for_with_its_filters_and_fetched_by_its_asker(faces, cast):
    audit.derive()
    admin = faces("admin")
    page = admin.follow(admin.post("/admin/audit/export?kind=member", {"format": "csv"}))
    assert "Waiting" in words(page)
    job_id = page.request.path.rsplit("/", 1)[1]
    assert 'data-progress="/w/acme/exports/' in page.text
    assert jobs.perform(cast.acme, job_id)
    page = admin.get(f"/exports/{job_id}")
    assert "Download" in words(page)
    assert "data-progress" not in page.text
    file = admin.get(f"/exports/{job_id}/file")
    assert file.mimetype == "text/csv"
    assert file.headers["Cache-Control"] == "no-store"
    lines = file.text.splitlines()
    assert len(lines) > 1
    assert all("member." in line for line in lines[1:])
    for other in ("owner", "employee"):
        assert faces(other).get(f"/exports/{job_id}").status_code == 404
        assert faces(other).get(f"/exports/{job_id}/file").status_code == 404
    assert "Audit log" in words(admin.get("/exports"))


def test_a_wrong_format_is_told(faces):
    admin = faces("admin")
    assert "comes as csv, jsonl" in words(admin.follow(admin.post("/admin/audit/export", {"format": "pdf"})))
    assert faces("hr_admin").post("/admin/audit/export", {"format": "csv"}).status_code == 403


def test_a_person_without_exports_is_told_what_could_be_here(faces):
    assert "You exported nothing yet" in words(faces("employee").get("/exports"))


def test_a_person_sees_who_sees_them_and_who_looked(faces, cast):
    apps.register(cast, apps.asking("directory:read", "tickets:read"))
    apps.install(cast)
    me = cast.employee_id("employee")
    sightings.flush()
    faces("agent").get(f"/people/{me}")
    faces("hr_admin").get(f"/admin/people/{me}")
    faces("agent").get("/people")
    faces("employee").get(f"/people/{me}")
    sightings.flush()
    page = words(faces("employee").get("/me/seen"))
    for text in ("Everybody in the workspace", "your private phone number", "Helper", "Why:", "the tickets you opened"):
        assert text in page
    assert "Nobody looked" not in page
    assert page.count("Colleague ") >= 3
    assert "Nobody looked" in words(faces("developer").get("/me/seen"))


def test_what_is_held_on_a_person_is_downloaded_by_them(faces, cast):
    employee = faces("employee")
    page = employee.follow(employee.post("/exports/new", {"resource": "me"}))
    job_id = page.request.path.rsplit("/", 1)[1]
    jobs.perform(cast.acme, job_id)
    text = employee.get(f"/exports/{job_id}/file").text
    assert cast.email("employee") in text
    held = {row["section"] for row in map(json.loads, text.splitlines())}
    assert {"notification_wishes", "profile"} <= held


def test_receipts_attendance_and_notifications_are_shown_and_taken_along(faces, api, cast):
    desk, company = Desk(api), Company(cast)
    read = desk.published(title="The canteen moves", receipts_visibility="author_and_managers")
    secret = desk.published(title="Nobody may keep this")
    for one in (read, secret):
        assert desk.read(one, "employee").status_code == 200
    desk.step(secret, "withdraw", json={"reason": "Wrong"})
    company.group("fixed", "employee", daily=(company.shift("09:00-18:00"),))
    company.clock("employee", "2026-11-10", ("in", "09:00"), ("out", "18:00"))
    company.compute("employee", "2026-11-10")

    page = words(faces("employee").get("/me/seen"))
    for text in ("when you clocked in and out", "Your manager", "The canteen moves", "who leads your department"):
        assert text in page
    assert "Nobody may keep this" not in page
    assert "The canteen moves" not in words(faces("developer").get("/me/seen"))

    employee = faces("employee")
    job_id = employee.post("/exports/new", {"resource": "me"}).location.rsplit("/", 1)[1]
    jobs.perform(cast.acme, job_id)
    rows = [json.loads(line) for line in employee.get(f"/exports/{job_id}/file").text.splitlines()]
    kept = {section: [row for row in rows if row["section"] == section] for section in {row["section"] for row in rows}}
    receipts = [(row["title"], row["seen_by"], bool(row["first_read_at"])) for row in kept["announcement_receipts"]]
    assert receipts == [("The canteen moves", "author_and_managers", True), (None, "author", True)]
    assert {row["kind"] for row in kept["punches"]} == {"in", "out"}
    assert kept["workdays"][0]["worked_minutes"] == 540
    assert "New announcement: The canteen moves" in {row["title"] for row in kept["notifications"]}
