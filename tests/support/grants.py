"""Grants for tests: an app that people may let act for them, and its codes and tokens without going through HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from portico.domains.oauth import queries, service
from portico.kernel import clock
from portico.kernel.unit_of_work import system_unit
from tests.support import apps
from tests.support.cast import Cast

VERIFIER = "v" * 43
CHALLENGE = service.challenge_of(VERIFIER)
CALLBACK = "https://helper.example/callback"
USER_SCOPES = ("openid", "profile", "directory:read", "contacts:read")


def manifest(
    *scopes: str, key: str = "helper", public: bool = False, callbacks: tuple[str, ...] = (CALLBACK,)
) -> dict[str, Any]:
    """A manifest of an app that asks people for these scopes."""
    asked = [{"name": name, "reason": f"to test {name}"} for name in scopes or USER_SCOPES]
    return apps.manifest(
        key,
        access={"scopes": [{"name": "directory:read", "reason": "for the test"}], "user_scopes": asked},
        oauth={"client_type": "public" if public else "confidential", "redirect_uris": list(callbacks)},
    )


@dataclass
class Client:
    """An installed app, and what people of the cast allow it."""

    cast: Cast
    app: dict[str, Any]
    installation: dict[str, Any]
    public: bool = False
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def client_id(self) -> str:
        return str(self.app["client_id"])

    def begin(self, person: str = "agent", scopes: tuple[str, ...] = USER_SCOPES, **more: Any) -> str:
        """A grant; answers its id."""
        with self.cast.writing():
            return service.begin_grant(
                self.cast.actor(person),
                client_id=self.client_id,
                app_id=self.app["id"],
                installation_id=self.installation["id"],
                public=self.public,
                scopes=scopes,
                **{"resource": None, "session_id": None, "auth_time": clock.now(), **more},
            )

    def code(self, person: str = "agent", scopes: tuple[str, ...] = USER_SCOPES, **more: Any) -> str:
        grant_id = self.begin(person, scopes, **more)
        with self.cast.writing():
            return service.issue_code(grant_id, redirect_uri=CALLBACK, challenge=CHALLENGE, nonce=None)

    def tokens(self, person: str = "agent", scopes: tuple[str, ...] = USER_SCOPES, **more: Any) -> service.IssuedTokens:
        """An access and a refresh token of a new grant."""
        grant_id = self.begin(person, scopes, **more)
        with system_unit("tests: issue tokens", write=True):
            return service.issue_user_tokens(queries.grant(grant_id), scopes, more.get("resource"))


def client(cast: Cast, *scopes: str, public: bool = False, key: str = "helper", **more: Any) -> Client:
    """Registered by the developer of the cast, and installed."""
    app = apps.register(cast, manifest(*scopes, key=key, public=public, **more))
    return Client(cast, app, apps.install(cast, key), public)


def redeem(code: str, client_id: str, **more: Any) -> Any:
    with system_unit("tests: redeem a code", write=True):
        return service.redeem_code(client_id, code, **{"redirect_uri": CALLBACK, "verifier": VERIFIER, **more})


def refresh(token: str | None, client_id: str, **more: Any) -> Any:
    assert token is not None
    with system_unit("tests: refresh", write=True):
        return service.refresh(client_id, token, **more)
