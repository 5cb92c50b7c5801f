"""A developer's app from the pasted manifest to its credentials, versions and addresses."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace

import pytest

from portico.domains.catalogue import service
from portico.kernel.events import EVENT_TYPES
from tests.support import apps
from tests.support.faces import words

TOML = """
schema = 1
[app]
key = "watcher"
name = "Watcher"
summary = "Watches"
[runtime]
base_url = "http://localhost:9000"
[access]
scopes = [{ name = "directory:read", reason = "to know who is here" }]
[events]
url = "/events"
types = ["department.*"]
"""
CLIENT = re.compile(r"pcs_[A-Za-z0-9_-]{20,}")
SIGNING = re.compile(r"whsec_[A-Za-z0-9+/=]{20,}")
APP = re.compile(r"/w/acme/console/apps/(app_\w+)/install")


def register(browser, source=TOML, **values):
    return browser.post("/console/apps/new", {"source": source, **values}, content_type="multipart/form-data")


@pytest.fixture
def app_id(cast):
    return apps.register(cast)["id"]


@pytest.mark.parametrize("path", ["/console/", "/console/apps/new", "/console/deliveries", "/console/events"])
def test_the_console_is_for_developers(faces, path):
    for role in ("developer", "admin", "owner"):
        assert faces(role).get(path).status_code == 200, role
    for role in ("employee", "agent", "app_manager", "hr_admin"):
        assert faces(role).get(path).status_code == 403, role
    assert faces(None).get(path).status_code == 302
    assert faces("outsider", slug="acme").get(path).status_code == 404


def test_an_app_of_somebody_else_is_not_there(faces, app_id):
    admin = faces("admin")
    for path in ("", "/credentials", "/versions", "/versions/new", "/deliveries", "/install"):
        assert admin.get(f"/console/apps/{app_id}{path}").status_code == 404, path
    for path in ("/secrets", "/signing-secret", "/visibility", "/base-url", "/uninstall"):
        assert admin.post(f"/console/apps/{app_id}{path}", {"visibility": "public"}).status_code in (303, 404), path
    assert "Private" in words(faces("developer").get(f"/console/apps/{app_id}"))


def test_toml_and_json_register_and_the_secrets_are_shown_once(faces):
    developer = faces("developer")
    made = register(developer)
    client, signing = CLIENT.search(made.text)[0], SIGNING.search(made.text)[0]
    assert made.headers["Cache-Control"] == "no-store"
    page = f"/console/apps/{APP.search(made.text)[1]}"
    for path in ("/console/", page, f"{page}/credentials", f"{page}/versions", f"{page}/install"):
        text = developer.get(path).text
        assert client not in text
        assert signing not in text
    assert client[-4:] in developer.get(f"{page}/credentials").text
    as_json = register(developer, json.dumps(apps.manifest("other")))
    assert CLIENT.search(as_json.text)


def test_the_templates_that_are_offered_are_good(faces):
    developer = faces("developer")
    for name in ("people", "tickets", "nonsense"):
        form = developer.get(f"/console/apps/new?template={name}").text
        source = re.search(r"<textarea[^>]*>(.*?)</textarea>", form, re.DOTALL)[1]
        for entity, character in (("&#34;", '"'), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
            source = source.replace(entity, character)
        answer = register(developer, source.replace('key = "', f'key = "{name[0]}-'))
        assert CLIENT.search(answer.text), words(answer)


def test_findings_stand_at_their_lines_and_the_input_stays(faces):
    wrong = TOML.replace("directory:read", "directory:reed").replace('summary = "Watches"', "")
    answer = register(faces("developer"), wrong)
    said = words(answer)
    assert answer.status_code == 422
    assert "2 things to mend" in said
    assert "/access/scopes/0/name" in said
    assert "line 10" in said
    assert "Did you mean directory:read?" in said
    assert "directory:reed" in answer.text


@pytest.mark.parametrize("source", ["schema = ", "{", "[]", '{"a": 1}', "\x00", "x" * 300_000, "{" * 5_000])
def test_what_cannot_be_read_is_said(faces, source):
    assert register(faces("developer"), source).status_code in (413, 422)


def test_a_key_that_is_taken_is_told_and_the_input_stays(faces, app_id):
    answer = register(faces("developer"), json.dumps(apps.manifest()))
    assert answer.status_code == 409
    assert "Another app has the key" in words(answer)
    assert "&#34;helper&#34;" in answer.text


def test_files_that_the_manifest_names_are_put_in(faces):
    source = TOML.replace('summary = "Watches"', 'summary = "Watches"\ndescription = "README.md"\nicon = "icon.png"')
    developer = faces("developer")
    missing = register(developer, source)
    assert missing.status_code == 422
    assert "names the file README.md" in words(missing)
    made = register(
        developer,
        source,
        description=(io.BytesIO(b"# Watcher\n\nWatches *well*."), "README.md"),
        icon=(io.BytesIO(b"\x89PNG\r\n"), "icon.png"),
    )
    assert CLIENT.search(made.text), words(made)
    page = faces("admin").get("/admin/catalogue/watcher").text
    assert "Watches <em>well</em>." in page
    assert 'src="/icons/ver_' in page


def test_hostile_names_stay_text(faces):
    name = '<script>alert("x")</script>'
    made = register(faces("developer"), TOML.replace('"Watcher"', json.dumps(name)))
    assert name not in made.text
    assert name in words(made)


def test_two_secrets_for_a_change_without_a_gap(faces, app_id):
    developer, page = faces("developer"), f"/console/apps/{app_id}"
    second = developer.post(f"{page}/secrets")
    assert CLIENT.search(second.text)
    third = developer.follow(developer.post(f"{page}/secrets"))
    assert "Two client secrets are active" in words(third)
    ends = re.findall(r"/secrets/(sec_\w+)/end", third.text)
    assert len(ends) == 2
    after = developer.follow(developer.post(f"{page}/secrets/{ends[-1]}/end"))
    assert len(re.findall(r"/secrets/(sec_\w+)/end", after.text)) == 1
    rotated = developer.post(f"{page}/signing-secret")
    assert SIGNING.search(rotated.text)
    assert "Signs along until:" in words(developer.get(f"{page}/credentials"))


def test_where_it_runs_can_be_overridden_in_development(faces, app_id):
    developer, page = faces("developer"), f"/console/apps/{app_id}"
    assert "http://localhost:7777" in words(
        developer.follow(developer.post(f"{page}/base-url", {"base_url": "http://localhost:7777"}))
    )
    for wrong in ("http://evil.example", "javascript:alert(1)", "http://localhost:1/path", "localhost"):
        answer = developer.post(f"{page}/base-url", {"base_url": wrong})
        assert answer.status_code == 422, wrong
        assert wrong in answer.text
    assert "7777" not in words(developer.follow(developer.post(f"{page}/base-url", {"base_url": ""})))


def test_visibility_is_a_choice_of_three(faces, app_id):
    developer, page = faces("developer"), f"/console/apps/{app_id}"
    assert "Public" in words(developer.follow(developer.post(f"{page}/visibility", {"visibility": "public"})))
    developer.post(f"{page}/visibility", {"visibility": "nonsense"})
    assert 'value="public" checked' in developer.get(page).text


def new_version(browser, app_id, content, step):
    values = {"source": json.dumps(content), "step": step}
    return browser.post(f"/console/apps/{app_id}/versions/new", values, content_type="multipart/form-data")


def test_a_new_version_is_compared_before_it_is_released(faces, cast, app_id):
    apps.install(cast)
    developer = faces("developer")
    content = apps.asking("directory:read", "contacts:read")
    plan = new_version(developer, app_id, content, "compare")
    said = words(plan)
    assert "contacts:read" in said
    assert "1 would have to consent" in said
    assert "Version 2" not in words(developer.get(f"/console/apps/{app_id}/versions"))
    released = developer.follow(new_version(developer, app_id, content, "release"))
    assert "Version 2 runs." in words(released)
    version = re.search(r"/versions/(ver_\w+)", released.text)[1]
    assert "contacts:read" in developer.get(f"/console/apps/{app_id}/versions/{version}").text


def test_the_key_of_a_version_cannot_change(faces, app_id):
    for step in ("compare", "release"):
        answer = new_version(faces("developer"), app_id, apps.manifest("another"), step)
        assert answer.status_code == 422
        assert "The key of an app cannot change" in words(answer)


def test_event_types_are_found_with_their_examples(faces):
    developer = faces("developer")
    page = developer.get("/console/events?q=ticket.created")
    assert "ticket.created" in words(page)
    assert "employee.departed" not in words(page)
    assert "No event is like this" in words(developer.get("/console/events?q=%3Cscript%3E"))


def test_event_types_that_come_in_batches_say_so(faces, monkeypatch):
    often = replace(EVENT_TYPES["ticket.created"], batched=True)
    monkeypatch.setitem(EVENT_TYPES._items, "ticket.created", often)
    developer = faces("developer")
    page = words(developer.get("/console/events?q=ticket.created"))
    assert "Comes in batches" in page
    assert "up to 500, or what came within 5 seconds" in page
    assert "Comes in batches" not in words(developer.get("/console/events?q=ticket.solved"))


def test_forms_need_their_token(faces, app_id):
    developer = faces("developer")
    developer.get("/console/")
    for path in ("/console/apps/new", f"/console/apps/{app_id}/secrets", f"/console/apps/{app_id}/install"):
        assert developer.post(path, {"source": TOML}, csrf=False).status_code == 400


def test_a_release_is_raised_paused_and_rolled_back(cast, faces, app_id):
    apps.install(cast)
    developer = faces("developer")
    with cast.writing():
        version = service.create_version(cast.actor("developer"), app_id, apps.manifest(), release=False)
    page = f"/console/apps/{app_id}/versions/{version.id}"
    assert "Draft" in words(developer.get(page))
    said = words(developer.follow(developer.post(f"{page}/release", {"percent": "10"})))
    assert "It is released to that share." in said
    assert "of 1 installations" in said
    said = words(developer.get(f"/console/apps/{app_id}/versions"))
    assert "10 %" in said
    assert "90 %" in said
    assert "Paused" in words(developer.follow(developer.post(f"{page}/pause")))
    assert "resume it before raising it" in words(
        developer.follow(developer.post(f"{page}/release", {"percent": "50"}))
    )
    developer.post(f"{page}/resume")
    said = words(developer.follow(developer.post(f"{page}/roll_back")))
    assert "All that ran it run the version before it." in said
    assert "It runs nowhere" in said
    assert developer.post(f"{page}/explode").status_code == 404
