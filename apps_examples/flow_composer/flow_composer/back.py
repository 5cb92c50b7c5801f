"""Where a person comes back to from the consent: on to the page in the portal from which they went."""

import flask
from werkzeug.wrappers import Response

from flow_composer.messages import is_chinese, say
from flow_composer.owner import OtherPerson, Owners
from portico_sdk import PorticoError

_PAGE = """<!doctype html>
<html lang="{{ tag }}"><head><meta charset="utf-8"><title>{{ title }}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="{{ url_for('static', filename='back.css') }}"></head>
<body><main><h1>{{ title }}</h1><p>{{ words }}</p></main></body></html>
"""


def back_page(owners: Owners, platform: str) -> Response:
    """A frame of the portal cannot show the consent, so the whole window went there and is led back."""
    query = flask.request.query_string.decode("ascii", "replace")
    try:
        page, words = owners.back(flask.request.args.get("state", ""), f"?{query}"), "connected"
    except OtherPerson:
        page, words = "", "other_person"
    except PorticoError as error:
        flask.current_app.logger.warning("not connected: %s", error)
        page, words = "", "not_connected"
    if page:
        return flask.redirect(platform.rstrip("/") + page, 303)
    locale = flask.request.accept_languages.best_match(["zh-CN", "zh", "en"]) or "en"
    html = flask.render_template_string(
        _PAGE,
        tag="zh-CN" if is_chinese(locale) else "en",
        title=say(locale, "connected_title" if words == "connected" else "not_connected_title"),
        words=say(locale, words),
    )
    answer = flask.Response(html, 200 if words == "connected" else 400, content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'self'"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-store"
    return answer
