"""The matrix of callers: apps with tokens of their own over every operation."""

from __future__ import annotations

import pytest

from portico.web.api import Operation
from tests.api.calls import Call
from tests.api.matrix import OF_THE_WORKSPACE, OF_WHO_ASKED, counted, needed_scopes, refused, send, succeeded
from tests.support.http import ApiClient
from tests.support.world import World


@pytest.fixture(scope="module")
def app_token(world: World) -> ApiClient:
    return world.powerful_app()


def test_an_app(operation: Operation, call: Call, world: World, app_token: ApiClient) -> None:
    """With every scope an app does what people do, but for what is theirs alone."""
    answer = send(app_token, operation, call)
    counted(answer)
    if operation.people_only or operation.operation_id in OF_WHO_ASKED:
        refused(answer, 403, "forbidden")
    elif call.path.startswith(OF_THE_WORKSPACE):
        refused(answer, 404, "not_found")
    elif call.app is not None:
        refused(answer, *call.app)
    else:
        succeeded(operation, call, answer)


def test_an_app_without_the_scope(operation: Operation, call: Call, world: World) -> None:
    needed = needed_scopes(operation)
    if operation.people_only or not needed:
        return
    refused(send(world.powerful_app(*needed), operation, call), 403, "insufficient_scope")
