"""The API log: what a developer reads of the calls of their app, and what never stands in it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portico.domains.api_log.models import ApiRequest
from portico.domains.oauth import service as oauth
from portico.kernel import api_log, clock
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import system_unit
from portico.web.limits import Limits
from tests.domains.api_log.conftest import Helper
from tests.support import apps

SECRET_MAIL = "zoe.private@example.com"


@pytest.mark.both_databases
def test_a_call_with_all_that_is_known_of_it(helper: Helper) -> None:
    asked = helper.calls.get(
        "/departments?limit=5&filter[parent_id][exists]=false", headers={"User-Agent": "portico-sdk/1.2 (Zoe's laptop)"}
    )
    assert asked.status_code == 200
    row = helper.last()
    assert row["request_id"] == row["id"] == asked.headers["X-Request-Id"]
    assert (row["method"], row["operation"], row["route"]) == ("GET", "list_departments", "/api/v1/departments")
    assert row["query_keys"] == ["limit", "filter[parent_id][exists]"]
    assert (row["status"], row["code"], row["errors"]) == (200, None, [])
    assert row["scopes"] == {"needed": ["directory:read"], "held": ["directory:read"]}
    assert (row["installation_id"], row["employee_id"]) == (helper.installation["id"], None)
    assert row["user_agent"] == "portico-sdk/1.2"
    assert row["rate_limit"]["kind"] == "read"
    assert row["rate_limit"]["remaining"] == row["rate_limit"]["quota"] - 1
    assert row["duration_ms"] >= 0
    assert row["replayed"] is False
    assert helper.api("developer").get(f"/apps/{helper.app['id']}/requests/{row['id']}").json == row


@pytest.mark.both_databases
def test_what_failed_says_why_and_not_what_was_sent(helper: Helper) -> None:
    helper.calls.post("/contacts", json={"display_name": "Zoe", "owner": SECRET_MAIL})
    helper.calls.get(f"/contacts/by-id/crm/{SECRET_MAIL}?q={SECRET_MAIL}&{SECRET_MAIL}=1")
    helper.calls.get(f"/contacts/{new_id('con')}")
    missing, by_id, wrong = rows = helper.logged()
    assert (wrong["status"], wrong["code"]) == (422, "invalid")
    assert {"pointer": "/owner", "code": "unknown"} in wrong["errors"]
    assert (missing["status"], missing["code"], missing["route"]) == (404, "not_found", "/api/v1/contacts/{contact_id}")
    assert missing["path"].startswith("/api/v1/contacts/con_")
    assert by_id["path"] == "/api/v1/contacts/by-id/{namespace}/{value}"
    assert by_id["query_keys"] == ["q", "…"]
    assert SECRET_MAIL not in str(rows)


def test_a_scope_that_is_missing(helper: Helper) -> None:
    refused = helper.calls.get("/tickets")
    assert refused.json["code"] == "scope_pending"
    row = helper.last()
    assert (row["status"], row["code"]) == (403, "scope_pending")
    assert row["scopes"] == {"needed": ["tickets:read"], "held": []}


def test_a_token_that_is_dead_is_still_its_apps(helper: Helper) -> None:
    fresh = helper.token
    with system_unit("tests: the app gives its token back", write=True):
        oauth.revoke_token(helper.app["client_id"], fresh)
    assert helper.api.bearer(fresh).get("/departments").status_code == 401
    assert helper.last()["code"] == "token_revoked"
    token = helper.token
    helper.api("app_manager").post(f"/installations/{helper.installation['id']}/suspend", json={})
    assert helper.api.bearer(token).get("/departments").status_code == 401
    assert helper.last()["code"] == "installation_suspended"
    with clock.held(clock.now() + timedelta(hours=2)):
        helper.api("app_manager").post(f"/installations/{helper.installation['id']}/resume", json={})
        assert helper.api.bearer(token).get("/departments").status_code == 401
        assert helper.last()["code"] == "token_expired"


def test_in_a_persons_name(helper: Helper) -> None:
    assert helper.in_the_name_of("agent").get("/departments").status_code == 200
    assert helper.last()["employee_id"] == helper.cast.employee_id("agent")


def test_too_many_calls(helper: Helper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Limits, "quota", lambda self, kind, factor=1: 1)
    calls = helper.calls
    assert [calls.get("/departments").status_code for _ in range(2)] == [200, 429]
    monkeypatch.undo()
    row = helper.last()
    assert (row["code"], row["rate_limit"]["remaining"]) == ("rate_limited", 0)


def test_an_answer_that_was_kept(helper: Helper) -> None:
    body, headers = {"display_name": "Zoe"}, {"Idempotency-Key": "one-of-a-kind"}
    calls = helper.calls
    for _ in range(2):
        assert calls.post("/contacts", json=body, headers=headers).status_code == 201
    assert [row["replayed"] for row in helper.logged()] == [True, False]


def test_an_id_that_the_caller_gave_finds_all_its_calls(helper: Helper) -> None:
    for _ in range(2):
        helper.calls.get("/departments", headers={"X-Request-Id": "job-4711.retry"})
    helper.calls.get("/departments")
    found = helper.logged("?filter[request_id]=job-4711.retry")
    assert [row["request_id"] for row in found] == ["job-4711.retry"] * 2
    assert len({row["id"] for row in found}) == 2


def test_the_list_is_narrowed_and_goes_on(helper: Helper) -> None:
    for path in ("/departments", "/tickets", "/contacts", f"/contacts/{new_id('con')}"):
        helper.calls.get(path)
    assert [row["operation"] for row in helper.logged("?filter[outcome]=refused")] == ["get_contact", "list_tickets"]
    assert [row["operation"] for row in helper.logged("?filter[operation]=list_contacts")] == ["list_contacts"]
    assert len(helper.logged("?filter[status][lt]=400")) == 2
    first = helper.api("developer").get(f"/apps/{helper.app['id']}/requests?limit=3").json
    rest = helper.logged(f"?limit=3&cursor={first['page']['next_cursor']}")
    assert [row["operation"] for row in rest] == ["list_departments"]


def test_people_are_not_in_it(helper: Helper) -> None:
    helper.api("agent").get("/contacts")
    helper.api("developer").get("/apps")
    helper.api(None).get("/contacts")
    helper.api.bearer("pti_" + "x" * 43).get("/contacts")
    assert api_log.waiting() == []


def test_nobody_elses_app(helper: Helper) -> None:
    helper.calls.get("/departments")
    logged = helper.last()["id"]
    theirs = apps.register(helper.cast, apps.manifest("theirs"), owner="outsider")
    mine = f"/apps/{helper.app['id']}/requests"
    for name, path in (
        ("outsider", mine),
        ("outsider", f"{mine}/{logged}"),
        ("outsider", f"/apps/{theirs['id']}/requests/{logged}"),
        ("admin", mine),
        ("admin", f"{mine}/{logged}"),
        ("developer", f"/apps/{theirs['id']}/requests"),
        ("developer", f"{mine}/{new_id('req')}"),
    ):
        assert helper.api(name).get(path).status_code == 404, (name, path)
    assert helper.api("outsider").get(f"/apps/{theirs['id']}/requests").json["data"] == []


def test_no_token_and_no_sent_value_is_stored(helper: Helper) -> None:
    token = helper.token
    given = {"X-Request-Id": token, "User-Agent": f"{token} {SECRET_MAIL}"}
    helper.api.bearer(token).get(f"/departments?{token}=1&token={token}", headers=given)
    helper.api.bearer(token).post("/contacts", json={token: 1, "display_name": SECRET_MAIL, "x": {"y\u0000": 2}})
    api_log.flush()
    with system_unit("tests: rows as they lie") as work:
        rows = work.execute(select(ApiRequest.__table__)).all()
    assert len(rows) == 2
    for heart in (token[12:], SECRET_MAIL, "\x00"):
        assert heart not in repr(rows)
