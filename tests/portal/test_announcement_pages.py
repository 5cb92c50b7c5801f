"""Announcements as their readers see them, without scripts."""

from __future__ import annotations

import pytest

from tests.domains.announcements.desk import Desk
from tests.support.faces import Faces, words
from tests.support.http import Api


@pytest.fixture
def desk(api: Api) -> Desk:
    return Desk(api)


def test_read_then_acknowledge_then_all_is_done(faces: Faces, desk: Desk) -> None:
    made = desk.published(requires_ack=True, ack_text="I know where it is", summary="Soon")
    employee = faces("employee")
    assert "Announced to you The canteen moves" in words(employee.get("/")).replace(" All announcements", "")
    page = employee.get("/announcements")
    assert "Waiting for you 1" in words(page)
    assert "Please acknowledge" in words(page)
    page = employee.get(f"/announcements/{made['id']}")
    assert "The author sees that you read this, and when." in words(page)
    assert "I know where it is" in words(page)
    # To open it is not to have read it: that is told by the script after a second, or by a button.
    assert desk.states(made, "employee") == ["unread"]
    assert employee.post(f"/announcements/{made['id']}/read").status_code == 303
    assert desk.states(made, "employee") == ["read"]
    page = employee.follow(employee.post(f"/announcements/{made['id']}/ack", {"revision": "1"}))
    assert "You have acknowledged this" in words(page)
    assert "All caught up" in words(employee.get("/announcements?view=pending"))
    assert "Announced to you" not in words(employee.get("/"))
    assert faces("agent").get("/announcements?view=nonsense").status_code == 404


def test_an_acknowledgement_of_an_older_text_is_refused_and_said(faces: Faces, desk: Desk) -> None:
    made = desk.published(requires_ack=True)
    employee = faces("employee")
    employee.get(f"/announcements/{made['id']}")
    desk.change(made, body="Third floor.", material=True)
    page = employee.follow(employee.post(f"/announcements/{made['id']}/ack", {"revision": "1"}))
    assert "The text has changed since" in words(page)
    assert desk.states(made, "employee") != ["acknowledged"]


def test_comments_are_made_and_taken_back_by_their_author_alone(faces: Faces, desk: Desk) -> None:
    made = desk.published(comments_enabled=True)
    employee, path = faces("employee"), f"/announcements/{made['id']}"
    assert employee.post(f"{path}/comments", {"body": " "}).status_code == 422
    page = employee.follow(employee.post(f"{path}/comments", {"body": "<b>Why</b> there?"}))
    assert "<b>Why</b> there?" in words(page)
    assert "Take back" in words(page)
    other = faces("agent").get(path)
    assert "<b>Why</b> there?" in words(other)
    assert "Take back" not in words(other)


def test_markdown_is_drawn_and_html_is_not(faces: Faces, desk: Desk) -> None:
    body = "# Big\n\n**bold** <script>alert(1)</script> [x](javascript:alert(1))"
    made = desk.published(body=body)
    page = faces("employee").get(f"/announcements/{made['id']}")
    assert "<strong>bold</strong>" in page.text
    assert "<script>alert" not in page.text
    assert 'href="javascript' not in page.text


def test_a_withdrawn_one_says_so_and_shows_nothing(faces: Faces, desk: Desk) -> None:
    made = desk.published()
    desk.step(made, "withdraw", json={"reason": "Wrong floor"})
    page = faces("employee").get(f"/announcements/{made['id']}")
    assert page.status_code == 410
    assert "This announcement was withdrawn" in words(page)
    assert "Second floor" not in words(page)
    assert "Wrong floor" not in words(page)
    assert faces("outsider").get(f"/announcements/{made['id']}").status_code == 404
