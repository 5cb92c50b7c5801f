"""Apps for tests: a manifest, an app registered by the cast's developer, installed, with a token."""

from __future__ import annotations

import base64
from copy import deepcopy
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from portico.domains.catalogue import service as catalogue
from portico.domains.installations import service as installations
from portico.domains.installations import using
from portico.domains.oauth import service as oauth
from portico.kernel.listing import MAX_LIMIT, ListQuery
from portico.kernel.unit_of_work import system_unit
from tests.support.cast import Cast

MANIFEST: dict[str, Any] = {
    "schema": 1,
    "app": {
        "key": "helper",
        "name": {"en": "Helper", "zh-CN": "助手"},
        "summary": "Helps with what comes in",
        "categories": ["support"],
    },
    "runtime": {"base_url": "http://localhost:9001"},
    "access": {
        "scopes": [{"name": "directory:read", "reason": "to greet people by name"}],
        "optional_scopes": [{"name": "catalogue:read", "reason": {"en": "to name its neighbours"}}],
        "egress": [{"host": "mail.example", "purpose": "to send confirmations", "personal_data": True}],
    },
    "events": {"url": "/events", "types": ["app.*"]},
    "surfaces": [{"key": "home", "place": "portal.page", "title": {"en": "Home"}, "url": "/home"}],
}

ACTION: dict[str, Any] = {
    "key": "note",
    "title": {"en": "Take a note", "zh-CN": "记一笔"},
    "url": "/actions/note",
    "places": ["command", "agent", "home.card", "ticket.panel", "contact.panel"],
    "input": {"note": {"type": "string", "title": "Note"}},
}
NOWHERE = {"base_url": "https://10.0.0.1"}
"""What no server calls: blocked by network policy, at once."""


def manifest(key: str = "helper", **tables: Any) -> dict[str, Any]:
    """The manifest with other tables in place of its own; None takes one away."""
    made = deepcopy(MANIFEST)
    made["app"]["key"] = key
    for name, table in tables.items():
        if table is None:
            del made[name]
        else:
            made[name] = table
    return made


def asking(*scopes: str, optional: tuple[str, ...] = (), key: str = "helper") -> dict[str, Any]:
    """A manifest that asks for these scopes."""
    access = {
        "scopes": [{"name": name, "reason": "for the test"} for name in scopes],
        "optional_scopes": [{"name": name, "reason": "for the test"} for name in optional],
    }
    return manifest(key, access=access)


def register(cast: Cast, content: dict[str, Any] | None = None, owner: str = "developer") -> dict[str, Any]:
    """Registered by the owner, with its secrets."""
    with cast.writing(cast.workspace_of(owner)):
        return catalogue.register_app(cast.actor(owner), content or manifest())


def deploy(cast: Cast, app_id: str, content: dict[str, Any]) -> Any:
    with cast.writing():
        return catalogue.create_version(cast.actor("developer"), app_id, content)


def install(cast: Cast, app_key: str = "helper", by: str = "app_manager", **options: Any) -> dict[str, Any]:
    with cast.writing(cast.workspace_of(by)):
        return installations.install(cast.actor(by), app_key, **options)


def every() -> ListQuery:
    """All rows, as a list asks for them."""
    return ListQuery(limit=MAX_LIMIT)


def use(cast: Cast, installation_id: str, by: str) -> None:
    """The person has looked at a page of the app today."""
    with cast.writing(cast.workspace_of(by)):
        using.note_now(cast.actor(by), installation_id)


def mint(app: dict[str, Any], installation: dict[str, Any], *scopes: str) -> str:
    """A token of the installation, without going through HTTP."""
    with system_unit("tests: mint", write=True):
        return oauth.mint_installation_token(app["client_id"], installation["id"], scopes or None).value


def basic(client_id: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


def post_form(app: Flask, path: str, headers: dict[str, str] | None = None, **form: str) -> TestResponse:
    return app.test_client().post(path, data=form, headers=headers)
