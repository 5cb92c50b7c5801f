"""What the tests of the matrix of callers share: sending a call, and what an answer must be."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

from werkzeug.test import TestResponse

from portico.web.api import Operation
from tests.api.calls import IDS, Call
from tests.support.http import ApiClient
from tests.support.world import World

OF_THE_WORKSPACE = ("/attachments/", "/webhook-endpoints/", "/deliveries/", "/jobs/", "/interactions/")
"""What people added, ran or asked for is not another app's: to its token these are not there."""

OF_WHO_ASKED = ("withdraw_approval", "update_absence_type")
"""What was asked or made by somebody else is theirs to take back or change; an app that sees it is refused."""


def send(client: ApiClient, operation: Operation, call: Call) -> TestResponse:
    body: dict[str, Any] = {} if call.json is None else {"json": call.json}
    if operation.upload:
        body = {"data": {"file": (BytesIO(b"hello"), "note.txt")}}
    if operation.must_match:
        body["headers"] = {"If-Match": "*"}
    return client._call(operation.method, call.path, **body)


def refused(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.json.get("code")) == (status, code), (answer.request.path, answer.json)
    assert answer.mimetype == "application/problem+json"
    body: dict[str, Any] = answer.json
    assert body["status"] == status
    assert body["request_id"] == answer.headers["X-Request-Id"]
    return body


def counted(answer: TestResponse) -> None:
    """Whoever is known by a token is told where they stand with their limits."""
    assert re.fullmatch(r'"(read|write|search)";q=\d+;w=60', answer.headers["RateLimit-Policy"])
    assert re.fullmatch(r'"(read|write|search)";r=\d+;t=\d+', answer.headers["RateLimit"])


def needed_scopes(operation: Operation) -> list[str]:
    return [*operation.scope, *operation.any_scope]


def succeeded(operation: Operation, call: Call, answer: TestResponse) -> None:
    assert answer.status_code == (call.status or operation.status), (answer.request.path, answer.json)
    counted(answer)
    if answer.status_code == 204:
        assert answer.data == b""
    elif operation.file:
        assert answer.mimetype in operation.file
        assert answer.headers["Content-Disposition"].startswith("attachment")
    else:
        assert answer.mimetype == "application/json"
    assert answer.headers["X-Request-Id"]
    if answer.status_code in (201, 202):
        assert answer.headers["Location"].startswith("/api/v1/")


def kept_apart(world: World, operation: Operation, call: Call, answer: TestResponse) -> None:
    """What somebody of another workspace is answered: nothing of ours, whatever they name."""
    counted(answer)
    expected = call.expected_of_stranger()
    if expected == 404:
        refused(answer, 404, "not_found")
    elif expected == 422:
        assert refused(answer, 422, "invalid")["errors"][0]["pointer"].startswith("/")
    else:
        assert answer.status_code in {expected, operation.status, *operation.also}
    assert world.cast.acme not in answer.text
    asked = set(IDS.findall(call.path + repr(call.json)))
    ours = {world.cast.employee_id(name) for name in world.cast.users if name != "outsider"}
    assert not ours.difference(asked).intersection(IDS.findall(answer.text))
    if isinstance(answer.json, dict) and "results" in answer.json:
        assert {result["status"] for result in answer.json["results"]} <= {201, 404, 422}
