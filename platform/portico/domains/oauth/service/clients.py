"""Who asks for a token: an app with what it may authenticate by."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Any

from portico import settings
from portico.domains.catalogue import queries as catalogue
from portico.domains.oauth.power import COMMAND_LINE
from portico.domains.oauth.service import unlisted
from portico.kernel import ids, last_use, secrets

_NOBODYS = secrets.digest("no secret has this digest")


@dataclass(frozen=True, slots=True)
class Client:
    """An app with the digests of the secrets and the public keys by which it may authenticate. `auth_method` is the
    one method that its manifest binds it to, if it does."""

    client_id: str
    secrets: tuple[tuple[str, str], ...] = ()
    keys: tuple[tuple[str, dict[str, Any]], ...] = ()
    public: bool = False
    auth_method: str | None = None
    id_token_alg: str | None = None

    def uses(self, method: str) -> bool:
        """Whether this client may authenticate so. The unknown one may by a secret, so that its secret is compared."""
        if self.public:
            return method == "none"
        return method != "none" and self.auth_method in (None, method)

    def secret_id(self, secret: str) -> str | None:
        """Which of its secrets this is. Each digest is compared in constant time, the unknown client's too."""
        given = secrets.digest(secret)
        found = None
        for secret_id, digest in self.secrets or (("", _NOBODYS),):
            if hmac.compare_digest(given, digest) and secret_id:
                found = secret_id
        return found


def find_client(client_id: str) -> Client:
    """The client, or one without credentials when nobody has this id: the caller cannot tell them apart."""
    if client_id == COMMAND_LINE:
        return Client(client_id, public=True)
    facts = catalogue.client(client_id) if ids.is_id(client_id, "app") else None
    if facts is None and settings.current().unlisted_clients != "off" and unlisted.unlisted_client(client_id):
        return Client(client_id, public=True)
    if facts is None:
        return Client(client_id)
    return Client(client_id, facts.secrets, facts.keys, facts.public, facts.auth_method, facts.id_token_alg)


def authenticate(client_id: str, secret: str) -> Client | None:
    """The client whose living secret this is, or None."""
    client = find_client(client_id)
    return client if client.secret_id(secret) is not None else None


def note_use(credential_id: str) -> None:
    """Remember that this credential was used just now."""
    if credential_id:
        last_use.note("app_credential", credential_id)
