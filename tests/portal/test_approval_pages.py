"""Approvals on pages: what waits, what one asked for, and who stands in."""

from __future__ import annotations

import re
from datetime import date

import pytest

from tests.domains.approvals.asking import ask, decide, inbox, named, read
from tests.support.cast import Cast
from tests.support.faces import Faces, words
from tests.support.http import Api


def test_what_waits_is_decided_from_the_list(faces: Faces, cast: Cast) -> None:
    first = ask(cast, title="Absence", details={"From": date(2026, 12, 1), "Note": "Sea <b>air</b>"})
    second = ask(cast, title="Overtime")
    page = faces("hr_admin")
    text = words(page.get("/approvals"))
    assert "Employee" in text
    assert "From Tuesday, December 1, 2026" in text
    assert "Sea <b>air</b>" in text
    assert "2 requests wait for your approval" in words(page.get("/"))
    answer = page.post(f"/approvals/{first['id']}/decide", {"decision": "reject", "note": "Not now", "back": "inbox"})
    assert "Rejected, and told so." in words(page.follow(answer))
    assert read(cast, first)["note"] == "Not now"
    answer = page.post(f"/approvals/{second['id']}/decide", {"decision": "approve"})
    assert "Approved by Hr Admin" in words(page.follow(answer))
    assert "Nothing waits for you" in words(page.get("/approvals"))
    assert "Not now" in words(faces("employee").get(f"/approvals/{first['id']}"))
    decided = words(page.get("/approvals/decided"))
    assert "Absence Employee · Tuesday, December 1, 2026 · Sea <b>air</b> · Rejected by Hr Admin" in decided


def test_several_are_approved_at_once_and_one_that_cannot_be_holds_none_back(faces: Faces, cast: Cast) -> None:
    page = faces("hr_admin")
    ticked = [ask(cast)["id"] for _ in range(3)]
    with_others = ask(cast, named(cast, "agent"))
    text = words(page.follow(page.post("/approvals/bulk", {"id": [*ticked[:2], with_others["id"], "apv_x"]})))
    assert "2 requests approved." in text
    assert inbox(cast, "hr_admin") == ticked[2:]
    assert "Tick what you want" in words(page.follow(page.post("/approvals/bulk")))


def test_who_asked_sees_where_it_stands_and_takes_it_back(faces: Faces, cast: Cast) -> None:
    approval = ask(cast, named(cast, "agent"), named(cast, "hr_admin", "owner"))
    page = faces("employee")
    assert "Step 1 of 2 waits for Agent" in words(page.get("/approvals/mine"))
    answer = page.post(f"/approvals/{approval['id']}/comment", {"body": "It is urgent"})
    assert "It is urgent" in words(page.follow(answer))
    decide(cast, approval, "agent")
    assert "Step 2 of 2 waits for Hr Admin, Owner" in words(page.get("/approvals/mine"))
    assert "Withdrawn" in words(page.follow(page.post(f"/approvals/{approval['id']}/withdraw")))
    answer = page.post(f"/approvals/{approval['id']}/decide", {"decision": "approve"})
    assert answer.status_code == 403


def test_an_announcement_is_read_where_it_is_reviewed(faces: Faces, cast: Cast, api: Api) -> None:
    category = {"name": "Safety", "requires_review": True, "approver_ids": [cast.employee_id("agent")]}
    made = api("admin").post("/announcement-categories", json=category).json
    body = {"title": "The canteen moves", "body": "To the **second** floor.", "category_id": made["id"]}
    draft = api("announcer").post("/announcements", json=body).json
    api("announcer").post(f"/announcements/{draft['id']}/submit")
    page = faces("agent")
    listed = page.get("/approvals")
    assert "Title The canteen moves" in words(listed)
    assert "Category Safety" in words(listed)
    found = re.search(r"apv_\w+", listed.text)
    assert found is not None
    assert "To the <strong>second</strong> floor." in page.get(f"/approvals/{found[0]}").text
    assert "Approved by Agent" in words(
        page.follow(page.post(f"/approvals/{found[0]}/decide", {"decision": "approve"}))
    )
    assert "<strong>second" not in page.get(f"/approvals/{found[0]}").text
    assert "The canteen moves" in words(faces("announcer").get("/approvals/mine"))
    assert api("announcer").get(f"/announcements/{draft['id']}").json["status"] == "approved"


def test_others_see_nothing(faces: Faces, cast: Cast) -> None:
    approval = ask(cast)
    assert faces("agent").get(f"/approvals/{approval['id']}").status_code == 404
    assert faces("outsider").get(f"/approvals/{approval['id']}").status_code == 404


def test_somebody_else_decides_for_some_days(faces: Faces, cast: Cast) -> None:
    page = faces("hr_admin")
    assert "Search for a colleague first" in words(page.get("/approvals/delegations"))
    assert "Agent" in words(page.get("/approvals/delegations?q=age"))
    form = {"delegate_id": cast.employee_id("agent"), "from_on": "2000-01-01", "until_on": "2000-01-02"}
    assert "That is over already." in words(page.post("/approvals/delegations?q=age", form))
    made = page.post("/approvals/delegations?q=age", {**form, "from_on": "2026-11-01", "until_on": "2027-10-01"})
    assert "Agent Now" in words(page.follow(made))
    approval = ask(cast)
    assert inbox(cast, "agent") == [approval["id"]]
    delegation = page.get("/approvals/delegations").text.split("/approvals/delegations/")[1].split("/")[0]
    assert "Ended." in words(page.follow(page.post(f"/approvals/delegations/{delegation}/end")))
    assert inbox(cast, "agent") == []


@pytest.mark.parametrize("path", ["/approvals", "/approvals/mine", "/approvals/decided", "/approvals/delegations"])
def test_empty_pages_say_so(faces: Faces, path: str) -> None:
    assert faces("employee").get(path).status_code == 200
