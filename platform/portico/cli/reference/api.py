"""The operations of the API, from its OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import current_app

from portico.app import create_app
from portico.settings import Settings

Document = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")


def document() -> Document:
    """As `/api/openapi.json` answers it. Nothing is read from a database."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'portico.db'}"
        here = Settings(home=Path(folder), database_url=url, migrate_url=url, secret_keys=("made for a page",))
        with create_app(here).test_request_context("/api/openapi.json"):
            read: Any = current_app.view_functions["api-docs.openapi_json"]
            found: Document = current_app.make_response(read()).get_json()
    return found


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    """Method, path and operation."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield method.upper(), path, item[method]


def scopes_of(operation: Document) -> list[list[str]]:
    """The ways to be allowed: one of these lists has to be held as a whole."""
    return [one.get("bearer", []) for one in operation.get("security", [])]


def page(document: Document) -> str:
    parts = [_HEAD]
    ordered = sorted(operations(document), key=lambda each: each[2]["tags"][0])
    for tag, group in groupby(ordered, key=lambda each: each[2]["tags"][0]):
        parts.append(f"## {tag}\n")
        parts += [_operation(*each) for each in group]
    return "\n".join(parts)


def _operation(method: str, path: str, operation: Document) -> str:
    ways = " or ".join(" and ".join(f"`{scope}`" for scope in way) for way in scopes_of(operation) if way)
    asked = [f"`{each['name']}`" for each in operation.get("parameters", []) if each.get("in") == "query"]
    lines = [f"### {operation['summary']}\n", f"`{method} {path}`\n", operation.get("description", "")]
    lines.append(f"\nScope: {ways or 'none'}.")
    if asked:
        lines.append(f"\nQuery: {', '.join(asked)}.")
    return "\n".join([*lines, ""])


_HEAD = """# API

Every operation, with the scope that it needs. The whole document, with the fields of bodies and answers, is
`/api/openapi.json` of each Portico; `/docs/api` there shows it, and tries calls.
"""
