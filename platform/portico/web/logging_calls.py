"""Notes each call that an app makes of the API, as itself or in a person's name, for the log that its developer reads.

Only calls of an operation by a credential that is known stand in it: a token that nobody issued belongs to no app, and
a path that is no operation asks for none. Of the path ids are kept, of the query the names of its parameters.
"""

from __future__ import annotations

import re
import time
from functools import cache, lru_cache
from typing import Any

from flask import Flask, Response, g, request

from portico.kernel import api_log, clock
from portico.kernel.actor import Actor, Caller
from portico.kernel.errors import FieldError
from portico.kernel.ids import new_id
from portico.kernel.logs import redact

MOST_ERRORS, MOST_KEYS, LONGEST = 10, 20, 200
_PART = re.compile(r"<(?:(?P<kind>\w+)(?:\([^)]*\))?:)?(?P<name>\w+)>")
_NAME = re.compile(r"[\w.\[\]-]{1,100}", re.ASCII)
_PRODUCT = re.compile(r"[\w.+-]{1,60}(?:/[\w.+-]{1,40})?", re.ASCII)


@cache
def _shape(endpoint: str, rule: str) -> tuple[str, str, frozenset[str]]:
    """The operation, the template of its path, and the names of the ids in it."""
    ids = frozenset(found["name"] for found in _PART.finditer(rule) if found["kind"] == "id")
    return endpoint.rpartition(".")[2], _PART.sub(r"{\g<name>}", rule), ids


def _path(template: str, ids: frozenset[str], parts: dict[str, Any] | None) -> str:
    """The template with the ids that were asked for; other parts may be anything, an address too."""
    for name in ids:
        template = template.replace(f"{{{name}}}", str((parts or {}).get(name, "")))
    return template


@lru_cache(maxsize=256)
def _product(user_agent: str) -> str | None:
    """The first product of a `User-Agent` (RFC 9110 section 10.1.5), which names the SDK; the rest may tell of a
    person's machine."""
    found = _PRODUCT.match(user_agent)
    return redact(found[0]) if found else None


def _shown(errors: tuple[FieldError, ...]) -> list[dict[str, str]] | None:
    """Where the body or query was wrong, and why; the message may repeat what was sent."""
    return [{"pointer": _pointer(each.pointer), "code": each.code} for each in errors[:MOST_ERRORS]] or None


def _pointer(text: str) -> str:
    """The pointer (RFC 6901) without names that look like none: an unknown field may be called anything."""
    return "/".join([_name(part) if part else "" for part in text.split("/")])[:LONGEST]


def _name(text: str) -> str:
    return redact(text) if _NAME.fullmatch(text) else "…"


def _keys(query: str) -> list[str] | None:
    """Names of parameters that look like such."""
    if not query:
        return None
    return [_name(name) for name in list(dict.fromkeys(request.args))[:MOST_KEYS]]


def _note(response: Response) -> Response:
    if not api_log.collecting():
        return response
    about = g._get_current_object()
    caller: Actor | Caller | None = about.get("actor") or about.get("refused_caller")
    if caller is not None and caller.app_id is not None and caller.installation_id is not None:
        api_log.note(_call(response, about, caller, caller.installation_id, caller.app_id))
    return response


def _call(response: Response, about: Any, caller: Actor | Caller, installation_id: str, app_id: str) -> api_log.Call:
    here = request._get_current_object()  # type: ignore[attr-defined]  # the proxy asks anew at each step
    told, status = here.environ, response.status_code
    operation, route, ids = _shape(here.url_rule.endpoint, here.url_rule.rule)
    code, errors = about.get("problem") or (None, ())
    limits = about.get("limit_headers") or (response.headers if status == 429 else {})
    given = told.get("HTTP_X_REQUEST_ID") == about.request_id
    needed = about.get("needed_scopes", ())
    return api_log.Call(
        id=new_id("req") if given else about.request_id,
        workspace_id=caller.workspace_id,
        installation_id=installation_id,
        app_id=app_id,
        employee_id=caller.employee_id,
        given_id=redact(about.request_id) if given else None,
        at=clock.now(),
        method=here.method,
        operation=operation,
        route=route,
        path=_path(route, ids, here.view_args) if ids else route,
        query_keys=_keys(told.get("QUERY_STRING", "")),
        status=status,
        code=code,
        errors=_shown(errors),
        duration_ms=round((time.perf_counter() - about.began) * 1000),
        scopes_needed=needed,
        scopes_held=[scope for scope in needed if scope in caller.scopes],
        user_agent=_product(told.get("HTTP_USER_AGENT", "")),
        rate_limit=limits.get("RateLimit"),
        rate_limit_policy=limits.get("RateLimit-Policy"),
        replayed=here.method == "POST" and "Idempotency-Replayed" in response.headers,
    )


def register(app: Flask) -> None:
    app.after_request(_note)
