"""What flows are made of: kinds of events, operations of the API, and actions of installed apps, as the platform says.

Operations come from its OpenAPI document: those that an app may do in a person's name with a scope that this app's
manifest asks people for. Kept for a while, since it is large and changes with releases only.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from flow_composer import shapes
from flow_composer.shapes import Shape
from portico_sdk import Portico
from portico_sdk.models import Action

_FRESH_S = 600.0
_OF_LISTS = frozenset({"cursor", "fields", "count"})
_LARGEST_DOCUMENT_S = 30.0
_SCHEMES = "application/json"


@dataclass(frozen=True)
class Parameter:
    """`where`: path, query or body; `name` of a field within a field of the body has dots."""

    name: str
    where: str
    shape: Shape
    required: bool
    description: str = ""

    def as_dict(self) -> dict[str, Any]:
        shown = {"name": self.name, "type": self.shape["type"], "required": self.required, "shape": self.shape}
        more = {"enum": self.shape["enum"]} if "enum" in self.shape else {}
        return {**shown, "description": self.description, **more}


@dataclass(frozen=True)
class Operation:
    id: str
    title: str
    description: str
    method: str
    path: str
    alternatives: tuple[tuple[str, ...], ...]
    """Scopes; holding all of one of these opens the door."""
    parameters: tuple[Parameter, ...]
    result: Shape

    @property
    def writes(self) -> bool:
        return self.method != "GET"

    def scopes(self, given: Mapping[str, Any]) -> tuple[str, ...]:
        """What the call needs; an internal note needs another scope than a reply."""
        if given.get("visibility") == {"text": "internal"}:
            return next((one for one in self.alternatives if ".internal:" in "".join(one)), self.alternatives[0])
        return self.alternatives[0]

    def as_dict(self) -> dict[str, Any]:
        about = {"id": self.id, "title": self.title, "description": self.description, "method": self.method}
        more = {"path": self.path, "scopes": list(self.alternatives[0]), "writes": self.writes, "result": self.result}
        return {**about, **more, "parameters": [each.as_dict() for each in self.parameters]}


@dataclass(frozen=True)
class EventKind:
    type: str
    title: str
    resource: str
    scope: str
    shape: Shape

    def as_dict(self) -> dict[str, Any]:
        return {"type": self.type, "title": self.title, "scope": self.scope, "shape": self.shape}


@dataclass(frozen=True)
class Catalogue:
    events: Mapping[str, EventKind] = field(default_factory=dict)
    operations: Mapping[str, Operation] = field(default_factory=dict)
    actions: Mapping[tuple[str, str], Action] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return {
            "events": [each.as_dict() for each in self.events.values()],
            "operations": [each.as_dict() for each in self.operations.values()],
            "actions": [_shown(each) for each in self.actions.values()],
        }


class Shelf:
    """Keeps catalogues. `user_scopes` are what people may be asked for."""

    def __init__(
        self,
        base_url: str,
        http: httpx.Client,
        workspace: Callable[[str], Portico],
        user_scopes: Iterable[str],
        own_key: str,
        now: Callable[[], float],
    ) -> None:
        self._base_url, self._http, self._workspace = base_url.rstrip("/"), http, workspace
        self._user_scopes, self._own_key, self._now = frozenset(user_scopes), own_key, now
        self._lock = threading.Lock()
        self._operations: tuple[float, Mapping[str, Operation]] = (float("-inf"), {})
        self._of_workspaces: dict[tuple[str, str], tuple[float, Catalogue]] = {}

    def of(self, installation_id: str, locale: str = "en") -> Catalogue:
        """Raises PorticoError and httpx.HTTPError."""
        now, language = self._now(), "zh-CN" if locale.lower().startswith("zh") else "en"
        with self._lock:
            kept = self._of_workspaces.get((installation_id, language))
        if kept is not None and now - kept[0] < _FRESH_S:
            return kept[1]
        client = self._workspace(installation_id)
        made = Catalogue(self._events(client, language), self.operations(), self._actions(client))
        with self._lock:
            self._of_workspaces[installation_id, language] = (now, made)
        return made

    def operations(self) -> Mapping[str, Operation]:
        with self._lock:
            if self._now() - self._operations[0] >= _FRESH_S:
                answer = self._http.get(f"{self._base_url}/api/openapi.json", timeout=_LARGEST_DOCUMENT_S)
                document = answer.raise_for_status().json()
                self._operations = (self._now(), operations_in(document, self._user_scopes))
            return self._operations[1]

    def _events(self, client: Portico, language: str) -> dict[str, EventKind]:
        rows = client.request("GET", "/event-types")["data"]
        kinds = (_event_kind(row, language) for row in rows if row["scope"] in self._user_scopes)
        return {each.type: each for each in kinds}

    def _actions(self, client: Portico) -> dict[tuple[str, str], Action]:
        found = client.actions.list(place="flow")
        return {(one.app_key, one.key): one for one in found if one.identity != "user" and one.app_key != self._own_key}


def operations_in(document: Mapping[str, Any], user_scopes: frozenset[str]) -> dict[str, Operation]:
    found = {}
    for path, methods in sorted(document["paths"].items()):
        for method, about in methods.items():
            if method in ("get", "post", "put", "patch", "delete") and path.startswith("/api/v1/"):
                made = _operation(document, path, method, about, methods.get("parameters", ()), user_scopes)
                if made is not None:
                    found[made.id] = made
    return found


def _operation(
    document: Mapping[str, Any],
    path: str,
    method: str,
    about: Mapping[str, Any],
    shared: Iterable[Mapping[str, Any]],
    user_scopes: frozenset[str],
) -> Operation | None:
    offered = [tuple(one.get("bearer", ())) for one in about.get("security", ())]
    alternatives = tuple(one for one in offered if one and user_scopes.issuperset(one))
    body = about.get("requestBody", {}).get("content", {})
    if not alternatives or (body and _SCHEMES not in body) or path.endswith("/batch"):
        return None
    good = [one for code, one in about["responses"].items() if code.startswith("2")]
    answer: Mapping[str, Any] = good[0].get("content", {}) if good else {}
    if answer and _SCHEMES not in answer:
        return None  # a file
    components = document["components"]["schemas"]
    given = [*shared, *about.get("parameters", ())]
    parameters = [
        *(_parameter(one, components) for one in given if one["in"] != "header" and one["name"] not in _OF_LISTS),
        *(_body(body[_SCHEMES]["schema"], components) if body else ()),
    ]
    noun = path.removeprefix("/api/v1/").partition("/")[0]
    result = answer.get(_SCHEMES, {}).get("schema")
    return Operation(
        id=about["operationId"],
        title=about.get("summary", about["operationId"]),
        description=about.get("description", ""),
        method=method.upper(),
        path=path.removeprefix("/api/v1"),
        alternatives=alternatives,
        parameters=tuple(parameters),
        result=shapes.of_schema(result, components, about=_singular(noun)) if result else shapes.ANY,
    )


def _parameter(one: Mapping[str, Any], components: Mapping[str, Any]) -> Parameter:
    shape = shapes.of_schema(one.get("schema", {}), components, one["name"])
    return Parameter(one["name"], one["in"], shape, bool(one.get("required")), one.get("description", ""))


def _body(schema: Mapping[str, Any], components: Mapping[str, Any], prefix: str = "") -> Iterable[Parameter]:
    """Fields of the body; those of an object within it with a dot."""
    while "$ref" in schema:
        schema = components[str(schema["$ref"]).rpartition("/")[2]]
    for name, part in schema.get("properties", {}).items():
        shape = shapes.of_schema(part, components, name)
        if shape["type"] == "object" and not prefix:
            yield from _body(part, components, f"{name}.")
        else:
            required = name in schema.get("required", ()) and not prefix
            yield Parameter(prefix + name, "body", shape, required, part.get("description", ""))


def _singular(noun: str) -> str:
    return "company" if noun == "companies" else noun.removesuffix("s")


def _event_kind(row: Mapping[str, Any], language: str) -> EventKind:
    data = shapes.of_schema(row["schema"], {}, about=row["resource"])
    title = row["title"][language] if language in row["title"] else row["title"]["en"]
    text: Shape = {"type": "string"}
    about: Shape = {
        "type": "object",
        "fields": {
            "id": text,
            "type": text,
            "occurred_at": text,
            "actor": {"type": "object", "fields": {"kind": text, "id": {"type": "string", "of": "employee"}}},
        },
    }
    whole: Shape = {
        "type": "object",
        "fields": {row["resource"]: data, "changes": {"type": "list", "items": text}, "event": about},
    }
    return EventKind(row["type"], title, row["resource"], row["scope"], whole)


_TYPES = {"integer": "integer", "number": "number", "boolean": "boolean"}


def action_parameters(action: Action) -> list[Parameter]:
    made = []
    if action.object_types:
        shape: Shape = {"type": "string", "of": action.object_types[0]}
        made.append(Parameter("object", "object", shape, action.needs_object))
    for one in action.input:
        kind: Shape = {"type": _TYPES.get(one.type, "string")}
        if one.options:
            kind["enum"] = list(one.options)
        made.append(Parameter(one.name, "input", kind, one.required, one.help or ""))
    return made


def _shown(action: Action) -> dict[str, Any]:
    about = {"app": action.app_key, "app_name": action.app_name, "key": action.key, "title": action.title}
    titles = {one.name: one.title for one in action.input}
    fields = [{**one.as_dict(), "title": titles.get(one.name, one.name)} for one in action_parameters(action)]
    return {**about, "risk": action.risk, "input": fields}


def trigger_of(event: Mapping[str, Any]) -> dict[str, Any]:
    """What steps see of an event."""
    about = {name: event.get(name) for name in ("id", "type", "occurred_at", "actor")}
    return {event["resource"]["type"]: event["data"], "changes": event.get("changes") or [], "event": about}
