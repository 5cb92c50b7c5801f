"""One call of a step, and what came of it: done, refused, or worth another try.

A POST carries a key made of the run and the step, so that a call whose answer was lost is not done twice; what reads,
replaces or deletes is the same when it is done again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flow_composer.catalogue import Catalogue, Operation
from flow_composer.flows import Person
from flow_composer.model import Step
from portico_sdk import (
    APIError,
    AuthenticationError,
    AuthorizationError,
    ConnectionFailed,
    NotFoundError,
    PermissionDeniedError,
    Portico,
    PorticoError,
)
from portico_sdk.models import Interaction

_OBJECTS = {"tkt": "ticket", "con": "contact", "emp": "employee"}
_HELD_S = 600.0


@dataclass(frozen=True)
class Done:
    output: Any


@dataclass(frozen=True)
class Again:
    """`after`: seconds that were asked for; `output` is kept for the next try."""

    because: Mapping[str, Any]
    after: float | None = None
    output: Any = None


@dataclass(frozen=True)
class Failed:
    """`ends`: the flow has lost its power, and is switched off."""

    because: Mapping[str, Any]
    ends: bool = False


Outcome = Done | Again | Failed


def failure(key: str, *details: Any) -> dict[str, Any]:
    return {"key": key, "details": list(details)}


@dataclass(frozen=True)
class Request:
    """A call of the API as it is sent."""

    method: str
    path: str
    params: Mapping[str, Any]
    json: Mapping[str, Any] | None

    def as_dict(self) -> dict[str, Any]:
        return {"method": self.method, "path": self.path, "query": dict(self.params), "body": self.json}


def request_for(operation: Operation, given: Mapping[str, Any]) -> Request:
    """Where each value goes; a name with a dot is a field within a field."""
    path, params, body = operation.path, dict[str, Any](), dict[str, Any]()
    for one in operation.parameters:
        if one.name not in given:
            continue
        value = given[one.name]
        if one.where == "path":
            path = path.replace(f"{{{one.name}}}", quote(str(value), safe=""))
        elif one.where == "query":
            params[one.name] = value
        else:
            outer, _, inner = one.name.partition(".")
            target = body.setdefault(outer, {}) if inner else body
            target[inner or outer] = str(value) if one.shape["type"] == "string" and _is_plain(value) else value
    return Request(operation.method, path, params, body if operation.method in ("POST", "PATCH", "PUT") else None)


def call(
    step: Step, given: Mapping[str, Any], catalogue: Catalogue, client: Portico, owner: Person, key: str, kept: Any
) -> Outcome:
    """`kept` is what an earlier try left."""
    try:
        if "action" in step["call"]:
            return _action(step["call"]["action"], given, client, key, kept)
        operation = catalogue.operations.get(step["call"]["operation"])
        if operation is None:
            return Failed(failure("call_unknown"))
        return _operation(request_for(operation, given), client, key, again=kept is not None)
    except AuthorizationError:
        return Failed(failure("owner_ended", owner.name), ends=True)
    except PorticoError as error:
        return judged(error, owner)


def judged(error: PorticoError, owner: Person) -> Outcome:
    """What a refusal of the platform means for the run and for the flow."""
    if isinstance(error, ConnectionFailed):
        return Again(failure("platform_away"))
    if not isinstance(error, APIError):
        return Failed(failure("platform_refused", str(error)[:300]))
    if error.code == "installation_suspended":
        return Again(failure("app_held"), _HELD_S)
    if isinstance(error, AuthenticationError):
        return Failed(failure("owner_ended", owner.name), ends=True)
    if isinstance(error, PermissionDeniedError):
        lost = error.code in ("insufficient_scope", "scope_pending")
        return Failed(failure("owner_lacks", owner.name, error.message), ends=lost)
    if error.status in (408, 429) or error.status >= 500 or error.code == "idempotency_in_progress":
        return Again(failure("platform_refused", error.message), error.retry_after)
    fields = "; ".join(f"{one.pointer}: {one.message}" for one in error.errors)
    return Failed(failure("platform_refused", f"{error.message} {fields}".strip()))


def _operation(request: Request, client: Portico, key: str, *, again: bool) -> Outcome:
    try:
        answer = client.request(
            request.method,
            request.path,
            params=request.params,
            json=request.json,
            idempotency_key=key if request.method == "POST" else None,
        )
    except NotFoundError:
        if again and request.method == "DELETE":  # the try before did it
            return Done({})
        raise
    return Done(answer if answer is not None else {})


def _action(action: Mapping[str, str], given: Mapping[str, Any], client: Portico, key: str, kept: Any) -> Outcome:
    if isinstance(kept, dict) and "id" in kept:
        return _of_run(client.interactions.get(kept["id"]))
    about = given.get("object")
    ran = client.actions.run(
        action["app"],
        action["action"],
        object={"type": _OBJECTS.get(str(about)[:3], "company"), "id": str(about)} if about else None,
        input={name: value for name, value in given.items() if name != "object"},
        confirmed=True,
        idempotency_key=key,
    )
    return _of_run(ran)


def _of_run(ran: Interaction) -> Outcome:
    if not ran.is_over:
        return Again(failure("action_failed", ran.state), 5.0, {"id": ran.id})
    if ran.state == "answered":
        return Done({"id": ran.id, "state": ran.state, "answer": dict(ran.answer)})
    if ran.state == "refused":
        return Failed(failure("action_refused", "; ".join(map(str, ran.answer.get("errors", {}).values()))))
    return Failed(failure("action_failed", ran.failure or ran.state))


def _is_plain(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
