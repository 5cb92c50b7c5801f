"""A review of an announcement is a request for approval: one inbox, one decision, wherever it is made."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from portico.domains.approvals.models import Approval
from tests.domains.announcements.desk import Desk, ok
from tests.domains.tickets.test_tickets_at_once import together
from tests.support.cast import Cast


@pytest.fixture
def category(desk: Desk) -> str:
    """Whose announcements the agent reviews, who writes none."""
    body = {"name": "Safety", "requires_review": True, "approver_ids": [desk.person("agent"), desk.person("admin")]}
    return str(ok(desk.api("admin").post("/announcement-categories", json=body))["id"])


@pytest.fixture
def draft(desk: Desk, category: str) -> dict[str, Any]:
    made = desk.draft(category_id=category)
    ok(desk.step(made, "submit"))
    return made


def waiting(desk: Desk, by: str = "agent") -> list[dict[str, Any]]:
    found = ok(desk.api(by).get("/approvals/inbox"))["data"]
    return [one for one in found if one["subject"]["type"] == "announcement"]


def decide(desk: Desk, how: str, by: str = "agent", **body: Any) -> Any:
    [request] = waiting(desk, by)
    return desk.api(by).post(f"/approvals/{request['id']}/{how}", json=body)


def test_it_waits_in_the_inbox_of_who_reviews_and_their_yes_approves_it(desk: Desk, draft: dict[str, Any]) -> None:
    [request] = waiting(desk)
    assert request["subject"]["id"] == draft["id"]
    assert request["requester_id"] == desk.person("announcer")
    assert draft["title"] not in str(request)
    ok(decide(desk, "approve", note="Fine"))
    after = desk.get(draft["id"])
    assert (after["status"], after["review_note"]) == ("approved", "Fine")
    assert after["reviewed_by"]["id"] == desk.person("agent")
    assert (waiting(desk), waiting(desk, "admin")) == ([], [])
    desk.publish(draft)
    assert desk.get(draft["id"])["status"] == "published"


def test_a_no_sends_it_back_and_it_can_be_handed_in_again(desk: Desk, draft: dict[str, Any]) -> None:
    ok(decide(desk, "reject", note="Which floor?"))
    after = desk.get(draft["id"])
    assert (after["status"], after["review_note"], after["reviewed_by"]) == ("draft", "Which floor?", None)
    ok(desk.step(draft, "submit"))
    assert len(waiting(desk)) == 1


def test_a_decision_about_the_announcement_is_the_same_decision(desk: Desk, draft: dict[str, Any]) -> None:
    [request] = waiting(desk)
    assert ok(desk.step(draft, "approve", "admin", json={"note": "Go"}))["status"] == "approved"
    stands = ok(desk.api("agent").get(f"/approvals/{request['id']}"))
    assert (stands["status"], stands["note"], stands["closed_by"]["id"]) == ("approved", "Go", desk.person("admin"))
    late = desk.api("agent").post(f"/approvals/{request['id']}/reject", json={"note": "No"})
    assert late.json["code"] == "approval_closed"


def test_what_changes_waits_no_more_and_what_is_taken_back_is_a_draft(desk: Desk, draft: dict[str, Any]) -> None:
    desk.change(draft, title="Else")
    assert (waiting(desk), desk.get(draft["id"])["status"]) == ([], "draft")
    ok(desk.step(draft, "submit"))
    ok(desk.put_audience(draft, desk.only("employee")))
    assert (waiting(desk), desk.get(draft["id"])["status"]) == ([], "draft")
    ok(desk.step(draft, "submit"))
    [request] = waiting(desk)
    ok(desk.api("announcer").post(f"/approvals/{request['id']}/withdraw"))
    assert (waiting(desk), desk.get(draft["id"])["status"]) == ([], "draft")


def test_nobody_decides_about_what_was_handed_over_to_them(desk: Desk, draft: dict[str, Any]) -> None:
    ok(desk.step(draft, "hand-over", json={"employee_id": desk.person("admin")}))
    assert decide(desk, "approve", "admin").json["code"] == "forbidden"
    assert len(waiting(desk)) == 1


def test_without_named_reviewers_admins_are_asked(desk: Desk) -> None:
    made = ok(desk.api("admin").post("/announcement-categories", json={"name": "Any", "requires_review": True}))
    draft = desk.draft(category_id=made["id"])
    ok(desk.step(draft, "submit"))
    assert (len(waiting(desk, "admin")), waiting(desk)) == (1, [])


def test_of_two_who_decide_at_once_in_two_places_one_decides(desk: Desk, cast: Cast, draft: dict[str, Any]) -> None:
    [request] = waiting(desk)
    here, there = desk.api("agent"), desk.api("admin")
    answers = together(
        lambda: here.post(f"/approvals/{request['id']}/approve", json={}).status_code,
        lambda: there.post(f"/announcements/{draft['id']}/reject", json={"reason": "No"}).status_code,
    )
    assert (min(answers), max(answers) in (403, 404, 409)) == (200, True)
    with cast.reading() as work:
        mine = select(Approval.status).where(Approval.workspace_id == cast.acme, Approval.id == request["id"])
        stands = work.scalar(mine)
    assert desk.get(draft["id"])["status"] == {"approved": "approved", "rejected": "draft"}[stands]


def test_a_change_and_a_yes_at_once_never_approve_what_was_not_read(desk: Desk, draft: dict[str, Any]) -> None:
    [request] = waiting(desk)
    here, there = desk.api("agent"), desk.api("announcer")
    version = desk.get(draft["id"])["version"]
    together(
        lambda: here.post(f"/approvals/{request['id']}/approve", json={}).status_code,
        lambda: (
            there.patch(
                f"/announcements/{draft['id']}", json={"title": "Else"}, headers={"If-Match": f'"{version}"'}
            ).status_code
        ),
    )
    after = desk.get(draft["id"])
    assert (after["status"], after["title"]) in (("approved", draft["title"]), ("draft", "Else"))
