"""The device grant at its two ends: what the device asks, and what the person decides about (RFC 8628)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError

from portico import settings
from portico.domains.oauth import consenting, service
from portico.domains.oauth.authorizing import AuthorizationRequest
from portico.domains.oauth.client_authentication import ALL_METHODS, AuthenticatedClient
from portico.domains.oauth.consenting import Door
from portico.domains.oauth.power import OFFLINE
from portico.domains.oauth.registered import find_client
from portico.domains.oauth.resources import TargetInvalid, canonical
from portico.domains.oauth.service.devices import INTERVAL_SECONDS, LIFE
from portico.domains.oauth.user_grants import UserGrant
from portico.kernel.actor import Actor
from portico.kernel.authn import Login
from portico.kernel.unit_of_work import system_unit, unit

Answer = tuple[int, Any, list[tuple[str, str]]]
PAGE = "/account/device"


class DeviceGrant(UserGrant):
    GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"

    def create_token_response(self) -> Answer:
        code = self.needed("device_code")
        with system_unit("oauth: a device polls", write=True):
            outcome = service.poll_device(self.client.client_id, code)
        return self.answered(outcome)


class DeviceEndpoint:
    """`POST /oauth/device` (RFC 8628 section 3.1), in the form in which Authlib registers endpoints."""

    ENDPOINT_NAME = "device_authorization"

    def __init__(self, server: Any) -> None:
        self.server = server

    def create_endpoint_request(self, request: Any) -> Any:
        return request

    def __call__(self, request: Any) -> Answer:
        client: AuthenticatedClient = self.server.authenticate_client(request, ALL_METHODS)
        scopes = _scopes(client.client_id, request.form.get("scope", "").split())
        try:
            resource = canonical(request.resources)
        except TargetInvalid:
            raise OAuth2Error(description="This server protects no such resource.", error="invalid_target") from None
        with system_unit("oauth: a device asks", write=True):
            codes = service.begin_device(client.client_id, scopes, resource)
        page = f"{settings.current().public_url}{PAGE}"
        body = {
            "device_code": codes.device_code,
            "user_code": codes.user_code,
            "verification_uri": page,
            "verification_uri_complete": f"{page}?user_code={codes.user_code}",
            "expires_in": int(LIFE.total_seconds()),
            "interval": INTERVAL_SECONDS,
        }
        return 200, body, []


def _scopes(client_id: str, asked: Sequence[str]) -> list[str]:
    client = find_client(client_id)
    if client is None:
        raise InvalidRequestError("The client has no released version.")
    wanted = list(dict.fromkeys(asked)) or list(client.scopes)
    if not wanted or not {*client.scopes, OFFLINE}.issuperset(wanted):
        raise OAuth2Error(description="The app did not register all of these scopes for people.", error="invalid_scope")
    return wanted


@dataclass(frozen=True, slots=True)
class PendingDevice:
    """A device that waits, as a request to which the person says yes or no."""

    id: str
    user_code: str
    asked: AuthorizationRequest

    def within(self, workspace: str | None) -> PendingDevice:
        return replace(self, asked=replace(self.asked, workspace=workspace))


def look_up(login: Login, typed: str) -> PendingDevice | None:
    """What waits behind the code that a person typed. A wrong one costs a try. Raises RateLimited."""
    with system_unit("oauth: a try of a device's code", write=True):
        service.take_try(login.session_id)
    code = service.normalised(typed)
    with system_unit("oauth: what waits behind a device's code", write=True):
        row = service.find_pending(code) if code is not None else None
        if row is not None:
            service.forget_tries(login.session_id)
    client = find_client(row.client_id) if row is not None else None
    if row is None or client is None or code is None:
        return None
    asked = AuthorizationRequest(
        client=client,
        redirect_uri="",
        state=None,
        scopes=tuple(row.scopes),
        challenge="",
        resource=row.resource,
        nonce=None,
        prompts=frozenset({"consent"}),
        max_age=None,
        workspace=None,
        digest=hashlib.sha256(f"device|{row.id}".encode()).hexdigest(),
    )
    return PendingDevice(row.id, f"{code[:4]}-{code[4:]}", asked)


def allow(pending: PendingDevice, actor: Actor, door: Door, scopes: Sequence[str], login: Login) -> None:
    """The person says yes; the device gets its tokens at its next poll. Raises Conflict."""
    client = pending.asked.client
    auth_time: datetime = consenting.signed_in_at(login)
    with unit(door.workspace_id, write=True):
        service.remember_consent(actor, client.client_id, client.seen, scopes)
        grant_id = service.begin_grant(
            actor,
            client_id=client.client_id,
            app_id=client.app_id,
            installation_id=door.installation_id,
            public=client.public,
            scopes=scopes,
            resource=pending.asked.resource,
            session_id=login.session_id,
            auth_time=auth_time,
        )
        service.decide_device(pending.id, grant_id)


def deny(pending: PendingDevice) -> None:
    """Raises Conflict."""
    with system_unit("oauth: a person refuses a device", write=True):
        service.decide_device(pending.id, None)
