"""Schemathesis over the whole OpenAPI document, as an owner and as an app: no 500, and every answer as documented.

Path ids are those of real objects in most examples, so that more is reached than `not_found`.
"""

from __future__ import annotations

from typing import Any
from unittest import SkipTest

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks as openapi_checks

from portico.web.api import Operation
from tests.api.calls import BY_ID
from tests.support.world import World

pytestmark = pytest.mark.slow
load_all_checks()

CHECKS = [
    not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
    openapi_checks.negative_data_rejection,
    openapi_checks.unsupported_method,
]


def examples(operation: Operation) -> settings:
    """What has a body can be wrong in more ways than what has none."""
    return settings(
        max_examples=4 if operation.body is None else 8,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],  # making a failure smaller takes minutes and gigabytes
    )


@pytest.fixture(scope="module")
def document(flask_app: Flask) -> Any:
    found = schemathesis.openapi.from_wsgi("/api/openapi.json", flask_app)
    # An If-Match that cannot match is a refusal too, whatever else is wrong (RFC 9110 section 13.2.2).
    found.config.checks.negative_data_rejection.expected_statuses.append("412")
    return found


@pytest.fixture(scope="module")
def tokens(world: World) -> dict[str, str]:
    return {"owner": world.cast.token("owner"), "app": world.powerful_token()}


class Ids:
    """A real object per kind of path parameter, made when it is first asked for by an operation."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[tuple[str, str], dict[str, str]] = {}

    def of(self, operation_id: str, names: list[str]) -> dict[str, str]:
        key = (operation_id, ",".join(names))
        if key not in self._known:
            self._known[key] = self._world.path_ids(names)
        return self._known[key]


@pytest.fixture(scope="module")
def ids(world: World) -> Ids:
    return Ids(world)


def callers(operation: Operation) -> tuple[str, ...]:
    """What only people may do refuses apps before it looks at anything."""
    return ("owner",) if operation.people_only else ("owner", "app")


def call(case: Any, ids: Ids, token: str) -> None:
    """Send the case, with real ids in the path unless the path itself is what is wrong in it."""
    wanted = case.path_parameters or {}
    if not _wrong_path(case):
        real = ids.of(case.operation.definition.raw["operationId"], sorted(wanted))
        case.path_parameters = {**wanted, **real}
    # `fields` answers less than the schema, by design.
    case.query = {name: value for name, value in (case.query or {}).items() if name != "fields"}
    headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}
    case.call_and_validate(headers=headers, checks=CHECKS)


def _wrong_path(case: Any) -> bool:
    component = case.meta.components.get(ParameterLocation.PATH) if case.meta else None
    return component is not None and component.mode == GenerationMode.NEGATIVE


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation_id", sorted(BY_ID))
def test_no_answer_breaks_the_document(
    document: Any, world: World, ids: Ids, tokens: dict[str, str], operation_id: str, mode: GenerationMode
) -> None:
    """Each case is made once, which takes three times as long as sending it, and sent by every caller."""
    made_up = document.find_operation_by_id(operation_id).as_strategy(generation_mode=mode)

    @examples(BY_ID[operation_id])
    @given(case=made_up)
    def each(case: Any) -> None:
        for caller in callers(BY_ID[operation_id]):
            call(case, ids, tokens[caller])

    try:
        each()
    except (SkipTest, Unsatisfiable):
        assert mode == GenerationMode.NEGATIVE, "only an operation without input has nothing wrong to send"
    if operation_id == "put_installation_policy":  # what was made up lets in none of the apps that others need
        manager = world.api("app_manager")
        stands = manager.get("/installation-policy").headers["ETag"]
        world.made(manager.put("/installation-policy", json={}, headers={"If-Match": stands}))
