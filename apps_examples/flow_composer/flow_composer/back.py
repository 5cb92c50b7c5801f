"""Where a person comes back to from the consent, in a window of their own."""

import flask

from flow_composer.messages import is_chinese, say
from flow_composer.owner import OtherPerson, Owners
from portico_sdk import PorticoError

_PAGE = """<!doctype html>
<html lang="{{ tag }}"><head><meta charset="utf-8"><title>{{ title }}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="{{ url_for('static', filename='back.css') }}">
<script src="{{ url_for('static', filename='back.js') }}" defer></script></head>
<body data-flow="{{ flow_id }}"><main><h1>{{ title }}</h1><p>{{ words }}</p></main></body></html>
"""


def back_page(owners: Owners) -> flask.Response:
    """What came of it, in words; the window closes by itself where it was opened by the page."""
    query, flow_id, words = flask.request.query_string.decode("ascii", "replace"), "", "not_connected"
    try:
        flow_id = owners.back(flask.request.args.get("state", ""), f"?{query}")
        words = "connected"
    except OtherPerson:
        words = "other_person"
    except PorticoError as error:
        flask.current_app.logger.warning("not connected: %s", error)
    locale = flask.request.accept_languages.best_match(["zh-CN", "zh", "en"]) or "en"
    html = flask.render_template_string(
        _PAGE,
        tag="zh-CN" if is_chinese(locale) else "en",
        title=say(locale, "connected_title" if flow_id else "not_connected_title"),
        words=say(locale, words),
        flow_id=flow_id,
    )
    answer = flask.Response(html, 200 if flow_id else 400, content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = "default-src 'none'; script-src 'self'; style-src 'self'"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-store"
    return answer
