"""How far an app reaches, on pages: records, people left out, what it uses, and who let it act for them."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from portico.domains.directory import service as directory
from portico.domains.installations import queries
from portico.kernel import jobs, last_use
from portico.kernel.listing import ListQuery
from portico.settings import Settings
from tests.support import apps, grants
from tests.support.cast import Cast
from tests.support.faces import Faces, words

VERSION = re.compile(r'name="version" value="([^"]*)"')


@pytest.fixture
def group(cast: Cast) -> str:
    with cast.writing():
        made = directory.create_group(cast.actor("owner"), name="First aiders")
        directory.change_members(cast.actor("owner"), made["id"], add=[cast.employee_id("agent")])
    return str(made["id"])


@pytest.fixture
def client(cast: Cast) -> grants.Client:
    return grants.client(cast)


def now(cast: Cast, client: grants.Client) -> dict[str, object]:
    with cast.reading():
        return queries.installation(cast.actor("owner"), client.installation["id"])


def page(client: grants.Client, name: str = "") -> str:
    return f"/admin/apps/{client.installation['id']}{name}"


def test_an_admin_says_whose_records_an_app_sees(faces: Faces, cast: Cast, client: grants.Client, group: str) -> None:
    admin = faces("admin")
    assert "All records" in words(admin.get(page(client)))
    refused = admin.post(page(client, "/range"), {"records": "only"})
    assert (refused.status_code, "Say whose records" in words(refused)) == (422, True)
    shown = admin.post(page(client, "/range"), {"records": "only", "step": "search", "q": "first"})
    assert group in shown.text
    done = admin.follow(admin.post(page(client, "/range"), {"records": "only", "include": [group], "unassigned": "y"}))
    assert "First aiders Records that nobody holds" in words(done)
    assert now(cast, client)["data_range"] == {
        "kind": "only",
        "include": [{"kind": "group", "id": group}],
        "unassigned": True,
    }
    assert f'value="{group}" checked' in admin.get(page(client, "/range")).text
    admin.post(page(client, "/range"), {"records": "all", "include": [group]})
    assert now(cast, client)["data_range"] == {"kind": "all", "include": [], "unassigned": False}


def test_records_can_be_narrowed_before_an_app_ever_reads(faces: Faces, cast: Cast, group: str) -> None:
    apps.register(cast)
    admin, page = faces("admin"), "/admin/catalogue/helper/install"
    shown = admin.get(page)
    version = re.search(r'name="version" type="hidden" value="([^"]*)"', shown.text)
    assert version is not None
    found = admin.post(page, {"who": "everyone", "step": "search", "q-records": "first"})
    assert f'name="records" value="{group}"' in found.text
    given = {"who": "everyone", "version": version[1], "records": [group]}
    assert "First aiders" in words(admin.follow(admin.post(page, given)))
    with cast.reading():
        row = queries.page_of_installations(cast.actor("owner"), ListQuery()).rows[0]
    assert row["data_range"] == {"kind": "only", "include": [{"kind": "group", "id": group}], "unassigned": False}


def test_an_admin_leaves_people_out(faces: Faces, cast: Cast, client: grants.Client, group: str) -> None:
    admin = faces("admin")
    found = admin.post(page(client, "/people"), {"who": "everyone", "step": "search", "q-exclude": "first"})
    assert f'name="exclude" value="{group}"' in found.text
    done = admin.follow(admin.post(page(client, "/people"), {"who": "everyone", "exclude": [group]}))
    assert "But not: First aiders" in words(done)
    with cast.reading():
        assert not queries.is_available(cast.actor("agent"), client.installation["id"])
        assert queries.is_available(cast.actor("employee"), client.installation["id"])


def test_what_was_not_used_is_shown_before_it_is_cut(app: Flask, faces: Faces, cast: Cast) -> None:
    registered = apps.register(cast, apps.asking("directory:read", "contacts:read"))
    installed = apps.install(cast)
    token = apps.mint(registered, installed)
    app.test_client().get("/api/v1/contacts", headers={"Authorization": f"Bearer {token}"})
    last_use.flush()
    admin, path = faces("admin"), f"/admin/apps/{installed['id']}"
    assert "1 permission was not used in 30 days." in words(admin.get(path))
    shown = admin.get(f"{path}/use")
    said = words(shown)
    assert "Take these from Helper?" in said
    assert "Not in 30 days" in said
    cut = re.search(r'<div class="confirm-text">(.*?)</div>', shown.text, re.DOTALL)
    assert cut is not None
    assert "directory:read" in cut[1]
    assert "contacts:read" not in cut[1]
    version = VERSION.search(shown.text)
    assert version is not None
    admin.post(f"{path}/people", {"who": "everyone", "exclude": [cast.employee_id("announcer")]})
    stale = words(admin.follow(admin.post(f"{path}/shrink", {"version": version[1]})))
    assert "Cut to what it used." not in stale
    version = VERSION.search(admin.get(f"{path}/use").text)
    assert version is not None
    done = words(admin.follow(admin.post(f"{path}/shrink", {"version": version[1]})))
    assert "Cut to what it used." in done
    with cast.reading():
        assert queries.installation(cast.actor("owner"), installed["id"])["granted_scopes"] == ["contacts:read"]


def test_an_admin_sees_who_let_an_app_act_and_ends_one_access(
    app: Flask, faces: Faces, cast: Cast, client: grants.Client
) -> None:
    admin = faces("admin")
    assert "Nobody let it act for them" in words(admin.get(page(client, "/grants")))
    tokens = {name: client.tokens(name).access_token for name in ("agent", "employee")}
    shown = admin.get(page(client, "/grants"))
    assert cast.email("agent") in shown.text
    assert cast.email("employee") in shown.text
    forms = re.findall(r'action="/w/acme(/admin/apps/[^"]+/revoke)"', shown.text)
    assert len(forms) == 2, "the newest first"
    assert "Revoked." in words(admin.follow(admin.post(forms[0])))

    def status(name: str) -> int:
        headers = {"Authorization": f"Bearer {tokens[name]}"}
        return app.test_client().get("/api/v1/me", headers=headers).status_code

    assert (status("agent"), status("employee")) == (200, 401)
    assert admin.post(forms[0]).status_code == 404, "it has ended"
    other = apps.register(cast, grants.manifest(key="other"))
    elsewhere = apps.install(cast, "other")
    wrong = forms[1].replace(client.installation["id"], elsewhere["id"])
    assert admin.post(wrong).status_code == 404, (other["id"], "a grant is of one app")
    assert faces("agent").post(forms[1]).status_code in (403, 404)


def test_admins_are_told_that_a_spent_token_was_shown_again(
    settings: Settings, faces: Faces, cast: Cast, client: grants.Client
) -> None:
    first = client.tokens("agent")
    second = grants.refresh(first.refresh_token, client.client_id)
    grants.refresh(second.refresh_token, client.client_id)
    grants.refresh(first.refresh_token, client.client_id)
    said = words(faces("admin").get(page(client)))
    assert "A spent token was shown again" in said
    assert "In the name of Agent" in said
    jobs.drain()
    jobs.drain()  # the first one told, this one sends
    sent = [path.read_text() for path in (settings.home / "mail").glob("*.eml")]
    told = {line for mail in sent for line in mail.splitlines() if line.startswith("To: ")}
    assert told == {f"To: {cast.email(name)}" for name in ("owner", "admin", "app_manager")}
    assert all("Helper" in mail and cast.email("agent") in mail for mail in sent)
    assert all(f"/w/acme{page(client)}" in mail.replace("=\n", "") for mail in sent)
