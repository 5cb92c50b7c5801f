"""What the web process counts: requests by the template of their route, refusals, and how long they took."""

from __future__ import annotations

import time
from functools import cache

from flask import Flask, Response, current_app, g, request
from prometheus_client import Counter, Histogram
from werkzeug.routing import Rule

from portico.kernel import metrics

REQUESTS = metrics.counter(
    "portico_http_requests_total",
    "Answers, by method, template of the route (pages, files and unknown paths by these words) and status.",
    "method",
    "route",
    "status",
)
SECONDS = metrics.histogram(
    "portico_http_request_seconds",
    "How long requests took, by method and route.",
    "method",
    "route",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
_QUIET = frozenset(("/healthz", "/readyz", "/metrics"))


def _route(rule: Rule | None) -> str:
    """A small closed set: the templates of the API and of `/oauth`, and one word for all else."""
    if rule is None:
        return "unknown"
    if rule.rule.startswith(("/api/", "/oauth/", "/.well-known/")):
        return rule.rule
    return "file" if "static" in rule.endpoint or rule.endpoint.startswith("icons.") else "page"


def _note(response: Response) -> Response:
    here = request._get_current_object()  # type: ignore[attr-defined]
    if here.path in _QUIET:
        return response
    method = here.method if here.method in _METHODS else "other"
    route = _route(here.url_rule)
    _requests(method, route, response.status_code).inc()
    began = g.get("began")
    if began is not None:
        _seconds(method, route).observe(time.perf_counter() - began)
    return response


@cache
def _requests(method: str, route: str, status: int) -> Counter:
    """The series of these labels; finding it costs more than counting."""
    return REQUESTS.labels(method, route, str(status))


@cache
def _seconds(method: str, route: str) -> Histogram:
    return SECONDS.labels(method, route)


def register(app: Flask) -> None:
    """Count requests, and answer `/metrics` to whom has the token. A proxy may stand before this port, so an address
    says nothing about who asks."""
    metrics.ask(metrics.DATABASE)
    app.after_request(_note)

    @app.get("/metrics")
    def metrics_text() -> Response:
        settings = current_app.extensions["portico_settings"]
        if not metrics.may_read(settings, request.headers.get("Authorization")):
            return Response("Not found\n", 404, content_type="text/plain")
        headers = {"Cache-Control": "no-store"}
        return Response(metrics.exposition(settings), headers=headers, content_type=metrics.CONTENT_TYPE)
