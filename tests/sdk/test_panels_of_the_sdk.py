"""What the SDK makes of a panel: row E10 of apps in frames. Each refusal stands in sdk/tests/test_sdk_apps.py."""

from __future__ import annotations

import flask

from portico_sdk.apps import App
from portico_sdk.flask import blueprint
from portico_sdk.testing import FakePortico


def test_E10_a_panel_is_framed_by_the_portal_alone_and_shown_to_who_proves_who_they_are() -> None:
    fake = FakePortico()
    app = App(fake.client_id, fake.client_secret, fake.signing_secret, fake.base_url, http_client=fake.http_client)
    app.panel("history")(lambda context: f"<p>{context.workspace_id}</p>")
    site = flask.Flask("site")
    site.register_blueprint(blueprint(app))
    tokens = {
        "ours": fake.session_token(surface="history"),
        "of another app": fake.session_token(surface="history", aud="somebody"),
        "for another page": fake.session_token(surface="settings"),
    }
    answers = {
        name: site.test_client().get("/panels/history", headers={"Authorization": f"Bearer {token}"})
        for name, token in tokens.items()
    }
    assert [answer.status_code for answer in answers.values()] == [200, 401, 401]
    assert answers["ours"].text == f"<p>{fake.workspace_id}</p>"
    shell = site.test_client().get("/panels/history")
    for answer in (shell, answers["ours"]):
        assert f"frame-ancestors {fake.base_url};" in answer.headers["Content-Security-Policy"]
    assert fake.workspace_id not in shell.text
