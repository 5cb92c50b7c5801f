"""What an app has against what it uses, and taking back the rest."""

from __future__ import annotations

import pytest
from flask import Flask

from portico.kernel import last_use
from tests.support import apps
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases


def test_use_is_measured_and_shrinking_cuts_to_it(app: Flask, cast: Cast) -> None:
    registered = apps.register(cast, apps.asking("directory:read", "contacts:read", "tickets:read"))
    row = apps.install(cast)
    client = app.test_client()
    headers = {"Authorization": f"Bearer {apps.mint(registered, row)}"}
    admin = {"Authorization": f"Bearer {cast.token('owner', 'installations:read', 'installations:write')}"}
    assert client.get("/api/v1/contacts", headers=headers).status_code == 200
    assert client.get("/api/v1/announcements-of-nobody", headers=headers).status_code == 404
    last_use.flush()
    assert client.get("/api/v1/contacts", headers=headers).status_code == 200
    last_use.flush()

    lines = client.get(f"/api/v1/installations/{row['id']}/scope-use", headers=admin).get_json()["data"]
    assert [(one["scope"], one["granted"], one["used"], one["days_used"]) for one in lines] == [
        ("contacts:read", True, True, 1),
        ("directory:read", True, False, 0),
        ("tickets:read", True, False, 0),
    ]
    shrunk = client.post(f"/api/v1/installations/{row['id']}/shrink", headers=admin)
    assert shrunk.get_json()["granted_scopes"] == ["contacts:read"]
    assert client.get("/api/v1/contacts", headers=headers).status_code == 200
    cut = client.get("/api/v1/tickets", headers=headers)
    assert (cut.status_code, cut.get_json()["code"]) == (403, "scope_pending")


def test_a_narrowed_token_hears_that_what_it_had_waits(app: Flask, cast: Cast) -> None:
    registered = apps.register(cast, apps.asking("directory:read", "contacts:read"))
    row = apps.install(cast)
    client = app.test_client()
    headers = {"Authorization": f"Bearer {apps.mint(registered, row, 'contacts:read')}"}
    admin = {"Authorization": f"Bearer {cast.token('owner', 'installations:write')}"}
    client.patch(f"/api/v1/installations/{row['id']}", json={"granted_scopes": ["directory:read"]}, headers=admin)
    assert client.get("/api/v1/contacts", headers=headers).get_json()["code"] == "scope_pending"
    assert client.get("/api/v1/employees", headers=headers).get_json()["code"] == "insufficient_scope"
