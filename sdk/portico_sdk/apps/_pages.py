"""The panel protocol: a shell that knows nobody, then the page for who proves who they are."""

from __future__ import annotations

from html import escape
from urllib.parse import urlsplit

from portico_sdk.apps._answers import Answer

_SHELL = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Loading</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<script src="{bridge}" data-portico-panel></script>
</head><body></body></html>
"""

_REFUSED = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Not shown</title>
<meta name="color-scheme" content="light dark"></head>
<body><main><h1>Not shown</h1><p>{reason}</p></main></body></html>
"""


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def panel_headers(portal: str) -> dict[str, str]:
    """Nothing is kept, nobody but the portal may frame it, no script but the bridge and the app's own."""
    return {
        "cache-control": "no-store",
        "vary": "Authorization",
        "content-security-policy": (
            f"frame-ancestors {portal}; script-src {portal} 'self'; object-src 'none'; base-uri 'none'"
        ),
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }


def shell(portal: str) -> Answer:
    page = _SHELL.format(bridge=escape(f"{portal}/bridge/v1.js"))
    return Answer.html(200, page, panel_headers(portal))


def refused(portal: str, reason: str) -> Answer:
    return Answer.html(401, _REFUSED.format(reason=escape(reason)), panel_headers(portal))


def page(portal: str, html: str) -> Answer:
    return Answer.html(200, html, panel_headers(portal))
