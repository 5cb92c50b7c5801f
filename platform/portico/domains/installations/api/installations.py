"""Operations of installations."""

from __future__ import annotations

from typing import Any

from portico.domains.catalogue.schemas import ManifestInput
from portico.domains.installations import (
    erasures,
    explaining,
    measuring,
    policies,
    previewing,
    queries,
    requests,
    schemas,
    service,
    visibility_schemas,
)
from portico.domains.installations.visibility import visibility
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery
from portico.kernel.schemas import Nothing
from portico.web.api import ApiBlueprint, Created

blp = ApiBlueprint("installations", "Installations", "Apps in this workspace.")

_ONE = '/installations/<id("ins"):installation_id>'


@blp.get(
    "/installations",
    scope="installations:read",
    listing=queries.INSTALLATIONS,
    answer=schemas.Installation,
    people_only=True,
    summary="List installations",
)
def list_installations(actor: Actor, query: ListQuery) -> Any:
    return queries.page_of_installations(actor, query)


@blp.post(
    "/installations",
    scope="installations:write",
    body=schemas.InstallationCreate,
    answer=schemas.Installation,
    status=201,
    people_only=True,
    refusals=("already_installed",),
    summary="Install an app",
)
def create_installation(actor: Actor, body: dict[str, Any]) -> Any:
    """Without `granted_scopes` the app gets what it requires and nothing optional."""
    row = service.install(
        actor,
        body["app_key"],
        granted_scopes=body.get("granted_scopes"),
        availability_=body.get("availability"),
        settings=body.get("settings"),
        data_range_=body.get("data_range"),
    )
    return Created(row, f"/api/v1/installations/{row['id']}")


@blp.get("/installations/me", answer=schemas.Installation, apps_only=True, summary="Read the token's own installation")
def get_own_installation(actor: Actor) -> Any:
    """With the secret settings, which no one else reads."""
    return queries.own_installation(actor)


@blp.get(
    _ONE, scope="installations:read", answer=schemas.Installation, people_only=True, summary="Read an installation"
)
def get_installation(actor: Actor, installation_id: str) -> Any:
    return queries.installation(actor, installation_id)


@blp.patch(
    _ONE,
    scope="installations:write",
    body=schemas.InstallationUpdate,
    answer=schemas.Installation,
    people_only=True,
    versioned=True,
    refusals=("installation_state",),
    summary="Change what an app may do, for whom, and its settings",
)
def update_installation(actor: Actor, installation_id: str, body: dict[str, Any], expected_version: int | None) -> Any:
    return service.update_installation(actor, installation_id, body, expected_version)


@blp.get(
    f"{_ONE}/scope-use",
    scope="installations:read",
    answer=schemas.ScopeUse,
    people_only=True,
    summary="Read which scopes an app uses",
)
def get_scope_use(actor: Actor, installation_id: str) -> Any:
    """Asked, granted, and used in the last 30 days; what was used in the last minute may be missing."""
    return measuring.scope_use_of(actor, installation_id)


@blp.post(
    f"{_ONE}/shrink",
    scope="installations:write",
    body=Nothing,
    optional_body=True,
    answer=schemas.Installation,
    people_only=True,
    refusals=("installation_state",),
    summary="Take back the scopes that an app did not use in 30 days",
)
def shrink_installation(actor: Actor, installation_id: str, body: dict[str, Any]) -> Any:
    """Counts from the app's next request; it hears of it, and can ask for what it misses."""
    return service.shrink(actor, installation_id)


@blp.post(
    f"{_ONE}/suspend",
    scope="installations:write",
    body=schemas.HoldInput,
    answer=schemas.Installation,
    people_only=True,
    optional_body=True,
    refusals=("installation_state",),
    summary="Suspend an app",
)
def suspend_installation(actor: Actor, installation_id: str, body: dict[str, Any]) -> Any:
    """The company's side: its tokens answer 401 until no side suspends it any more."""
    return service.suspend(actor, installation_id, body.get("reason"))


@blp.post(
    f"{_ONE}/resume",
    scope="installations:write",
    answer=schemas.Installation,
    people_only=True,
    refusals=("installation_state",),
    summary="Resume an app that the company suspended",
)
def resume_installation(actor: Actor, installation_id: str) -> Any:
    """It stays suspended while its publisher or the operator holds it."""
    return service.resume(actor, installation_id)


@blp.get(
    f"{_ONE}/uninstall-preview",
    scope="installations:write",
    answer=schemas.UninstallPreview,
    people_only=True,
    refusals=("installation_state",),
    summary="See what depends on an app",
)
def preview_uninstalling(actor: Actor, installation_id: str) -> Any:
    """What would end with it, until when it can come back, and where it may have sent data. Changes nothing."""
    return previewing.preview(actor, installation_id)


@blp.post(
    f"{_ONE}/uninstall",
    scope="installations:write",
    answer=schemas.Installation,
    people_only=True,
    refusals=("installation_state",),
    summary="Uninstall an app",
)
def uninstall_installation(actor: Actor, installation_id: str) -> Any:
    """Its tokens die in the same moment. Installing the app again within 30 days brings its settings back."""
    return service.uninstall(actor, installation_id)


@blp.post(
    f"{_ONE}/erase",
    scope="installations:write",
    answer=schemas.Erasure,
    people_only=True,
    refusals=("installation_state",),
    summary="Erase an uninstalled app at once",
)
def erase_installation(actor: Actor, installation_id: str) -> Any:
    """Without waiting for the 30 days. The app is told to erase what it holds, with a deadline."""
    return service.erase(actor, installation_id)


@blp.get(
    f"{_ONE}/erasure",
    scope="installations:read",
    answer=schemas.Erasure,
    people_only=True,
    summary="Read what an app answered to the request to erase",
)
def get_erasure(actor: Actor, installation_id: str) -> Any:
    return erasures.of_installation(actor, installation_id)


_OWN_APP = '/apps/<id("app"):app_id>'


@blp.post(
    f"{_OWN_APP}/suspend",
    scope="apps:write",
    body=schemas.PublisherHoldInput,
    answer=schemas.HoldOutcome,
    people_only=True,
    optional_body=True,
    own_units=True,
    summary="Suspend an app everywhere, or one of its installations",
)
def suspend_app(actor: Actor, app_id: str, body: dict[str, Any]) -> Any:
    """The publisher's side: only the publisher lifts it. A repeat changes nothing."""
    return service.suspend_as_publisher(actor, app_id, body.get("installation_id"), body.get("reason"))


@blp.post(
    f"{_OWN_APP}/resume",
    scope="apps:write",
    body=schemas.PublisherLiftInput,
    answer=schemas.HoldOutcome,
    people_only=True,
    optional_body=True,
    own_units=True,
    summary="Lift the publisher's suspension",
)
def resume_app(actor: Actor, app_id: str, body: dict[str, Any]) -> Any:
    """What the company or the operator suspended stays so. A repeat changes nothing."""
    return service.resume_as_publisher(actor, app_id, body.get("installation_id"))


@blp.post(
    '/apps/<id("app"):app_id>/plan',
    scope="apps:write",
    body=ManifestInput,
    answer=schemas.Plan,
    people_only=True,
    own_units=True,
    summary="Plan a deployment",
)
def plan_app_version(actor: Actor, app_id: str, body: dict[str, Any]) -> Any:
    """What the manifest would change, and which installations would wait for a consent. Changes nothing."""
    return service.plan(actor, app_id, body["manifest"])


_REQUEST = '/installation-requests/<id("irq"):request_id>'


@blp.post(
    "/installation-requests",
    scope="installations:request",
    body=schemas.RequestCreate,
    answer=schemas.InstallationRequest,
    status=201,
    people_only=True,
    refusals=("already_installed", "policy_denies"),
    summary="Ask for an app",
)
def create_installation_request(actor: Actor, body: dict[str, Any]) -> Any:
    """Equal requests become one with a count. Where the policy says so, an app that only reads is installed at once.

    For an app that is installed, it is about what the app lacks: `scopes`, or all of it.
    """
    row = service.request_app(actor, body["app_key"], body["reason"], body.get("scopes", ()))
    return Created(row, f"/api/v1/installation-requests/{row['id']}")


@blp.get(
    "/installation-requests",
    scope="installations:request",
    listing=requests.REQUESTS,
    answer=schemas.InstallationRequest,
    people_only=True,
    summary="List requests for apps",
)
def list_installation_requests(actor: Actor, query: ListQuery) -> Any:
    """All for who manages apps, else one's own."""
    return requests.page_of_requests(actor, query)


@blp.get(
    _REQUEST,
    scope="installations:request",
    answer=schemas.InstallationRequest,
    people_only=True,
    summary="Read a request for an app",
)
def get_installation_request(actor: Actor, request_id: str) -> Any:
    return requests.request(actor, request_id)


@blp.post(
    f"{_REQUEST}/approve",
    scope="installations:write",
    body=schemas.InstallationUpdate,
    answer=schemas.InstallationRequest,
    people_only=True,
    optional_body=True,
    refusals=("request_closed", "policy_denies"),
    summary="Approve a request and install the app",
)
def approve_installation_request(actor: Actor, request_id: str, body: dict[str, Any]) -> Any:
    """The body is the consent: what is granted, for whom, with which settings."""
    return service.approve_request(actor, request_id, body)


@blp.post(
    f"{_REQUEST}/decline",
    scope="installations:write",
    body=schemas.RequestDecline,
    answer=schemas.InstallationRequest,
    people_only=True,
    refusals=("request_closed",),
    summary="Decline a request",
)
def decline_installation_request(actor: Actor, request_id: str, body: dict[str, Any]) -> Any:
    return service.decline_request(actor, request_id, body["reason"])


@blp.get(
    "/installation-policy",
    scope="installations:read",
    answer=schemas.Policy,
    people_only=True,
    summary="Read what the company lets in",
)
def get_installation_policy(actor: Actor) -> Any:
    return policies.policy(actor)


@blp.put(
    "/installation-policy",
    scope="installations:write",
    body=schemas.PolicyInput,
    answer=schemas.Policy,
    people_only=True,
    versioned=True,
    must_match=True,
    summary="Set what the company lets in",
)
def put_installation_policy(actor: Actor, body: dict[str, Any], expected_version: int | None) -> Any:
    """Needs `If-Match`. Scopes that it denies are cut from the apps that have them."""
    return service.set_policy(actor, body, expected_version)


@blp.get(
    f"{_ONE}/access",
    scope="installations:read",
    parameters={"employee_id": True},
    answer=schemas.Access,
    people_only=True,
    summary="Say why a person may use an app, or not",
)
def explain_access(actor: Actor, installation_id: str, employee_id: str) -> Any:
    return explaining.access_to_installation(actor, installation_id, employee_id)


@blp.get(
    "/catalogue/<app_key>/access",
    scope="installations:read",
    parameters={"employee_id": True},
    answer=schemas.Access,
    people_only=True,
    summary="Say why a person may use an app of the catalogue, or not",
)
def explain_access_to_app(actor: Actor, app_key: str, employee_id: str) -> Any:
    return explaining.access(actor, app_key, employee_id)


@blp.get(
    "/me/visibility",
    answer=visibility_schemas.Visibility,
    people_only=True,
    summary="Say what can be seen about you, and who looked",
)
def get_visibility(actor: Actor) -> Any:
    """Which roles and which installed apps see which of your fields, why, and where apps send data; and who read
    your profile in the last 30 days."""
    return visibility(actor)
