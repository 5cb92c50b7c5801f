"""The cookie of the form tokens belongs to pages; the API neither reads nor sets it."""

import pytest
from flask import session

pytestmark = pytest.mark.usefixtures("database")


def test_the_api_has_no_session_to_write_into(app):
    with app.test_request_context("/api/v1/contacts"), pytest.raises(RuntimeError, match="session is unavailable"):
        session["anything"] = 1
    with app.test_request_context("/sign-in"):
        session["anything"] = 1


def test_the_api_sets_no_cookie(api):
    answer = api("agent").get("/contacts", headers={"Cookie": "portico_form=whatever"})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")
