"""Files on the pages of tickets, without scripts, and how they are served."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from typing import Any

from PIL import Image

from portico import settings as settings_module
from portico.domains.tickets import service
from portico.settings import Settings
from tests.support import pictures
from tests.support.cast import Cast
from tests.support.faces import Browser, Faces, words

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


def ticket_of(cast: Cast, who: str = "employee") -> str:
    with cast.writing():
        asked = {"subject": "The door", "requester": {"employee_id": cast.employee_id(who)}, "channel": "portal"}
        asked["comment"] = {"body": "Help", "visibility": "public"}
        return str(service.create_ticket(cast.actor(who), asked)["id"])


def send(browser: Browser, ticket_id: str, *files: tuple[bytes, str], **fields: Any) -> Any:
    given = {"files": [(BytesIO(content), name) for content, name in files], **fields}
    return browser.post(f"/tickets/{ticket_id}/comments", given)


def test_a_requester_attaches_files_and_an_agent_opens_them(faces: Faces, cast: Cast) -> None:
    ticket_id = ticket_of(cast)
    asker, agent = faces("employee"), faces("agent")
    assert 'enctype="multipart/form-data"' in asker.get(f"/tickets/{ticket_id}").text
    files = ((pictures.picture(), "door.jpg"), (b"<script>alert(1)</script>", "log.html"))
    page = asker.follow(send(asker, ticket_id, *files, body="See these"))
    assert "door.jpg" in words(page)
    seen = agent.get(f"/tickets/{ticket_id}").text
    picture, small = re.findall(r'"(/w/acme/attachments/att_\w+/(?:picture|small))"', seen)
    answer = agent.get(small)
    assert (answer.status_code, answer.mimetype, answer.headers["Content-Disposition"][:6]) == (
        200,
        "image/webp",
        "inline",
    )
    assert (answer.headers["Content-Security-Policy"], answer.headers["X-Content-Type-Options"]) == (SANDBOX, "nosniff")
    assert Image.open(BytesIO(agent.get(picture).data)).format == "JPEG"
    links = re.findall(r'href="(/w/acme/attachments/att_\w+)" download', seen)
    downloads = [agent.get(link) for link in links]
    assert [one.mimetype for one in downloads] == ["image/jpeg", "application/octet-stream"]
    for one in downloads:
        assert one.headers["Content-Disposition"].startswith("attachment;")
        assert one.headers["Content-Security-Policy"] == SANDBOX
    # What is no picture is never shown, and another's is not there.
    assert agent.get(f"{links[1]}/picture").status_code == 404
    assert [faces(who).get(links[0]).status_code for who in ("announcer", "outsider")] == [404, 404]
    assert faces("announcer").get(picture).status_code == 404


def test_a_refused_form_keeps_its_files_and_a_refused_file_holds_the_form(
    faces: Faces, cast: Cast, settings: Settings
) -> None:
    ticket_id = ticket_of(cast)
    asker = faces("employee")
    page = send(asker, ticket_id, (b"kept", "kept.txt"), (b"MZ", "tool.exe"), body="See")
    assert page.status_code == 422
    assert "tool.exe: Programs are not taken" in words(page)
    (kept,) = re.findall(r'name="attachment_ids" value="(att_\w+)" checked', page.text)
    page = send(asker, ticket_id, body="", attachment_ids=[kept])
    assert (page.status_code, kept in page.text) == (422, True)
    page = asker.follow(send(asker, ticket_id, body="Now", attachment_ids=[kept]))
    assert "kept.txt" in words(page)
    assert send(asker, ticket_id, body="Again", attachment_ids=[kept]).status_code == 422
    settings_module.configure(replace(settings, upload_bytes=1000))
    page = send(asker, ticket_id, (b"x" * 1001, "large.txt"), body="x")
    assert (page.status_code, "large.txt: The file is larger" in words(page)) == (422, True)


def test_an_agent_attaches_to_a_note_and_opens_a_ticket_with_a_file(faces: Faces, cast: Cast) -> None:
    ticket_id = ticket_of(cast)
    agent, asker = faces("agent"), faces("employee")
    last = re.findall(r'name="last"[^>]*value="(cmt_\w+)"', agent.get(f"/tickets/{ticket_id}").text)
    note = {"body": "For us", "visibility": "internal", "then": "", "last": last}
    agent.follow(send(agent, ticket_id, (b"secret", "note.txt"), **note))
    (link,) = re.findall(r'href="(/w/acme/attachments/att_\w+)" download', agent.get(f"/tickets/{ticket_id}").text)
    assert "note.txt" not in words(asker.get(f"/tickets/{ticket_id}"))
    assert asker.get(link).status_code == 404
    form = {"name": "Zoë", "subject": "Bill", "body": "Text", "visibility": "public", "priority": "normal"}
    made = agent.follow(agent.post("/tickets/new", {**form, "files": [(BytesIO(b"%PDF-1.7"), "bill.pdf")]}))
    assert "bill.pdf" in words(made)
    asked = {"subject": "Chair", "body": "Please", "files": [(BytesIO(b"text"), "chair.txt")]}
    assert "chair.txt" in words(asker.follow(asker.post("/tickets/new", asked)))


def test_the_script_sends_one_by_one(faces: Faces, cast: Cast) -> None:
    asker = faces("employee")
    made = asker.post("/attachments", {"file": (BytesIO(b"text"), "a.txt")})
    assert (made.status_code, made.json["name"], made.json["size"]) == (200, "a.txt", 4)
    refused = asker.post("/attachments", {"file": (BytesIO(b"MZ"), "a.exe")}, headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json["code"]) == (415, "file_type_refused")
    assert asker.post("/attachments", {"file": (BytesIO(b"x"), "a.txt")}, csrf=False).status_code == 400
