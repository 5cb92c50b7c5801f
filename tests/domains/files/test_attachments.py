"""Attachments over the API: what is taken, what comes out, who sees it, and what time does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from portico import settings as settings_module
from portico.domains.files import intake, owners, queries, service, sweeping
from portico.domains.files.intake import take_in
from portico.kernel import blobs, clock
from portico.kernel.actor import Actor
from portico.kernel.errors import Invalid, NotFound
from portico.kernel.unit_of_work import unit
from portico.settings import Settings
from portico_sdk._encoding import one_file
from tests.support import pictures
from tests.support.cast import Cast
from tests.support.http import Api

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def send(api: Api, content: bytes, name: str = "note.txt", who: str = "employee") -> TestResponse:
    return api(who).post("/attachments", data={"file": (BytesIO(content), name)})


def stored() -> set[str]:
    return {place for place, _ in blobs.store().places()}


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("page.html", b"  <!DOCTYPE html><script>alert(1)</script>", "text/html"),
        ("page.txt", b"hello\n<script>alert(1)</script>", "text/html"),
        ("logo.svg", SVG, "image/svg+xml"),
        ("feed.xml", b'<?xml version="1.0"?><a/>', "application/xml"),
        ("code.js", b"alert(1)", "text/plain"),
        ("raw", bytes(range(256)), "application/octet-stream"),
    ],
)
def test_E_T_17_what_a_browser_could_run_is_a_download(api: Api, name: str, content: bytes, kind: str) -> None:
    made = send(api, content, name)
    assert (made.status_code, made.json["type"], made.json["width"]) == (201, kind, None), made.json
    answer = api("employee").get(f"/attachments/{made.json['id']}/content")
    assert answer.data == content
    assert answer.mimetype in ("application/octet-stream", "text/plain")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'; frame-ancestors 'none'"
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_is_refused(api: Api, settings: Settings) -> None:
    for name, content, status, code in (
        ("tool.txt", b"MZ\x90\x00", 415, "file_type_refused"),
        ("tool.bat", b"echo", 415, "file_type_refused"),
        ("photo.png", SVG, 415, "file_type_mismatch"),
        ("photo.jpg", pictures.picture("PNG"), 415, "file_type_mismatch"),
        ("report.pdf", b"hello", 415, "file_type_mismatch"),
        ("photo.png", pictures.picture("PNG")[:60], 422, "image_unreadable"),
        ("photo.png", pictures.bomb(), 422, "image_unreadable"),
        ("empty.txt", b"", 422, "invalid"),
        (" ../..", b"hello", 422, "invalid"),
    ):
        answer = send(api, content, name)
        assert (answer.status_code, answer.json["code"]) == (status, code), (name, answer.json)
    agent = api("employee")
    assert agent.post("/attachments", json={}).status_code == 415
    two = {"file": [(BytesIO(b"a"), "a"), (BytesIO(b"b"), "b")], "x": "y"}
    answer = agent.post("/attachments", data=two)
    assert {error["pointer"] for error in answer.json["errors"]} == {"/file", "/x"}
    settings_module.configure(replace(settings, upload_bytes=1000))
    answer = send(api, b"x" * 1001)
    assert (answer.status_code, answer.json["code"], answer.json["limit_bytes"]) == (413, "file_too_large", 1000)
    assert send(api, b"x" * 1000).status_code == 201
    body, kind = one_file("note.txt", b"x" * 2_000_000)
    assert agent.post("/attachments", data=body, content_type=kind).json["code"] == "too_large"
    settings_module.configure(settings)
    assert len(stored()) == 1


def test_names_as_they_came(api: Api) -> None:
    for given, kept in (
        ("C:/temp/größe 报告.csv", "größe 报告.csv"),
        ("a/../b\u202egnp.txt", "bgnp.txt"),
        ("x" * 300, "x" * 200),
    ):
        made = send(api, b"a,b", given)
        assert made.json["name"] == kept
    first = send(api, b"a,b", "größe; 1%.csv").json
    disposition = api("employee").get(f"/attachments/{first['id']}/content").headers["Content-Disposition"]
    assert disposition == "attachment; filename=\"gr__e; 1_.csv\"; filename*=UTF-8''gr%C3%B6%C3%9Fe%3B%201%25.csv"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_pictures_are_drawn_anew_without_what_the_camera_wrote(api: Api, kind: str) -> None:
    content = pictures.picture(kind, rotated=kind == "JPEG")
    assert b"SecretCam" in content
    made = send(api, content + b"<script>", f"photo.{kind.lower()}").json
    answer = api("employee").get(f"/attachments/{made['id']}/content")
    assert (b"SecretCam" in answer.data, b"<script>" in answer.data) == (False, False)
    drawn = Image.open(BytesIO(answer.data))
    assert (drawn.format, dict(drawn.getexif())) == (kind, {})
    assert drawn.size == (made["width"], made["height"]) == ((40, 60) if kind == "JPEG" else (60, 40))
    red, *_ = drawn.convert("RGB").getpixel((20, 10))  # left before, above now that it stands upright
    assert red > 200


def test_what_moves_stays_as_it_is_and_is_no_picture_for_pages(api: Api, cast: Cast) -> None:
    moving = send(api, pictures.moving(), "party.gif").json
    still = send(api, pictures.picture("GIF"), "still.gif").json
    assert (moving["type"], moving["width"]) == ("image/gif", None)
    assert (still["type"], still["name"], still["width"]) == ("image/png", "still.png", 60)
    with cast.reading():
        assert queries.picture(cast.actor("employee"), still["id"], small=True).type == "image/webp"
        with pytest.raises(NotFound):
            queries.picture(cast.actor("employee"), moving["id"], small=True)


@pytest.fixture
def owned() -> None:
    """A kind of object that the agent reads, and nobody else."""
    owners.OWNERS["thing"] = lambda actor, ids: set(ids) if actor.role == "agent" else set()


def added(actor: Actor, content: bytes = b"hello", name: str = "note.txt") -> str:
    taken = take_in(actor.workspace_id, name, BytesIO(content))
    with unit(actor.workspace_id, write=True):
        return str(service.add_attachment(actor, taken)["id"])


@pytest.mark.both_databases
def test_E_T_18_only_its_uploader_attaches_it_and_once(api: Api, cast: Cast, owned: None) -> None:
    employee, outsider = cast.actor("employee"), cast.actor("outsider")
    mine, foreign, others = added(employee), added(outsider), added(cast.actor("admin"))
    for wrong in (foreign, others, mine.replace(mine[-6:], "000000")):
        with pytest.raises(Invalid) as refused, cast.writing():
            service.link(employee, "thing", "thg_1", [mine, wrong])
        assert [error.pointer for error in refused.value.errors] == ["/attachment_ids/1"]
    with cast.writing():
        (shown,) = service.link(employee, "thing", "thg_1", [mine, mine])
    assert shown["id"] == mine
    with pytest.raises(Invalid), cast.writing():
        service.link(employee, "thing", "thg_2", [mine])
    # From now on its owner decides, also over who uploaded it.
    assert api("agent").get(f"/attachments/{mine}").json["linked_to"] == {"kind": "thing", "id": "thg_1"}
    assert api("agent").get(f"/attachments/{mine}/content").data == b"hello"
    assert api("employee").get(f"/attachments/{mine}").status_code == 404
    assert api("agent").delete(f"/attachments/{mine}").json["code"] == "attachment_in_use"
    assert api("outsider").get(f"/attachments/{mine}/content").status_code == 404


@pytest.mark.both_databases
def test_of_two_who_attach_it_at_once_one_is_first(cast: Cast, owned: None) -> None:
    employee = cast.actor("employee")
    mine = added(employee)

    def attach(owner_id: str) -> bool:
        try:
            with unit(cast.acme, write=True):
                service.link(employee, "thing", owner_id, [mine])
        except Invalid:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attach, [f"thg_{n}" for n in range(4)])) == [False, False, False, True]


@pytest.mark.both_databases
def test_the_same_bytes_lie_once_in_a_workspace(cast: Cast, owned: None) -> None:
    employee, agent = cast.actor("employee"), cast.actor("agent")
    photo = pictures.picture()
    one, two = added(employee, photo, "a.jpg"), added(agent, photo, "b.jpg")
    assert len(stored()) == 2  # the picture and its small one
    added(cast.actor("outsider"), photo, "c.jpg")
    assert len(stored()) == 4
    with cast.writing():
        service.delete_attachment(employee, one)
    assert len(stored()) == 4
    with cast.writing():
        service.link(agent, "thing", "thg_1", [two])
    with cast.writing():
        assert service.remove_of(agent, "thing", ["thg_1"]) == 1
    assert len(stored()) == 2
    mine = added(agent, b"kept")
    with cast.writing() as work:  # undone to a savepoint: what was committed decides
        undone = work.begin_nested()
        service.delete_attachment(agent, mine)
        undone.rollback()
    assert len(stored()) == 3
    with cast.writing():
        service.delete_attachment(agent, mine)
    with pytest.raises(RuntimeError), unit(cast.acme, write=True):
        service.add_attachment(agent, take_in(cast.acme, "a.txt", BytesIO(b"never")))
        raise RuntimeError
    assert len(stored()) == 3  # an orphan until it is swept


@pytest.mark.both_databases
def test_what_nobody_attaches_ends_and_bytes_without_a_row_are_swept(cast: Cast, owned: None, held_clock: None) -> None:
    employee = cast.actor("employee")
    kept, left = added(employee, b"kept"), added(employee, b"left")
    blobs.store().put(cast.acme, BytesIO(b"orphan"))
    with cast.writing():
        service.link(employee, "thing", "thg_1", [kept])
    clock.advance(timedelta(hours=23))
    assert (sweeping.sweep(), sweeping.sweep_orphans(), len(stored())) == (0, 0, 3)
    clock.advance(timedelta(hours=2))
    with pytest.raises(Invalid), cast.writing():
        service.link(employee, "thing", "thg_1", [left])
    assert (sweeping.sweep(), len(stored())) == (1, 2)
    assert (sweeping.sweep(), sweeping.sweep_orphans(), len(stored())) == (0, 1, 1)
    with cast.reading():
        assert b"".join(blobs.store().read(queries.content(cast.actor("agent"), kept).place)) == b"kept"


def test_uploads_that_wait_are_bounded(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_UNLINKED", 2)
    employee = cast.actor("employee")
    added(employee)
    first = added(employee)
    with pytest.raises(service.TooManyUnlinked):
        added(employee)
    added(cast.actor("agent"))
    with cast.writing():
        service.delete_attachment(employee, first)
    added(employee)


def test_a_picture_of_a_phone_loses_where_it_was_taken(api: Api) -> None:
    given = pictures.of_a_phone()
    assert b"SecretCam" in given
    made = send(api, given, "photo.jpg").json
    assert (made["type"], made["width"], made["height"]) == ("image/jpeg", 60, 40)
    shown = api("employee").get(f"/attachments/{made['id']}/content").data
    assert b"SecretCam" not in shown
    assert getattr(Image.open(BytesIO(shown)), "n_frames", 1) == 1


def test_slow_pictures_do_not_take_the_server(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "_PATIENCE", 0.01)
    with intake._a_drawer(), intake._a_drawer():
        refused = send(api, pictures.picture(), "photo.jpg")
        assert (refused.status_code, refused.json["code"]) == (503, "unavailable")
        assert refused.headers["Retry-After"] == "10"
        assert send(api, b"text").status_code == 201
    assert send(api, pictures.picture(), "photo.jpg").status_code == 201
