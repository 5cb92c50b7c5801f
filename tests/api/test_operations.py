"""The document, the routes, the declarations and the matrix name the same operations."""

from __future__ import annotations

import re

from flask import Flask

from portico.kernel.scopes import SCOPES
from portico.web.api import OPERATIONS
from tests.api.calls import BY_ID, CALLS, WITHOUT_SCOPE


def documented(app: Flask) -> dict[str, tuple[str, str]]:
    """operationId → method and path, as the OpenAPI document says."""
    paths = app.test_client().get("/api/openapi.json").json["paths"]
    return {
        operation["operationId"]: (method.upper(), path)
        for path, operations in paths.items()
        for method, operation in operations.items()
        if method != "parameters"
    }


def _plain(rule: str) -> str:
    return re.sub(r"<(?:[^:>]+:)?(\w+)>", r"{\1}", rule)


def test_document_routes_declarations_and_entries_name_the_same_operations(flask_app: Flask) -> None:
    found = documented(flask_app)
    routes = {
        (method, _plain(rule.rule))
        for rule in flask_app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert routes == set(found.values())
    assert set(BY_ID) == set(found)
    assert len(BY_ID) == len(OPERATIONS), "an operationId is used twice"
    assert set(CALLS) == set(found), "each operation needs an entry in CALLS, and each entry an operation"


def test_only_the_named_operations_need_no_scope() -> None:
    assert {o.operation_id for o in OPERATIONS if not o.scope and not o.any_scope} == WITHOUT_SCOPE


def test_what_apps_cannot_ask_for_only_guards_what_people_do() -> None:
    for operation in OPERATIONS:
        for scope in (*operation.scope, *operation.any_scope):
            assert scope in SCOPES, f"{operation.operation_id} names {scope}, which is not declared"
            assert SCOPES[scope].for_apps or operation.people_only, operation.operation_id
