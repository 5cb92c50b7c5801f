"""From the address that an app was told to the page where a person says why, and to the admin who sees what is new."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from portico.domains.installations import queries, requests
from portico.kernel.listing import ListQuery
from tests.support import apps
from tests.support.cast import PASSWORD, Cast
from tests.support.faces import Faces, words
from tests.support.factors import age_sessions

SWITCH = re.compile(r'name="scopes" value="([^"]+)"')


@pytest.fixture
def installed(cast: Cast) -> dict[str, Any]:
    lacking = ("contacts:read", "directory.sensitive:read", "tickets:read")
    apps.register(cast, apps.asking("directory:read", optional=lacking))
    return apps.install(cast)


def address(installed: dict[str, Any], ask: str = "contacts:read") -> str:
    return f"/installations/{installed['id']}/scopes?ask={ask}"


def test_the_address_leads_into_the_workspace_of_the_app(app: Flask, faces: Faces, installed: dict[str, Any]) -> None:
    session = faces("employee")._client
    answer = session.get(address(installed), base_url="http://127.0.0.1:8000")
    assert answer.headers["Location"] == f"/w/acme/installations/{installed['id']}/scopes?ask=contacts:read"
    stranger = faces("outsider")._client
    assert stranger.get(address(installed), base_url="http://127.0.0.1:8000").status_code == 404
    nobody = app.test_client().get(address(installed), base_url="http://127.0.0.1:8000")
    assert nobody.status_code == 302
    assert "/sign-in" in nobody.headers["Location"]


def test_a_person_asks_and_an_admin_sees_only_what_is_new(faces: Faces, cast: Cast, installed: dict[str, Any]) -> None:
    employee, admin = faces("employee"), faces("admin")
    page = address(installed, "contacts:read,tickets:read,directory:read")
    said = words(employee.get(page))
    assert "Helper lacks a permission" in said
    assert "directory:read" not in said, "it has that"
    assert employee.post(page, {"reason": " "}).status_code == 422
    assert "Your request is in." in words(employee.follow(employee.post(page, {"reason": "to find customers"})))
    assert "You have asked already" in words(employee.get(page))
    faces("agent").post(address(installed), {"reason": "me too"})
    queue = words(admin.get("/admin/app-requests"))
    assert "2 people ask" in queue
    with cast.reading():
        (row,) = requests.page_of_requests(cast.actor("admin"), ListQuery()).rows
    grow = f"/admin/app-requests/{row['id']}/grow"
    shown = admin.get(grow)
    assert SWITCH.findall(shown.text) == ["contacts:read", "tickets:read"]
    assert "to find customers" in words(shown)
    assert "directory:read" not in words(shown)
    assert "Choose at least one" in words(admin.post(grow, {}))
    done = admin.follow(admin.post(grow, {"scopes": ["contacts:read", "directory.sensitive:read"]}))
    assert "Granted." in words(done)
    with cast.reading():
        found = queries.installation(cast.actor("admin"), installed["id"])
    assert found["granted_scopes"] == ["contacts:read", "directory:read"], "what was not asked for is not granted here"
    assert admin.get(grow).status_code == 404, "it is decided"
    assert "Approved" in words(employee.get("/catalogue"))
    assert "It lacks nothing of this" in words(employee.get(address(installed)))


def test_what_is_sensitive_needs_the_admins_password(faces: Faces, cast: Cast, installed: dict[str, Any]) -> None:
    faces("employee").post(address(installed, "directory.sensitive:read"), {"reason": "to call"})
    with cast.reading():
        (row,) = requests.page_of_requests(cast.actor("admin"), ListQuery()).rows
    admin, grow = faces("admin"), f"/admin/app-requests/{row['id']}/grow"
    given = {"scopes": ["directory.sensitive:read"]}
    admin.get(grow)
    age_sessions()
    assert admin.post(grow, given).status_code == 422
    assert admin.post(grow, {**given, "password": PASSWORD}).status_code == 303
    assert faces("agent").get(grow).status_code == 403


def test_who_may_not_use_the_app_cannot_ask_for_it(faces: Faces, cast: Cast) -> None:
    apps.register(cast, apps.asking("directory:read", optional=("contacts:read",), key="hidden"))
    only = {"kind": "only", "include": [{"kind": "employee", "id": cast.employee_id("agent")}]}
    row = apps.install(cast, "hidden", availability_=only)
    assert faces("employee").get(address(row)).status_code == 404
    assert faces("agent").get(address(row)).status_code == 200
