"""One decorator for an operation of the API: guard, schema and documentation at once.

    @blp.get("/contacts", scope="contacts:read", listing=CONTACTS, answer=Contact, summary="List contacts")
    def list_contacts(actor: Actor, query: ListQuery) -> Page: ...

The handler authenticates, counts the call, checks the scope, validates the input, opens the unit of work (reading
for GET, writing otherwise), keeps idempotent answers, and dumps the answer by the compiled schema. The view is one
call. What cannot be declared here is not an operation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import orjson
from flask import Response, current_app, g, request
from flask_smorest import Blueprint
from marshmallow import Schema
from werkzeug.datastructures import Headers

from portico.kernel import authn, idempotency, scope_use, sightings, unit_of_work
from portico.kernel.actor import Actor, Cause
from portico.kernel.dump import Dump, dumper
from portico.kernel.errors import Forbidden, Invalid
from portico.kernel.events.causes import cause_of
from portico.kernel.listing import Listing, Page
from portico.kernel.schemas import load
from portico.web import requests
from portico.web.batch import Batch
from portico.web.docs import document
from portico.web.downloads import Download, file_response
from portico.web.limits import Kind

View = Callable[..., Any]

OPERATIONS: list[Operation] = []
"""Every operation there is, for the matrix of callers and the docs."""


class Answer(Response):
    """JSON. Werkzeug copies and amends the headers of a response before it leaves; here nothing is to be amended, for
    the length is known, the location is one of our own paths, and there is a body."""

    def get_wsgi_headers(self, environ: Any) -> Headers:
        return self.headers


@dataclass(frozen=True, slots=True)
class Created:
    """Answers 201 with `Location`. `body` is dumped by the operation's schema."""

    body: Any
    location: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """Answers 202 with the job."""

    body: Any
    location: str


@dataclass(frozen=True, slots=True)
class Between:
    """Answers 201 with what a stranger said, who is called between two units: the first has written `body`, that they
    will be; `call` runs outside of every unit and ends soon, whether they answered or not; `look` reads in the second
    how it stands. Until then `body` is what a replay of the request is answered, so that whoever comes again after a
    crash hears where it went instead of waiting."""

    body: Any
    location: str
    call: Callable[[], None] | None
    look: Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    view: View
    summary: str
    scope: tuple[str, ...]
    tag: str
    body: type[Schema] | None = None
    answer: type[Schema] | None = None
    listing: Listing | None = None
    parameters: dict[str, bool] = field(default_factory=dict)
    status: int = 200
    people_only: bool = False
    apps_only: bool = False
    versioned: bool = False
    must_match: bool = False
    """`If-Match` is required: the object is a rule, and nobody shall overwrite one that they have not read."""
    optional_body: bool = False
    own_units: bool = False
    """The view opens its units itself, because it works over workspaces. What it changes, a repeat finds changed."""
    refusals: tuple[str, ...] = ()
    also: tuple[int, ...] = ()
    """Other statuses of success than `status`."""
    file: tuple[str, ...] = ()
    """The media types of the file that it answers instead of JSON."""
    upload: bool = False
    """It takes one file, as the field `file` of a form, which its view reads by `uploads.received`."""
    reads: str | None = None
    """Whose data it shows: `employee` or `contact`. Who looked is counted for the people concerned."""
    is_search: bool = False
    """It is counted among searches, which are fewer."""
    any_scope: tuple[str, ...] = ()
    """Holding one of these opens the door; the service asks for the one that the input needs."""

    @property
    def write(self) -> bool:
        return self.method != "GET"

    @property
    def operation_id(self) -> str:
        return self.view.__name__


class ApiBlueprint(Blueprint):  # type: ignore[misc]
    """The operations of one domain, under `/api/v1`."""

    def __init__(self, name: str, tag: str, description: str = "") -> None:
        super().__init__(f"api_{name}", __name__, url_prefix="/api/v1", description=description)
        self.tag = tag
        self.get = partial(self.operation, "GET")
        self.post = partial(self.operation, "POST")
        self.patch = partial(self.operation, "PATCH")
        self.put = partial(self.operation, "PUT")
        self.delete = partial(self.operation, "DELETE")

    def operation(
        self, method: str, path: str, *, scope: str | Sequence[str] = (), summary: str, **declared: Any
    ) -> Callable[[View], View]:
        scopes = (scope,) if isinstance(scope, str) else tuple(scope)

        def register(view: View) -> View:
            operation = Operation(method, path, view, summary, scopes, self.tag, **declared)
            OPERATIONS.append(operation)
            handler = _handler(operation)
            handler.__name__ = view.__name__
            handler.__doc__ = None
            handler.takes_files = operation.upload  # type: ignore[attr-defined]
            handler._apidoc = {"manual_doc": document(operation, view.__doc__)}  # type: ignore[attr-defined]
            self.add_url_rule(path, view.__name__, handler, methods=[method], tags=[self.tag])
            return view

        return register


def _handler(operation: Operation) -> Callable[..., Response]:
    dump = dumper(operation.answer) if operation.answer is not None else None
    schema = operation.body() if operation.body is not None else None

    needed = (*operation.scope, *operation.any_scope)

    def handle(**path: Any) -> Response:
        with unit_of_work.one_connection() as lane:
            g.needed_scopes = needed
            actor = authn.authenticate(request.environ.get("HTTP_AUTHORIZATION"))
            g.actor = actor
            _admit(operation, actor)
            arguments = _arguments(operation, schema, path)
            _charge_items(operation, actor, arguments)
            if operation.own_units:
                lane.leave()
                return _response(operation, dump, operation.view(actor, **arguments))
            with unit_of_work.light_unit(actor.workspace_id, write=operation.write):
                response = _answer(operation, dump, _with_cause(actor, operation), arguments)
            between: Between | None = g.pop("between", None)
            if between is None or between.call is None:
                return response
            lane.leave()
            between.call()
            return _after(operation, dump, actor, between)

    return handle


def _admit(operation: Operation, actor: Actor) -> None:
    """Limits, kind of caller and scope, in that order."""
    g.limit_headers = current_app.extensions["portico_limits"].spend(actor, _kind(operation))
    if operation.people_only and actor.kind not in ("employee", "system"):
        raise Forbidden("Only people may do this; an app cannot, whatever its scopes, and in nobody's name.")
    if operation.apps_only and not actor.is_app:
        raise Forbidden("Only an app's own token may do this.")
    missing = [scope for scope in operation.scope if not actor.may(scope)]
    if operation.any_scope and not any(actor.may(scope) for scope in operation.any_scope):
        missing.append(" or ".join(operation.any_scope))
    if missing:
        needed = [*operation.scope, *operation.any_scope]
        if actor.pending_scopes.issuperset(missing):
            raise authn.ScopePending(
                f"This call needs {' '.join(missing)}, which the app asks for and an admin has not granted; "
                "they find it on the app's page under Installed apps. People ask for it at ask_url.",
                extra={"required_scopes": needed, "ask_url": authn.ask_url(actor, missing)},
            )
        raise authn.InsufficientScope(
            f"This call needs {' '.join(needed)}; the token lacks {' '.join(missing)}.",
            extra={"required_scopes": needed},
        )
    scope_use.note_call(actor, (*operation.scope, *operation.any_scope))


def _kind(operation: Operation) -> Kind:
    if operation.write:
        return "write"
    searched = operation.is_search or (operation.listing is not None and request.args.get("q"))
    return "search" if searched else "read"


def _charge_items(operation: Operation, actor: Actor, arguments: dict[str, Any]) -> None:
    """A batch costs one call, which is paid, and a tenth of one for each item."""
    if operation.body is not None and issubclass(operation.body, Batch):
        cost = len(arguments["body"]["items"]) / 10
        g.limit_headers = current_app.extensions["portico_limits"].spend(actor, "write", cost=cost)


def _arguments(operation: Operation, schema: Schema | None, path: dict[str, Any]) -> dict[str, Any]:
    arguments = dict(path)
    if operation.listing is not None:
        arguments["query"] = requests.list_query(operation.listing, frozenset(operation.parameters))
    if operation.parameters:
        extra = {name: request.args.get(name) for name in operation.parameters}
        arguments |= extra if operation.listing is not None else requests.plain_query(operation.parameters)
    elif operation.listing is None:
        requests.plain_query({})
    if schema is not None:
        arguments["body"] = load(schema, requests.json_body(required=not operation.optional_body))
    if operation.versioned:
        arguments["expected_version"] = requests.expected_version(required=operation.must_match)
    return arguments


def _with_cause(actor: Actor, operation: Operation) -> Actor:
    event_id = request.headers.get("Portico-Cause")
    if event_id is None or not operation.write or actor.installation_id is None:
        return actor
    cause: Cause = cause_of(actor, event_id)
    return Actor(**{name: getattr(actor, name) for name in Actor.__slots__} | {"cause": cause})


def _answer(operation: Operation, dump: Dump | None, actor: Actor, arguments: dict[str, Any]) -> Response:
    key = request.headers.get("Idempotency-Key") if operation.method == "POST" else None
    if key is None:
        return _response(operation, dump, operation.view(actor, **arguments))
    if not 1 <= len(key) <= 255 or not key.isascii() or not key.isprintable():
        raise Invalid("Idempotency-Key is 1 to 255 printable ASCII characters.")
    attempt = idempotency.Attempt(actor, key, _fingerprint())
    kept = attempt.begin()
    if kept is not None:
        replay = Response(kept["body"], kept["status"])
        replay.headers.update({**kept["headers"], "Idempotency-Replayed": "true"})
        return replay
    response = _response(operation, dump, operation.view(actor, **arguments))
    _keep(attempt, response)
    return response


def _after(operation: Operation, dump: Dump | None, actor: Actor, between: Between) -> Response:
    """The second unit: how it stands now, kept in place of what was kept before."""
    key = request.headers.get("Idempotency-Key")
    with unit_of_work.light_unit(actor.workspace_id, write=key is not None):
        response = _response(operation, dump, Created(between.look(), between.location))
        if key is not None:
            _keep(idempotency.Attempt(actor, key, _fingerprint()), response)
        return response


def _keep(attempt: idempotency.Attempt, response: Response) -> None:
    headers = {
        name: response.headers[name] for name in ("Content-Type", "Location", "ETag") if name in response.headers
    }
    attempt.keep(response.status_code, headers, response.get_data())


def _fingerprint() -> bytes:
    return b"\n".join([request.method.encode(), request.path.encode(), request.query_string, request.get_data()])


def _response(operation: Operation, dump: Dump | None, result: Any) -> Response:
    headers: dict[str, str] = {}
    status = operation.status
    if isinstance(result, Between):
        g.between = result
        result = Created(result.body, result.location)
    if isinstance(result, Created | Accepted):
        headers["Location"] = result.location
        status = 201 if isinstance(result, Created) else 202
        result = result.body
    if result is None:
        return Response(status=204)
    if isinstance(result, Download):
        return file_response(result)
    if isinstance(result, Page):
        body: Any = _page_body(dump, result)
    else:
        body = dump(result) if dump is not None else result
        if isinstance(body, dict) and isinstance(body.get("version"), int):
            headers["ETag"] = f'"{body["version"]}"'
    if operation.reads is not None:
        _note_reading(operation.reads, result)
    return Answer(orjson.dumps(body), status, headers, content_type="application/json")


def _note_reading(kind: str, result: Any) -> None:
    one = None if isinstance(result, Page) else result.get("id")
    if one is not None:
        sightings.note(g.actor, kind, one)
    else:
        searched = request.method == "POST" or any(name == "q" or name.startswith("filter[") for name in request.args)
        sightings.note(g.actor, kind, way="search" if searched else "list")


def _page_body(dump: Dump | None, page: Page) -> dict[str, Any]:
    data = [dump(row) if dump is not None else row for row in page.rows]
    if page.fields:
        wanted = {"id", "_redacted", *page.fields}
        data = [{name: value for name, value in row.items() if name in wanted} for row in data]
    about: dict[str, Any] = {"next_cursor": page.next_cursor, "has_more": page.has_more}
    if page.total is not None:
        about["total"] = page.total
    return {"data": data, "page": {**about, **page.extra}}
