"""Announcements as those see them who write them, without scripts."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest

from tests.domains.announcements.desk import Desk
from tests.support.faces import Browser, Faces, words
from tests.support.http import Api

TEXT: dict[str, Any] = {
    "title": "The canteen moves",
    "body": "**Second** floor.",
    "importance": "normal",
    "confidentiality": "normal",
    "receipts_visibility": "author",
    "audience_mode": "snapshot",
}


@pytest.fixture
def desk(api: Api) -> Desk:
    return Desk(api)


def begun(browser: Browser, **more: Any) -> str:
    """The id of a new draft."""
    answer = browser.post("/admin/announcements/new", {**TEXT, **more})
    assert answer.status_code == 303, words(answer)
    found = re.search(r"ann_\w+", answer.headers["Location"])
    assert found is not None
    return found[0]


def test_from_a_blank_page_to_names_of_who_has_read_it(faces: Faces, desk: Desk) -> None:
    announcer = faces("announcer")
    assert "Nothing announced yet" in words(announcer.get("/admin/announcements"))
    assert announcer.post("/admin/announcements/new", {**TEXT, "title": " "}).status_code == 422
    preview = announcer.post("/admin/announcements/new", {**TEXT, "step": "preview"})
    assert "<strong>Second</strong>" in preview.text
    made = begun(announcer, requires_ack="y", ack_text="I know", reminders="24, 72")
    path = f"/admin/announcements/{made}"
    assert "Publish now" not in words(announcer.get(path)), "it is for nobody yet"
    chosen = {"include": [desk.person("employee"), desk.person("agent")], "exclude": [desk.person("agent")]}
    version = str(desk.get(made)["version"])
    shown = announcer.post(f"{path}/audience", {**chosen, "step": "preview", "version": version})
    assert "1 person" in words(shown)
    assert desk.get(made)["audience"]["include"] == []
    announcer.follow(announcer.post(f"{path}/audience", {**chosen, "version": version}))
    page = announcer.follow(announcer.post(f"{path}/publish"))
    assert "It is on its way" in words(page)
    desk.work()
    page = announcer.get(path)
    assert "Published" in words(page)
    assert "0 of 1" in words(page)
    assert "Not yet" in words(announcer.get(f"{path}/receipts?state=unread"))
    announcer.follow(announcer.post(f"{path}/remind"))
    again = announcer.follow(announcer.post(f"{path}/remind"))
    assert "People were reminded less than four hours ago." in words(again)
    desk.ack({"id": made}, "employee")
    assert "1 of 1" in words(announcer.get(path))
    assert "Everybody has read it" in words(announcer.get(f"{path}/receipts"))
    assert "Not yet" not in words(announcer.get(f"{path}/receipts?state=acknowledged"))


def test_a_change_that_matters_asks_anew_and_a_slip_does_not(faces: Faces, desk: Desk) -> None:
    made = desk.published(requires_ack=True)
    desk.ack(made, "employee")
    announcer, path = faces("announcer"), f"/admin/announcements/{made['id']}"
    same = {**TEXT, "requires_ack": "y"}

    def change(**fields: Any) -> None:
        version = str(desk.get(made["id"])["version"])
        announcer.follow(announcer.post(f"{path}/edit", {**same, **fields, "version": version}))

    change(body="Second floor!")
    assert desk.states(made, "employee") == ["acknowledged"]
    change(body="Third floor.", material="y", revision_note="Another floor")
    assert desk.states(made, "employee") == ["read"]
    assert "Another floor" in words(announcer.get(path))
    stale = announcer.post(f"{path}/edit", {**same, "body": "Fourth.", "version": "1"})
    assert stale.status_code == 412


def test_a_review_by_somebody_else_comes_first_where_the_category_asks(faces: Faces, desk: Desk) -> None:
    admin = faces("admin")
    admin.follow(admin.post("/admin/announcement-categories", {"name": "Safety", "requires_review": "y"}))
    found = re.search(r"acg_\w+", admin.get("/admin/announcement-categories").text)
    assert found is not None
    announcer = faces("announcer")
    made = begun(announcer, category_id=found[0])
    path = f"/admin/announcements/{made}"
    desk.put_audience({"id": made}, desk.only("employee"))
    assert "Publish now" not in words(announcer.get(path))
    announcer.follow(announcer.post(f"{path}/submit"))
    assert "Your review" not in words(announcer.get(path))
    assert admin.post(f"{path}/reject", {"reason": ""}).status_code == 422
    admin.follow(admin.post(f"{path}/reject", {"reason": "Which floor?"}))
    assert "Which floor?" in words(announcer.get(path))
    announcer.post(f"{path}/submit")
    admin.follow(admin.post(f"{path}/approve"))
    assert "Publish now" in words(announcer.get(path))
    refused = admin.follow(admin.post(f"/admin/announcement-categories/{found[0]}/delete"))
    assert "Announcements have this category" in words(refused)


def test_files_are_added_withheld_put_on_top_and_taken_away(faces: Faces, desk: Desk) -> None:
    announcer = faces("announcer")
    made = begun(announcer)
    path = f"/admin/announcements/{made}"
    announcer.get(path)
    sent = announcer.post(f"{path}/files", {"file": (io.BytesIO(b"floor plan"), "plan.txt")})
    assert "plan.txt" in words(announcer.follow(sent))
    [file] = desk.get(made)["attachments"]
    announcer.post(f"{path}/files/change", {"attachment_id": file["id"], "what": "give"})
    assert desk.get(made)["attachments"][0]["downloadable"] is False
    refused = announcer.follow(announcer.post(f"{path}/files/change", {"attachment_id": file["id"], "what": "cover"}))
    assert "The cover is a picture" in words(refused)
    announcer.post(f"{path}/files/change", {"attachment_id": file["id"], "what": "remove"})
    assert desk.get(made)["attachments"] == []


def test_at_a_time_pinned_withdrawn_and_deleted(faces: Faces, desk: Desk) -> None:
    announcer = faces("announcer")
    made = begun(announcer)
    path = f"/admin/announcements/{made}"
    desk.put_audience({"id": made}, desk.only("employee"))
    assert announcer.post(f"{path}/schedule", {"local": ""}).status_code == 422
    announcer.follow(announcer.post(f"{path}/schedule", {"local": "2099-01-02T09:30"}))
    assert desk.get(made)["status"] == "scheduled"
    announcer.post(f"{path}/unschedule")
    announcer.post(f"{path}/publish")
    desk.work()
    announcer.follow(announcer.post(f"{path}/pin", {"until": "2099-01-02T09:30"}))
    assert "Pinned" in words(faces("employee").get("/announcements"))
    announcer.post(f"{path}/unpin")
    announcer.follow(announcer.post(f"{path}/withdraw", {"reason": "Wrong floor"}))
    assert "Wrong floor" in words(announcer.get(path))
    gone = begun(announcer)
    assert announcer.post(f"/admin/announcements/{gone}/delete").headers["Location"].endswith("/admin/announcements")
    assert announcer.get(f"/admin/announcements/{gone}").status_code == 404


def test_what_others_write_is_theirs_and_employees_write_none(faces: Faces, desk: Desk) -> None:
    made = desk.draft()
    assert faces("employee").get("/admin/announcements").status_code == 403
    assert faces("employee").post(f"/admin/announcements/{made['id']}/publish").status_code == 403
    admin = faces("admin")
    assert made["title"] not in words(admin.get("/admin/announcements"))
    assert "This is another’s" in words(admin.get(f"/admin/announcements/{made['id']}"))
    assert faces("outsider").get(f"/admin/announcements/{made['id']}").status_code == 404


def test_an_admin_steps_in_on_what_is_for_them_as_well_and_stands_in_the_record(faces: Faces, desk: Desk) -> None:
    made = desk.published()
    path = f"/admin/announcements/{made['id']}"
    assert "This is another’s" in words(faces("admin").get(path))
    assert [one["act"] for one in desk.events(made, "overridden")] == ["read"]
    assert faces("hr_admin").get(path).status_code in (403, 404)


def test_the_audience_of_everybody_is_shown_and_narrowed(faces: Faces, desk: Desk) -> None:
    made = desk.published()
    announcer, path = faces("announcer"), f"/admin/announcements/{made['id']}/audience"
    assert 'name="everyone" value="1" id="everyone" checked' in announcer.get(path).text
    version = str(desk.get(made["id"])["version"])
    announcer.follow(announcer.post(path, {"include": [desk.person("agent")], "version": version}))
    desk.work()
    assert desk.titles("employee") == []
    assert desk.titles("agent") == ["The canteen moves"]
