"""Who asks for a token: an app by its client secret."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from portico.domains.catalogue import queries as catalogue
from portico.kernel import ids, last_use, secrets

_NOBODYS = secrets.digest("no secret has this digest")


@dataclass(frozen=True, slots=True)
class Client:
    """An app with the digests of the secrets by which it may authenticate."""

    client_id: str
    secrets: tuple[tuple[str, str], ...]

    def secret_id(self, secret: str) -> str | None:
        """Which of its secrets this is. Each digest is compared in constant time, the unknown client's too."""
        given = secrets.digest(secret)
        found = None
        for secret_id, digest in self.secrets or (("", _NOBODYS),):
            if hmac.compare_digest(given, digest) and secret_id:
                found = secret_id
        return found


def find_client(client_id: str) -> Client:
    """The client, or one without secrets when nobody has this id: the caller cannot tell them apart."""
    if not ids.is_id(client_id, "app"):
        return Client(client_id, ())
    return Client(client_id, tuple((row.id, row.digest) for row in catalogue.client_secrets(client_id)))


def authenticate(client_id: str, secret: str) -> Client | None:
    """The client whose living secret this is, or None."""
    client = find_client(client_id)
    secret_id = client.secret_id(secret)
    if secret_id is None:
        return None
    last_use.note("app_credential", secret_id)
    return client
