"""What webhooks refuse."""

from __future__ import annotations

from portico.kernel.errors import Refusal


class ManagedByManifest(Refusal):
    code, status, title = "managed_by_manifest", 409, "This endpoint stands in the app's manifest; change it there."


class SignedByApp(Refusal):
    code, status, title = "signed_by_app", 409, "Calls to an app are signed with the app's own secret; rotate that one."


class TooManyEndpointSecrets(Refusal):
    code, status, title = (
        "too_many_endpoint_secrets",
        409,
        "Five secrets sign for this endpoint; wait until an old one has expired.",
    )


class TooManySigningKeys(Refusal):
    code, status, title = "too_many_signing_keys", 409, "Five keys sign; wait until an old one has expired."


class EndpointHeld(Refusal):
    code, status, title = "endpoint_held", 409, "The app is suspended; its endpoint is active again when the app is."


class EndpointNotActive(Refusal):
    code, status, title = "endpoint_not_active", 409, "The endpoint receives nothing at present; enable it first."


class ReplayOver(Refusal):
    code, status, title = "replay_over", 409, "The replay is over: nothing of it waits any more."


class EndpointDeleted(Refusal):
    code, status, title = "endpoint_deleted", 409, "The endpoint was deleted; nothing can be delivered to it."


class TooManyStreams(Refusal):
    code, status, title = (
        "too_many_streams",
        429,
        "This caller has as many streams open as it may have; close one, or read several kinds of events by one.",
    )
