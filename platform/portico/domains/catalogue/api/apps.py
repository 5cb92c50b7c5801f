"""Operations of the catalogue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portico.domains.catalogue import queries, schemas, service
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery
from portico.web.api import ApiBlueprint, Created, View

blp = ApiBlueprint("catalogue", "Apps", "Apps of a developer, and the catalogue of a workspace.")


@blp.get(
    "/apps", scope="apps:read", listing=queries.APPS, answer=schemas.App, people_only=True, summary="List own apps"
)
def list_apps(actor: Actor, query: ListQuery) -> Any:
    return queries.page_of_apps(actor, query)


@blp.post(
    "/apps",
    scope="apps:write",
    body=schemas.ManifestInput,
    answer=schemas.AppCreated,
    status=201,
    people_only=True,
    refusals=("app_key_taken",),
    summary="Register an app from its manifest",
)
def create_app(actor: Actor, body: dict[str, Any]) -> Any:
    """The answer holds `client_secret` and `signing_secret`, this once."""
    app = service.register_app(actor, body["manifest"])
    return Created(app, f"/api/v1/apps/{app['id']}")


@blp.get('/apps/<id("app"):app_id>', scope="apps:read", answer=schemas.App, people_only=True, summary="Read an own app")
def get_app(actor: Actor, app_id: str) -> Any:
    return queries.own_app(actor, app_id)


@blp.patch(
    '/apps/<id("app"):app_id>',
    scope="apps:write",
    body=schemas.AppUpdate,
    answer=schemas.App,
    people_only=True,
    refusals=("review_required",),
    summary="Change who may find and install an app",
)
def update_app(actor: Actor, app_id: str, body: dict[str, Any]) -> Any:
    return service.update_app(actor, app_id, **body)


@blp.get(
    '/apps/<id("app"):app_id>/versions',
    scope="apps:read",
    listing=queries.VERSIONS,
    answer=schemas.AppVersion,
    people_only=True,
    summary="List the versions of an own app",
)
def list_app_versions(actor: Actor, app_id: str, query: ListQuery) -> Any:
    return queries.page_of_versions(actor, app_id, query)


@blp.post(
    '/apps/<id("app"):app_id>/versions',
    scope="apps:write",
    body=schemas.VersionCreate,
    answer=schemas.AppVersion,
    status=201,
    people_only=True,
    summary="Deploy a new version of an app",
)
def create_app_version(actor: Actor, app_id: str, body: dict[str, Any]) -> Any:
    """The key in the manifest cannot change. Where the review is open, the version is released at once."""
    version = service.create_version(actor, app_id, **body)
    return Created(version, f"/api/v1/apps/{app_id}/versions/{version.id}")


_VERSION = '/apps/<id("app"):app_id>/versions/<id("ver"):version_id>'


@blp.get(_VERSION, scope="apps:read", answer=schemas.AppVersion, people_only=True, summary="Read a version of an app")
def get_app_version(actor: Actor, app_id: str, version_id: str) -> Any:
    return queries.own_version(actor, app_id, version_id)


def _step(path: str, summary: str, *refusals: str, **declared: Any) -> Callable[[View], View]:
    """A step in the life of a version."""
    return blp.post(
        f"{_VERSION}/{path}",
        scope="apps:write",
        answer=schemas.AppVersion,
        people_only=True,
        refusals=("invalid_transition", *refusals),
        summary=summary,
        **declared,
    )


@_step("check", "Let the robot check a version")
def check_app_version(actor: Actor, app_id: str, version_id: str) -> Any:
    """What `portico app check` finds, what a listing lacks, the scopes that were never used, and whether the app
    refuses a wrong signature and accepts a right one. `findings` stand in the version once `checked_at` is new."""
    return service.check_version(actor, app_id, version_id)


@_step("submit", "Hand a version in for review")
def submit_app_version(actor: Actor, app_id: str, version_id: str) -> Any:
    """A draft is checked first and goes on by itself when nothing is wrong."""
    return service.submit_version(actor, app_id, version_id)


@_step(
    "release",
    "Release a version, or raise its share",
    "release_in_rollout",
    body=schemas.VersionRelease,
    optional_body=True,
)
def release_app_version(actor: Actor, app_id: str, version_id: str, body: dict[str, Any]) -> Any:
    """`percent` of the installations run it, all without it. Which ones is fixed, so raising it moves nobody back.
    The first version, and one after a withdrawn one, is released whole."""
    return service.release_version(actor, app_id, version_id, **body)


@_step("pause", "Pause a release")
def pause_app_version(actor: Actor, app_id: str, version_id: str) -> Any:
    """Who runs it stays; no installation joins until it is resumed."""
    return service.pause_version(actor, app_id, version_id)


@_step("resume", "Resume a paused release")
def resume_app_version(actor: Actor, app_id: str, version_id: str) -> Any:
    return service.resume_version(actor, app_id, version_id)


@_step("roll-back", "Roll a version back")
def roll_back_app_version(actor: Actor, app_id: str, version_id: str) -> Any:
    """All installations that run it run the version before it, at once. What that one asks for and was not granted
    waits as `scope_pending`."""
    return service.roll_back_version(actor, app_id, version_id)


@_step("withdraw", "Withdraw a version")
def withdraw_app_version(actor: Actor, app_id: str, version_id: str) -> Any:
    """No new installation gets it; those that run it stay until another is released."""
    return service.withdraw_version(actor, app_id, version_id)


@blp.post(
    '/apps/<id("app"):app_id>/secrets',
    scope="apps:write",
    body=schemas.AppSecretCreate,
    optional_body=True,
    answer=schemas.AppSecret,
    status=201,
    people_only=True,
    refusals=("too_many_secrets", "public_client"),
    summary="Make a second client secret",
)
def create_app_secret(actor: Actor, app_id: str, body: dict[str, Any]) -> Any:
    """Two can be active at once. The answer holds `client_secret`, this once."""
    secret = service.create_client_secret(actor, app_id, body.get("previous_expires_at"))
    return Created(secret, f"/api/v1/apps/{app_id}/secrets/{secret.id}")


@blp.delete(
    '/apps/<id("app"):app_id>/secrets/<id("sec"):secret_id>',
    scope="apps:write",
    status=204,
    people_only=True,
    summary="End a client secret",
)
def delete_app_secret(actor: Actor, app_id: str, secret_id: str) -> None:
    service.end_client_secret(actor, app_id, secret_id)


@blp.post(
    '/apps/<id("app"):app_id>/keys',
    scope="apps:write",
    body=schemas.AppKeyCreate,
    answer=schemas.AppKey,
    status=201,
    people_only=True,
    refusals=("too_many_keys", "key_taken", "public_client"),
    summary="Register a public key of an app",
)
def create_app_key(actor: Actor, app_id: str, body: dict[str, Any]) -> Any:
    """The public half of a P-256 (ES256) or RSA (RS256) key as a JWK; five can be active at once."""
    key = service.add_public_key(actor, app_id, body["jwk"])
    return Created(key, f"/api/v1/apps/{app_id}/keys/{key.id}")


@blp.delete(
    '/apps/<id("app"):app_id>/keys/<id("sec"):key_id>',
    scope="apps:write",
    status=204,
    people_only=True,
    summary="End a public key of an app",
)
def delete_app_key(actor: Actor, app_id: str, key_id: str) -> None:
    service.end_public_key(actor, app_id, key_id)


@blp.get(
    "/catalogue",
    scope="catalogue:read",
    listing=queries.CATALOGUE,
    answer=schemas.Listing,
    summary="List the apps that can be installed here",
)
def list_catalogue(actor: Actor, query: ListQuery) -> Any:
    return queries.page_of_catalogue(actor, query)


@blp.get("/catalogue/<app_key>", scope="catalogue:read", answer=schemas.Listing, summary="Read an app's page")
def get_listing(actor: Actor, app_key: str) -> Any:
    return queries.listing(actor, app_key)
