"""Tickets on pages: the agents' side, and that of those who asked."""

from __future__ import annotations

import re

import pytest

from portico.domains.contacts import queries as contact_queries
from portico.domains.tickets import queries
from portico.kernel.listing import ListQuery
from tests.portal.records import comment, contact, own_ticket, ticket
from tests.support.faces import words

SECRET = "the margin is forty percent"


@pytest.fixture
def made(cast):
    return ticket(cast, contact(cast)["id"])


def read(cast, ticket_id):
    with cast.reading():
        return queries.ticket(cast.actor("agent"), ticket_id)


def last(page):
    """The hidden field that names the newest comment of the page."""
    return re.search(r'name="last"[^>]*value="(\w*)"', page.text)[1]


def test_an_agent_takes_answers_and_solves(faces, cast, made):
    browser = faces("agent")
    assert "Take it" in words(browser.get(f"/tickets/{made['id']}"))
    page = browser.follow(browser.post(f"/tickets/{made['id']}/take"))
    assert "Agent took the ticket" in words(page)
    given = {"body": "We send it back.", "visibility": "public", "then": "solved", "last": last(page)}
    page = browser.follow(browser.post(f"/tickets/{made['id']}/comments", given))
    assert "We send it back." in words(page)
    assert "Agent set the status to Solved" in words(page)
    assert read(cast, made["id"])["status"] == "solved"


def test_of_two_who_take_one_is_told(faces, cast, made):
    faces("agent").post(f"/tickets/{made['id']}/take")
    browser = faces("support_admin")
    page = browser.follow(browser.post(f"/tickets/{made['id']}/take"))
    assert "Somebody else has taken this ticket." in words(page)
    assert read(cast, made["id"])["assignee_id"] == cast.employee_id("agent")


def test_a_reply_past_an_unread_one_is_held_back_with_its_text(faces, cast, made):
    browser = faces("agent")
    seen = last(browser.get(f"/tickets/{made['id']}"))
    comment(cast, made["id"], "I answered already.", by="support_admin")
    given = {"body": "A second answer", "visibility": "public", "last": seen}
    answer = browser.post(f"/tickets/{made['id']}/comments", given)
    assert answer.status_code == 409
    assert "Somebody has written meanwhile" in words(answer)
    assert "I answered already." in words(answer)
    assert ">A second answer</textarea>" in answer.text
    assert browser.post(f"/tickets/{made['id']}/comments", {**given, "last": last(answer)}).status_code == 302


def test_a_step_that_is_not_allowed_undoes_the_reply(faces, cast, made):
    browser = faces("agent")
    page = browser.get(f"/tickets/{made['id']}")
    given = {"body": "Closed at once", "visibility": "public", "then": "closed", "last": last(page)}
    answer = browser.post(f"/tickets/{made['id']}/comments", given)
    assert answer.status_code == 409
    assert ">Closed at once</textarea>" in answer.text
    with cast.reading():
        rows = queries.page_of_comments(cast.actor("agent"), made["id"], ListQuery()).rows
    assert [row.body for row in rows] == ["Please help."]


def test_properties_change_together_and_an_old_page_is_refused(faces, cast, made):
    browser = faces("agent")
    given = {"status": "pending", "priority": "urgent", "tags": "refund", "version": str(made["version"])}
    given["assignee_id"] = cast.employee_id("agent")
    assert browser.post(f"/tickets/{made['id']}/change", given).status_code == 302
    now = read(cast, made["id"])
    assert (now["status"], now["priority"], now["tags"]) == ("pending", "urgent", ["refund"])
    stale = browser.post(f"/tickets/{made['id']}/change", {**given, "priority": "low"})
    assert stale.status_code == 412
    assert read(cast, made["id"])["priority"] == "urgent"


def test_the_views_divide_the_work(faces, cast, made):
    other = ticket(cast, contact(cast, "Otto", None)["id"], "Slow delivery", assignee_id=cast.employee_id("agent"))
    browser = faces("agent")
    browser.post(f"/tickets/{made['id']}/change", {"status": "solved", "priority": "normal"})
    shown = {
        view: words(browser.get(f"/tickets?view={view}")) for view in ("open", "mine", "unassigned", "solved", "all")
    }
    assert {view for view, text in shown.items() if other["subject"] in text} == {"open", "mine", "all"}
    assert {view for view, text in shown.items() if made["subject"] in text} == {"solved", "all"}
    assert "Slow delivery" in words(browser.get("/tickets?q=otto"))
    assert "No ticket fits" in words(browser.get("/tickets?status=pending"))


def test_beside_the_conversation_stands_who_asks_and_what_they_asked_before(faces, cast, made):
    earlier = ticket(cast, made["requester"]["contact_id"], "An older question")
    text = words(faces("agent").get(f"/tickets/{made['id']}"))
    assert "maya@lindqvist.example" in text
    assert earlier["subject"] in text


def test_a_new_ticket_brings_its_new_contact_or_neither(faces, cast):
    browser = faces("agent")
    person = {"name": "Nina", "email": "nina@example.com", "phone": ""}
    about = {"subject": "Hello", "body": "Please call.", "visibility": "public", "priority": "high"}
    refused = browser.post("/tickets/new", {**person, **about, "subject": ""})
    assert refused.status_code == 422
    assert 'value="nina@example.com"' in refused.text
    with cast.reading():
        assert contact_queries.page_of_contacts(cast.actor("agent"), ListQuery()).rows == []
    page = browser.follow(browser.post("/tickets/new", {**person, **about}))
    assert "Please call." in words(page)
    assert "nina@example.com" in words(page)
    again = browser.post("/tickets/new", {**person, **about})
    assert again.status_code == 409
    assert "Use Nina" in words(again)


def test_a_new_ticket_finds_the_contact_first(faces, cast):
    person = contact(cast)
    browser = faces("agent")
    found = browser.get("/tickets/new?contact_q=may")
    assert f"contact={person['id']}" in found.text
    about = {"contact_id": person["id"], "subject": "Hi", "body": "A note", "visibility": "internal", "priority": "low"}
    page = browser.follow(browser.post("/tickets/new", about))
    assert "Internal note" in words(page)
    foreign = browser.post("/tickets/new", {**about, "contact_id": "con_00000000000000000000000000"})
    assert foreign.status_code == 422


def test_e_t_06_an_employee_sees_their_own_side_alone(faces, cast, made):
    own = own_ticket(cast)
    comment(cast, own["id"], SECRET, "internal")
    comment(cast, own["id"], "Somebody comes by.")
    employee, page = faces("employee"), None
    assert "Black screen" in words(employee.get("/tickets"))
    assert made["subject"] not in words(employee.get("/tickets"))
    page = employee.get(f"/tickets/{own['id']}")
    assert "Somebody comes by." in words(page)
    assert SECRET not in page.text
    assert "Assignee" not in words(page)
    assert SECRET not in employee.get("/").text
    assert SECRET in faces("agent").get(f"/tickets/{own['id']}").text
    assert employee.get(f"/tickets/{made['id']}").status_code == 404
    assert faces("developer").get(f"/tickets/{own['id']}").status_code == 404


def test_an_employee_asks_and_replies_in_public_only(faces, cast):
    employee = faces("employee")
    wrong = employee.post("/tickets/new", {"subject": "", "body": "I <b>need</b> a chair"})
    assert wrong.status_code == 422
    assert "I &lt;b&gt;need&lt;/b&gt; a chair" in wrong.text
    assert employee.post("/tickets/new", {"subject": "A chair", "body": " \n "}).status_code == 422
    page = employee.follow(employee.post("/tickets/new", {"subject": "A chair", "body": "The old one broke."}))
    assert "We have it." in words(page)
    ticket_id = re.search(r"/tickets/(tkt_\w+)/comments", page.text)[1]
    employee.post(
        f"/tickets/{ticket_id}/comments", {"body": "It is urgent.", "visibility": "internal", "then": "solved"}
    )
    with cast.reading():
        rows = queries.page_of_comments(cast.actor("agent"), ticket_id, ListQuery()).rows
    assert [row.visibility for row in rows] == ["public", "public"]
    assert read(cast, ticket_id)["status"] == "new"


def test_a_reply_to_a_solved_request_opens_it_again(faces, cast):
    own = own_ticket(cast)
    faces("agent").post(f"/tickets/{own['id']}/change", {"status": "solved", "priority": "normal"})
    employee = faces("employee")
    assert "This is solved" in words(employee.get(f"/tickets/{own['id']}"))
    employee.post(f"/tickets/{own['id']}/comments", {"body": "Still black."})
    assert read(cast, own["id"])["status"] == "open"


def test_who_asked_solves_opens_again_and_goes_on_after_the_end(faces, cast):
    own, employee = own_ticket(cast), faces("employee")
    employee.post(f"/tickets/{own['id']}/solve")
    assert read(cast, own["id"])["status"] == "solved"
    employee.post(f"/tickets/{own['id']}/reopen")
    assert read(cast, own["id"])["status"] == "open"
    for status in ("solved", "closed"):
        faces("agent").post(f"/tickets/{own['id']}/change", {"status": status, "priority": "normal"})
    page = employee.follow(employee.post(f"/tickets/{own['id']}/comments", {"body": "Black again."}))
    assert "That was over, so this goes on here." in words(page)
    assert "This goes on from an earlier request" in words(page)


def test_a_hold_has_its_reason(faces, cast, made):
    agent = faces("agent")
    given = {"status": "on_hold", "priority": "normal", "tags": ""}
    assert agent.post(f"/tickets/{made['id']}/change", given).status_code == 422
    agent.post(f"/tickets/{made['id']}/change", {**given, "hold_reason": "the factory"})
    assert "It waits: the factory" in words(agent.get(f"/tickets/{made['id']}"))


def test_the_text_of_a_stranger_is_only_text(faces, cast):
    hostile = "</textarea><script>alert(1)</script>{{7*7}}"
    made = ticket(cast, contact(cast)["id"], hostile, comment={"body": f"{hostile}\n\nline two"})
    for path in ("/", "/tickets", f"/tickets/{made['id']}", f"/contacts/{made['requester']['contact_id']}"):
        answer = faces("agent").get(path)
        assert "<script>alert" not in answer.text, path
        assert "{{7*7}}" in answer.text, path


def test_a_long_conversation_is_read_backwards(faces, cast, made):
    for place in range(103):
        comment(cast, made["id"], f"message {place:03}")
    browser = faces("agent")
    page = browser.get(f"/tickets/{made['id']}")
    assert "message 102" in words(page)
    assert "message 001" not in words(page)
    before = re.search(r'href="([^"]+before=[^"]+)"', page.text)[1].replace("&amp;", "&")
    assert "message 001" in words(browser.get(before))


def test_a_macro_is_made_looked_at_and_used(faces, cast, made):
    agent = faces("agent")
    assert "No macros yet" in words(agent.get("/ticket-macros"))
    wrong = agent.post("/ticket-macros/new", {"name": "Ask", "body": "{{ticket.owner}}", "visibility": "public"})
    assert wrong.status_code == 422
    given = {"name": "Ask", "body": "About #{{ticket.number}}: which one?", "visibility": "public", "status": "pending"}
    agent.post("/ticket-macros/new", given)
    page = agent.get("/ticket-macros")
    macro_id = re.search(r"/ticket-macros/(mac_\w+)", page.text)[1]
    page = agent.get(f"/tickets/{made['id']}?macro={macro_id}")
    assert "About #1: which one?" in words(page)
    assert "It changes: Status" in words(page)
    page = agent.follow(agent.post(f"/tickets/{made['id']}/macro", {"macro_id": macro_id, "last": last(page)}))
    assert "Done, as the macro says." in words(page)
    assert read(cast, made["id"])["status"] == "pending"
    assert faces("support_admin").get(f"/ticket-macros/{macro_id}").status_code == 404
    agent.post(f"/ticket-macros/{macro_id}/delete")
    assert "No macros yet" in words(agent.get("/ticket-macros"))
    assert faces("employee").get("/ticket-macros").status_code == 403


def test_beside_a_ticket_stand_its_links_its_sleep_and_who_follows(faces, cast, made):
    other, agent = own_ticket(cast), faces("agent")
    path = f"/tickets/{made['id']}"
    agent.post(f"{path}/links", {"kind": "blocks", "number": f"#{other['number']}"})
    assert f"Blocks #{other['number']}" in words(agent.get(path))
    assert "Blocked by #1" in words(agent.get(f"/tickets/{other['id']}"))
    assert "There is no ticket of this number." in words(agent.follow(agent.post(f"{path}/links", {"kind": "blocks"})))
    agent.post(f"{path}/snooze", {"hours": "24"})
    assert "Snoozed until" in words(agent.get(path))
    shown = {view: made["subject"] in words(agent.get(f"/tickets?view={view}")) for view in ("open", "snoozed")}
    assert shown == {"open": False, "snoozed": True}
    agent.post(f"{path}/snooze")
    agent.post(f"{path}/follow")
    assert "1 person follows" in words(agent.get(path))


def test_a_text_is_taken_out_for_good(faces, cast, made):
    said = comment(cast, made["id"], "My card is 4111.")
    faces("agent").post(f"/tickets/{made['id']}/redact", {"comment_id": said["id"]})
    assert "4111" in faces("agent").get(f"/tickets/{made['id']}").text
    faces("support_admin").post(f"/tickets/{made['id']}/redact", {"comment_id": said["id"]})
    page = faces("agent").get(f"/tickets/{made['id']}")
    assert "4111" not in page.text
    assert "The text was redacted." in words(page)


def test_what_lies_in_the_trash_is_found_and_brought_back(faces, cast):
    browser = faces("support_admin")
    made = ticket(cast, contact(cast)["id"])
    assert "The trash is empty" in words(browser.get("/tickets/trash"))
    browser.post(f"/tickets/{made['id']}/trash", {})
    assert "/tickets/trash" in browser.get("/tickets").text
    assert "/tickets/trash" not in faces("agent").get("/tickets").text
    assert faces("agent").get("/tickets/trash").status_code == 403
    page = browser.get("/tickets/trash")
    assert f"#{made['number']} {made['subject']}" in words(page)
    assert "gone for good" not in words(page), "nothing purges them"
    browser.post(f"/tickets/{made['id']}/restore", {})
    assert "The trash is empty" in words(browser.get("/tickets/trash"))
