"""Every route outside `/api` is public by name, or lets nobody in who is not signed in and a member."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.routing import Rule

from portico.domains.identity import service as identity
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import system_unit
from tests.support.cast import Cast

PUBLIC = {
    "account.authorize",
    "account.forgot",
    "account.invitation",
    "account.logo",
    "account.logout",
    "account.preferences",
    "account.reset",
    "account.set_up",
    "account.sign_in",
    "account.second_step",
    "account.second_step_challenge",
    "account.sign_in_demo",
    "account.sign_in_passkey",
    "account.sign_in_passkey_challenge",
    "account.sign_out",
    "account.start",
    "account.welcome",
    "api-docs.openapi_json",
    "api_reference",
    "api_reference_script",
    "bootstrap.static",
    "bridge_script",
    "calendar.calendar",
    "error_reference",
    "healthz",
    "icons.icon",
    "icons.screenshot",
    "lifecycle.receipt",
    "metrics_text",
    "oauth.authorization_server",
    "oauth.introspect",
    "oauth.device_authorization",
    "oauth.jwks",
    "oauth.register_client",
    "oauth.openid_configuration",
    "oauth.protected_api",
    "oauth.protected_resource",
    "oauth.revoke",
    "oauth.token",
    "oauth.userinfo",
    "readyz",
    "schemas.schema",
    "static",
    "other_static",
    "push_worker",
    "webhook_keys.jwks",
}
"""A new one is a decision: what it shows, anybody may see; what it does, anybody may do."""


def guarded(app: Flask) -> list[Rule]:
    rules = (rule for rule in app.url_map.iter_rules() if not rule.rule.startswith("/api/v1"))
    return [rule for rule in rules if rule.endpoint not in PUBLIC]


def for_programs(rule: Rule) -> bool:
    """Where no cookie is read."""
    return rule.rule.startswith("/api/") or rule.endpoint.startswith(
        ("oauth.", "lifecycle.", "schemas.", "webhook_keys.")
    )


def path(rule: Rule) -> str:
    """The rule with values of the right form that name nothing."""

    def value(found: re.Match[str]) -> str:
        if found["prefix"]:
            return new_id(found["prefix"])
        return "acme" if found["name"] == "slug" else "nothing"

    return re.sub(r'<(?:id\("(?P<prefix>\w+)"\):|\w+:)?(?P<name>\w+)>', value, rule.rule)


def methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


@pytest.fixture
def open_app(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """Without the form token, so that the guard itself answers. The application is one for all tests."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    return app


def test_the_public_routes_are_there(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} >= PUBLIC


def test_nobody_comes_in_without_signing_in(open_app: Flask) -> None:
    client = open_app.test_client()
    found = guarded(open_app)
    assert len(found) > 20
    for rule in found:
        for method in methods(rule):
            answer = client.open(path(rule), method=method, base_url="http://127.0.0.1:8000")
            assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/sign-in"), (method, rule.rule)


def test_nobody_comes_in_from_another_workspace(open_app: Flask, cast: Cast) -> None:
    with system_unit("tests: a session", write=True):
        token = identity.start_session(cast.users["outsider"], "a browser")
    client = open_app.test_client()
    client.set_cookie("portico_session", token, domain="127.0.0.1")
    inside = [rule for rule in guarded(open_app) if rule.rule.startswith("/w/")]
    assert inside
    for rule in inside:
        for method in methods(rule):
            answer = client.open(path(rule), method=method, base_url="http://127.0.0.1:8000")
            assert answer.status_code == 404, (method, rule.rule, answer.status_code)


def test_a_form_without_its_token_is_refused(app: Flask, cast: Cast) -> None:
    with system_unit("tests: a session", write=True):
        token = identity.start_session(cast.users["owner"], "a browser")
    client = app.test_client()
    client.set_cookie("portico_session", token, domain="127.0.0.1")
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or set()) and not for_programs(rule):
            answer = client.post(path(rule), base_url="http://127.0.0.1:8000")
            assert answer.status_code == 400, (rule.rule, answer.status_code)


def test_a_form_from_another_site_is_refused(open_app: Flask, cast: Cast) -> None:
    with system_unit("tests: a session", write=True):
        token = identity.start_session(cast.users["owner"], "a browser")
    client = open_app.test_client()
    client.set_cookie("portico_session", token, domain="127.0.0.1")
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        for rule in open_app.url_map.iter_rules():
            if "POST" in (rule.methods or set()) and not for_programs(rule):
                answer = client.post(path(rule), base_url="http://127.0.0.1:8000", headers=headers)
                assert answer.status_code == 403, (rule.rule, answer.status_code, headers)
