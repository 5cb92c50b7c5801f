"""A form that is refused comes back as a page with what is wrong, whatever its fields are called."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from portico.domains.installations import app_settings
from portico.kernel.errors import Invalid
from portico.web.forms import version_in
from tests.support.cast import Cast
from tests.support.faces import Faces
from tests.support.http import Api


def _ticket(api: Api, cast: Cast) -> str:
    requester = {"employee_id": cast.employee_id("employee")}
    return str(api("agent").post("/tickets", json={"subject": "Help", "requester": requester}).json["id"])


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"version": "7"}, 412),
        ({"status": "nonsense"}, 422),
        ({"version": "²"}, 302),
        ({"version": "1" * 5000}, 302),
    ],
)
def test_a_change_of_a_ticket(api: Api, app: Flask, cast: Cast, values: dict[str, Any], status: int) -> None:
    path = f"/tickets/{_ticket(api, cast)}"
    agent = Faces(app, cast)("agent")
    agent.get(path)
    given = {"status": "open", "priority": "high", "assignee_id": "", "tags": "", "version": "1", **values}
    assert agent.post(f"{path}/change", given).status_code == status


@pytest.mark.parametrize("text", [None, "", "²", "-1", "1" * 5000, "1.0"])
def test_what_is_no_version(text: str | None) -> None:
    assert version_in(text) is None


@pytest.mark.parametrize("value", [10**400, -(10**30), True, 1.5])
def test_a_whole_number_that_json_cannot_keep_is_none(value: Any) -> None:
    with pytest.raises(Invalid):
        app_settings.checked({"seats": {"type": "integer", "title": "Seats"}}, {"seats": value})


@pytest.mark.both_databases
def test_a_nul_is_refused_wherever_a_page_takes_it(app: Flask, cast: Cast) -> None:
    agent = Faces(app, cast)("agent")
    assert agent.post("/views/delete", {"filter": "a\x00b"}).status_code == 400
    assert agent.post("/contacts/new", {"display_name": "a\x00b"}).status_code == 400
