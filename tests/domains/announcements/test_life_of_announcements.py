"""From a draft to people: written, reviewed, published, read, acknowledged, changed and withdrawn."""

from __future__ import annotations

import pytest

from tests.domains.announcements.desk import ALL, Desk, ok

pytestmark = pytest.mark.both_databases


def test_a_draft_is_its_authors_and_what_is_published_is_everybodys(desk: Desk) -> None:
    made = desk.draft(requires_ack=True, ack_text="I know", summary="Soon")
    assert (made["status"], made["revision"], made["counts"]["audience"]) == ("draft", 1, 0)
    for who in ("employee", "hr_admin", "outsider"):
        assert desk.api(who).get(f"/announcements/{made['id']}").status_code == 404
    job = desk.publish(made, run=False)
    assert (job["kind"], job["state"]) == ("announcements.spread", "queued")
    assert desk.get(made["id"])["status"] == "publishing"
    assert desk.titles("employee") == []
    desk.work()
    assert ok(desk.api("announcer").get(f"/jobs/{job['id']}"))["state"] == "succeeded"
    [item] = desk.feed("employee")
    assert (item["title"], item["pending"], item["receipt"]["state"]) == ("The canteen moves", True, "unread")
    shown = desk.get(made["id"], "employee")
    assert (shown["body"], shown["receipt"]["late"]) == ("Second floor.", False)
    assert "audience" in shown["_redacted"]
    assert "audience" not in shown
    assert desk.api("outsider").get(f"/announcements/{made['id']}").status_code == 404
    assert ok(desk.read(made, "employee"))["state"] == "read"
    assert ok(desk.ack(made, "employee"))["state"] == "acknowledged"
    assert desk.feed("employee")[0]["pending"] is False
    people = len(desk.receipts(made))
    assert desk.counts(made) == (people, 1, 1)
    assert list(desk.receipts(made, "&state=acknowledged")) == [desk.person("employee")]
    assert len(desk.receipts(made, "&state=unread")) == people - 1
    figures = ok(desk.api("announcer").get(f"/announcements/{made['id']}/stats"))
    assert (figures["audience"], figures["read"], figures["late"]) == (people, 1, 0)


def test_revisions_comments_pins_and_the_end(desk: Desk) -> None:
    made = desk.published(comments_enabled=True)
    assert ok(desk.api("employee").post(f"/announcements/{made['id']}/comments", json={"body": "Why?"}))["mine"]
    rows = ok(desk.api("announcer").get(f"/announcements/{made['id']}/comments"))["data"]
    assert [(row["body"], row["mine"]) for row in rows] == [("Why?", False)]
    ok(desk.api("announcer").delete(f"/announcements/{made['id']}/comments/{rows[0]['id']}"))
    [row] = ok(desk.api("employee").get(f"/announcements/{made['id']}/comments"))["data"]
    assert (row["body"], row["removed_at"] is None) == ("", False)
    desk.change(made, title="The canteen has moved")
    revisions = ok(desk.api("employee").get(f"/announcements/{made['id']}/revisions"))["data"]
    assert [(one["id"], one["title"], one["material"]) for one in revisions] == [
        (2, "The canteen has moved", False),
        (1, "The canteen moves", True),
    ]
    assert ok(desk.step(made, "pin", json={"until": "2099-01-01T00:00:00Z"}))["pinned_until"]
    assert desk.feed("employee", "?filter[pinned]=true")[0]["pinned"]
    assert ok(desk.step(made, "unpin"))["pinned_until"] is None
    assert ok(desk.step(made, "withdraw", json={"reason": "wrong floor"}))["status"] == "withdrawn"
    assert desk.feed("employee") == []
    assert desk.api("employee").get(f"/announcements/{made['id']}").json["code"] == "announcement_withdrawn"
    assert desk.get(made["id"])["withdraw_reason"] == "wrong floor"
    assert ok(desk.step(made, "archive"))["status"] == "archived"
    assert desk.step(made, "publish").json["code"] == "invalid_transition"


def test_a_category_with_a_review(desk: Desk) -> None:
    made = ok(
        desk.api("admin").post(
            "/announcement-categories",
            json={"name": "Safety", "requires_review": True, "approver_ids": [desk.person("announcer")]},
        )
    )
    draft = desk.draft(by="admin", category_id=made["id"])
    assert desk.step(draft, "publish", "admin").json["code"] == "review_required"
    assert ok(desk.step(draft, "submit", "admin"))["status"] == "in_review"
    assert desk.step(draft, "approve", "admin").json["code"] == "forbidden"
    assert [one["id"] for one in ok(desk.api("announcer").get("/announcements"))["data"]] == [draft["id"]]
    assert ok(desk.step(draft, "reject", json={"reason": "vague"}))["status"] == "draft"
    assert desk.api("announcer").get(f"/announcements/{draft['id']}").status_code == 404
    ok(desk.step(draft, "submit", "admin"))
    assert ok(desk.step(draft, "approve"))["reviewed_by"]["id"] == desk.person("announcer")
    assert desk.change(draft, "admin", title="Else")["status"] == "draft"
    ok(desk.step(draft, "submit", "admin"))
    ok(desk.step(draft, "approve"))
    desk.publish(draft, "admin")
    assert desk.titles("employee") == ["Else"]
    assert desk.api("admin").delete(f"/announcement-categories/{made['id']}").json["code"] == (
        "announcement_category_in_use"
    )
    assert desk.draft()["audience"] == ALL
