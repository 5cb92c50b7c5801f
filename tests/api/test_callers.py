"""The matrix of callers over every operation of the OpenAPI document. An operation without an entry fails."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portico.domains.identity import service as identity
from portico.kernel.actor import ROLES
from portico.kernel.errors import Invalid
from portico.kernel.scopes import SCOPES, scopes_of_role
from portico.web.api import OPERATIONS, Operation
from tests.api.calls_of_power import GROUPS, INSTALLATIONS
from tests.support.http import ApiClient
from tests.support.world import WELL_KNOWN_URL, World

BY_ID = {operation.operation_id: operation for operation in OPERATIONS}
WITHOUT_SCOPE = {"get_me", "list_events", "get_own_installation"}
"""Any token may: the answer itself is narrowed to what the token may see."""

_ID = re.compile(r"\b[a-z]{3}_[0-7][0-9a-v]{25}\b")
SUCCESS = 0


@dataclass(frozen=True)
class Call:
    """A valid request. `by` may make it, with `besides` more than the declared scope.

    `stranger` is what the owner of another workspace is answered; `barred` is a person who holds the scope and is
    refused by policy, with the code; `status` is another success than the declared one.
    """

    path: str
    by: str
    json: Any = None
    besides: tuple[str, ...] = ()
    stranger: int | None = None
    barred: tuple[str, str] | None = None
    status: int | None = None

    def expected_of_stranger(self) -> int:
        """An id of another workspace is not found; inside a body it is wrong; without ids they stay at home."""
        if self.stranger is not None:
            return self.stranger
        if _ID.search(self.path):
            return 404
        return 422 if _ID.search(repr(self.json)) else SUCCESS


Make = Callable[[World], Call]


def at(path: str, noun: str, by: str, json: Any = None, **more: Any) -> Make:
    """A call on a fresh object: `{}` in the path is its id."""
    return lambda world: Call(path.format(getattr(world, noun)()["id"]), by, json, **more)


def to(path: str, by: str, json: Any = None, **more: Any) -> Make:
    """A call that needs nothing to be there."""
    return lambda world: Call(path, by, json, **more)


def _app_secret(world: World) -> Call:
    app = world.app()
    secret = world.post("developer", f"/apps/{app['id']}/secrets")
    return Call(f"/apps/{app['id']}/secrets/{secret['id']}", "developer")


def _app_key(world: World) -> Call:
    app = world.app()
    key = world.post("developer", f"/apps/{app['id']}/keys", {"jwk": world.jwk()})
    return Call(f"/apps/{app['id']}/keys/{key['id']}", "developer")


def _same_manifest(path: str) -> Make:
    def make(world: World) -> Call:
        manifest = world.manifest()
        app = world.post("developer", "/apps", {"manifest": manifest})
        return Call(path.format(app["id"]), "developer", {"manifest": manifest})

    return make


def _by_email(world: World) -> str:
    address: str = world.contact()["identifiers"][0]["value"]
    return f"/contacts/by-id/email/{address}"


def _contact_batch(world: World) -> Call:
    items = [{"display_name": "One"}, {"id": world.contact()["id"], "display_name": "Two"}]
    return Call("/contacts/batch", "agent", {"items": items}, stranger=200)


def _ticket_batch(world: World) -> Call:
    items = [world.ticket_values(), {"id": world.ticket()["id"], "subject": "Two"}]
    return Call("/tickets/batch", "agent", {"items": items}, stranger=200)


def _upsert(world: World) -> Call:
    address = {"kind": "email", "value": f"{world.name()}@customer.example"}
    return Call("/contacts/upsert", "agent", {"identifiers": [address]}, status=201)


CALLS: dict[str, Make] = {
    "get_me": to("/me", "employee"),
    "list_members": to("/members", "hr_admin"),
    "get_member": at("/members/{}", "member", "hr_admin"),
    "update_member": at("/members/{}", "member", "admin", {"role": "agent"}),
    "list_departments": to("/departments", "employee"),
    "create_department": lambda world: Call("/departments", "hr_admin", {"name": world.name()}),
    "get_department_tree": to("/departments/tree", "employee"),
    "get_department": at("/departments/{}", "department", "employee"),
    "update_department": lambda world: Call(
        f"/departments/{world.department()['id']}", "hr_admin", {"name": world.name()}
    ),
    "archive_department": at("/departments/{}", "department", "hr_admin"),
    "list_department_members": at("/departments/{}/members", "department", "employee"),
    "list_audit_entries": to("/audit", "admin"),
    "list_audit_checkpoints": to("/audit/checkpoints", "admin"),
    "list_employees": to("/employees", "employee"),
    "create_employee": to("/employees", "hr_admin", {"display_name": "New"}),
    "lookup_employees": lambda world: Call(
        "/employees/lookup", "employee", {"ids": [world.employee()["id"]]}, stranger=200
    ),
    "get_employee": at("/employees/{}", "employee", "employee"),
    "update_employee": at(
        "/employees/{}",
        "employee",
        "hr_admin",
        {"title": "Head"},
        besides=("directory:write",),
        barred=("agent", "forbidden"),
    ),
    "suspend_employee": at("/employees/{}/suspend", "employee", "hr_admin", {}),
    "reactivate_employee": at("/employees/{}/reactivate", "suspended_employee", "hr_admin", {}),
    "depart_employee": at("/employees/{}/depart", "employee", "hr_admin", {}),
    "list_invitations": to("/invitations", "hr_admin"),
    "create_invitation": lambda world: Call(
        "/invitations", "admin", {"email": f"{world.name()}@acme.example", "display_name": "New"}
    ),
    "get_invitation": at("/invitations/{}", "invitation", "hr_admin"),
    "resend_invitation": at("/invitations/{}/resend", "invitation", "admin", {}),
    "withdraw_invitation": at("/invitations/{}", "invitation", "admin"),
    "list_contacts": to("/contacts", "agent"),
    "create_contact": to("/contacts", "agent", {"display_name": "New"}),
    "batch_contacts": _contact_batch,
    "upsert_contact": _upsert,
    "get_contact_by_identifier": lambda world: Call(_by_email(world), "agent", stranger=404),
    "put_contact_by_identifier": lambda world: Call(_by_email(world), "agent", {"display_name": "New"}, stranger=201),
    "get_contact": at("/contacts/{}", "contact", "agent"),
    "update_contact": at("/contacts/{}", "contact", "agent", {"display_name": "Other"}),
    "trash_contact": at("/contacts/{}", "contact", "support_admin", barred=("agent", "forbidden")),
    "restore_contact": at(
        "/contacts/{}/restore", "trashed_contact", "support_admin", {}, barred=("agent", "forbidden")
    ),
    "list_tickets": to("/tickets", "employee"),
    "create_ticket": lambda world: Call("/tickets", "agent", world.ticket_values()),
    "batch_tickets": _ticket_batch,
    "get_ticket": at("/tickets/{}", "ticket", "agent", barred=("employee", "not_found")),
    "update_ticket": at("/tickets/{}", "ticket", "agent", {"priority": "high"}, barred=("employee", "not_found")),
    "trash_ticket": at("/tickets/{}", "ticket", "support_admin", barred=("agent", "forbidden")),
    "restore_ticket": at("/tickets/{}/restore", "trashed_ticket", "support_admin", {}, barred=("agent", "forbidden")),
    "assign_ticket": lambda world: Call(
        f"/tickets/{world.ticket()['id']}/assign",
        "agent",
        {"assignee_id": world.cast.employee_id("agent")},
        barred=("employee", "not_found"),
    ),
    "take_ticket": at("/tickets/{}/take", "ticket", "agent", {}, barred=("employee", "not_found")),
    "list_ticket_comments": at("/tickets/{}/comments", "ticket", "agent", barred=("employee", "not_found")),
    "create_ticket_comment": at(
        "/tickets/{}/comments", "ticket", "agent", {"body": "Hello"}, barred=("employee", "not_found")
    ),
    "list_apps": to("/apps", "developer"),
    "create_app": lambda world: Call("/apps", "developer", {"manifest": world.manifest()}),
    "get_app": at("/apps/{}", "app", "developer"),
    "update_app": at("/apps/{}", "app", "developer", {"visibility": "unlisted"}),
    "list_app_versions": at("/apps/{}/versions", "app", "developer"),
    "create_app_version": _same_manifest("/apps/{}/versions"),
    "create_app_key": lambda world: Call(
        f"/apps/{world.app()['id']}/keys", "developer", {"jwk": world.jwk()}, stranger=404
    ),
    "delete_app_key": _app_key,
    "create_app_secret": at("/apps/{}/secrets", "app", "developer"),
    "delete_app_secret": _app_secret,
    "plan_app_version": _same_manifest("/apps/{}/plan"),
    "list_catalogue": to("/catalogue", "app_manager"),
    "get_listing": lambda world: Call(f"/catalogue/{world.app()['key']}", "app_manager", stranger=404),
    "list_installations": to("/installations", "app_manager"),
    "create_installation": lambda world: Call(
        "/installations", "app_manager", {"app_key": world.app()["key"]}, stranger=422
    ),
    "get_own_installation": to("/installations/me", "app"),
    "get_installation": at("/installations/{}", "installation", "app_manager"),
    "update_installation": at("/installations/{}", "installation", "app_manager", {"granted_scopes": []}),
    "list_groups": to("/groups", "employee"),
    "create_group": lambda world: Call("/groups", "hr_admin", {"name": world.name()}),
    **{name: at(path, "group", by, json) for name, (path, by, json) in GROUPS.items()},
    **{name: at(path, "installation", by) for name, (path, by) in INSTALLATIONS.items()},
    "suspend_installation": at("/installations/{}/suspend", "installation", "app_manager"),
    "resume_installation": at("/installations/{}/resume", "suspended_installation", "app_manager"),
    "preview_uninstalling": at("/installations/{}/uninstall-preview", "installation", "app_manager"),
    "erase_installation": at("/installations/{}/erase", "uninstalled_installation", "app_manager"),
    "get_erasure": at("/installations/{}/erasure", "erased_installation", "app_manager"),
    "suspend_app": at("/apps/{}/suspend", "app", "developer"),
    "resume_app": at("/apps/{}/resume", "app", "developer"),
    "create_installation_request": lambda world: Call(
        "/installation-requests", "employee", {"app_key": world.app()["key"], "reason": "to help"}, stranger=422
    ),
    "list_installation_requests": to("/installation-requests", "employee"),
    "get_installation_request": at("/installation-requests/{}", "installation_request", "employee"),
    "approve_installation_request": at("/installation-requests/{}/approve", "installation_request", "app_manager"),
    "decline_installation_request": at(
        "/installation-requests/{}/decline", "installation_request", "app_manager", {"reason": "no"}
    ),
    "get_installation_policy": to("/installation-policy", "app_manager"),
    "put_installation_policy": to("/installation-policy", "app_manager", {}),
    "explain_access": lambda world: Call(
        f"/installations/{world.installation()['id']}/access?employee_id={world.cast.employee_id('employee')}",
        "app_manager",
    ),
    "explain_access_to_app": lambda world: Call(
        f"/catalogue/{world.app()['key']}/access?employee_id={world.cast.employee_id('employee')}", "app_manager"
    ),
    "uninstall_installation": at("/installations/{}/uninstall", "installation", "app_manager"),
    "list_events": to("/events", "employee"),
    "list_webhook_endpoints": to("/webhook-endpoints", "app_manager"),
    "create_webhook_endpoint": to(
        "/webhook-endpoints",
        "app_manager",
        {"url": WELL_KNOWN_URL, "types": ["*"]},
        barred=("developer", "forbidden"),
    ),
    "get_webhook_endpoint": at("/webhook-endpoints/{}", "endpoint", "app_manager"),
    "update_webhook_endpoint": at("/webhook-endpoints/{}", "endpoint", "app_manager", {"types": ["*"]}),
    "delete_webhook_endpoint": at("/webhook-endpoints/{}", "endpoint", "app_manager"),
    "rotate_webhook_secret": at("/webhook-endpoints/{}/secrets/rotate", "endpoint", "app_manager"),
    "ping_webhook_endpoint": at("/webhook-endpoints/{}/ping", "endpoint", "app_manager"),
    "enable_webhook_endpoint": at("/webhook-endpoints/{}/enable", "endpoint", "app_manager"),
    "list_deliveries": to("/deliveries", "app_manager"),
    "get_delivery": at("/deliveries/{}", "delivery", "app_manager"),
    "list_delivery_attempts": at("/deliveries/{}/attempts", "delivery", "app_manager"),
    "redeliver_delivery": at("/deliveries/{}/redeliver", "delivery", "app_manager"),
}

OF_THE_WORKSPACE = ("/webhook-endpoints/", "/deliveries/")
"""What people added is not an app's: to its token these are not there."""


@pytest.fixture(scope="module")
def app_token(world: World) -> ApiClient:
    return world.powerful_app()


def documented(app: Flask) -> dict[str, tuple[str, str]]:
    """operationId → method and path, as the OpenAPI document says."""
    paths = app.test_client().get("/api/openapi.json").json["paths"]
    return {
        operation["operationId"]: (method.upper(), path)
        for path, operations in paths.items()
        for method, operation in operations.items()
        if method != "parameters"
    }


def _plain(rule: str) -> str:
    return re.sub(r"<(?:[^:>]+:)?(\w+)>", r"{\1}", rule)


def test_document_routes_declarations_and_entries_name_the_same_operations(flask_app: Flask) -> None:
    found = documented(flask_app)
    routes = {
        (method, _plain(rule.rule))
        for rule in flask_app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert routes == set(found.values())
    assert set(BY_ID) == set(found)
    assert len(BY_ID) == len(OPERATIONS), "an operationId is used twice"
    assert set(CALLS) == set(found), "each operation needs an entry in CALLS, and each entry an operation"


def test_only_the_named_operations_need_no_scope() -> None:
    assert {o.operation_id for o in OPERATIONS if not o.scope and not o.any_scope} == WITHOUT_SCOPE


def test_what_apps_cannot_ask_for_only_guards_what_people_do() -> None:
    for operation in OPERATIONS:
        for scope in (*operation.scope, *operation.any_scope):
            assert scope in SCOPES, f"{operation.operation_id} names {scope}, which is not declared"
            assert SCOPES[scope].for_apps or operation.people_only, operation.operation_id


def send(client: ApiClient, operation: Operation, call: Call) -> TestResponse:
    body = {} if call.json is None else {"json": call.json}
    if operation.must_match:
        body["headers"] = {"If-Match": "*"}
    return client._call(operation.method, call.path, **body)


def refused(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.json.get("code")) == (status, code), (answer.request.path, answer.json)
    assert answer.mimetype == "application/problem+json"
    body: dict[str, Any] = answer.json
    assert body["status"] == status
    assert body["request_id"] == answer.headers["X-Request-Id"]
    return body


def counted(answer: TestResponse) -> None:
    """Whoever is known by a token is told where they stand with their limits."""
    assert re.fullmatch(r'"(read|write)";q=\d+;w=60', answer.headers["RateLimit-Policy"])
    assert re.fullmatch(r'"(read|write)";r=\d+;t=\d+', answer.headers["RateLimit"])


def needed_scopes(operation: Operation) -> list[str]:
    return [*operation.scope, *operation.any_scope]


@pytest.fixture(params=sorted(CALLS))
def operation(request: pytest.FixtureRequest) -> Operation:
    return BY_ID[request.param]


@pytest.fixture
def call(operation: Operation, world: World) -> Call:
    return CALLS[operation.operation_id](world)


def test_anonymous(operation: Operation, call: Call, world: World) -> None:
    answer = send(world.api(None), operation, call)
    refused(answer, 401, "token_missing")
    challenge = answer.headers["WWW-Authenticate"]
    metadata = 'Bearer resource_metadata="http://127.0.0.1:8000/.well-known/oauth-protected-resource"'
    needed = " ".join((*operation.scope, *operation.any_scope))
    assert challenge == (f'{metadata}, scope="{needed}"' if needed else metadata)


def test_another_workspace(operation: Operation, call: Call, world: World) -> None:
    if operation.apps_only:  # it names nothing: the token itself says whose installation it reads
        return
    answer = send(world.api("outsider"), operation, call)
    counted(answer)
    expected = call.expected_of_stranger()
    if expected == 404:
        refused(answer, 404, "not_found")
    elif expected == 422:
        assert refused(answer, 422, "invalid")["errors"][0]["pointer"].startswith("/")
    else:
        assert answer.status_code in {expected, operation.status, *operation.also}
    assert world.cast.acme not in answer.text
    asked = set(_ID.findall(call.path + repr(call.json)))
    ours = {world.cast.employee_id(name) for name in world.cast.users if name != "outsider"}
    assert not ours.difference(asked).intersection(_ID.findall(answer.text))
    if isinstance(answer.json, dict) and "results" in answer.json:
        assert {result["status"] for result in answer.json["results"]} <= {201, 404, 422}


def test_missing_scope(operation: Operation, call: Call, world: World) -> None:
    needed = needed_scopes(operation)
    if not needed:
        assert operation.operation_id in WITHOUT_SCOPE
        return
    others = sorted(world.cast.actor(call.by).scopes.difference(needed))
    answer = send(world.api(call.by, *others), operation, call)
    assert refused(answer, 403, "insufficient_scope")["required_scopes"] == needed
    assert f'scope="{" ".join(needed)}"' in answer.headers["WWW-Authenticate"]
    counted(answer)


def test_wrong_role(operation: Operation, call: Call, world: World) -> None:
    """A role without the scope cannot even make a token with it; and with all that it has it is refused."""
    needed = needed_scopes(operation)
    for role in ROLES:
        if needed and not scopes_of_role(role).intersection(needed):
            actor = world.cast.actor(role)
            with pytest.raises(Invalid), world.cast.writing():
                identity.create_token(actor, name="beyond", scopes=needed, life=timedelta(days=1))
            refused(send(world.api(role), operation, call), 403, "insufficient_scope")
    if call.barred:
        who, code = call.barred
        refused(send(world.api(who), operation, call), 404 if code == "not_found" else 403, code)


def _succeeded(operation: Operation, call: Call, answer: TestResponse) -> None:
    assert answer.status_code == (call.status or operation.status), (answer.request.path, answer.json)
    counted(answer)
    if answer.status_code == 204:
        assert answer.data == b""
    else:
        assert answer.mimetype == "application/json"
    assert answer.headers["X-Request-Id"]
    if answer.status_code in (201, 202):
        assert answer.headers["Location"].startswith("/api/v1/")


def test_the_right_person(operation: Operation, call: Call, world: World) -> None:
    if operation.apps_only:
        refused(send(world.api("owner"), operation, call), 403, "forbidden")
        return
    _succeeded(operation, call, send(world.api(call.by, *needed_scopes(operation), *call.besides), operation, call))


def test_an_app(operation: Operation, call: Call, world: World, app_token: ApiClient) -> None:
    """With every scope an app does what people do, but for what is theirs alone."""
    answer = send(app_token, operation, call)
    counted(answer)
    if operation.people_only:
        refused(answer, 403, "forbidden")
    elif call.path.startswith(OF_THE_WORKSPACE):
        refused(answer, 404, "not_found")
    else:
        _succeeded(operation, call, answer)


def test_an_app_without_the_scope(operation: Operation, call: Call, world: World) -> None:
    needed = needed_scopes(operation)
    if operation.people_only or not needed:
        return
    refused(send(world.powerful_app(*needed), operation, call), 403, "insufficient_scope")
