"""Flask's session, which holds nothing but the form tokens: pages have one, the API has none."""

from __future__ import annotations

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

WITHOUT = ("/api/",)


class FormSessions(SecureCookieSessionInterface):
    """Under the API a cookie means nothing, so it is not even read; writing to the session there is an error."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return None if request.path.startswith(WITHOUT) else super().open_session(app, request)
