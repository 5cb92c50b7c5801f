"""Secrets of apps: shown once, two at a time, replaced without a gap, and nowhere in the database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portico.domains.catalogue import queries, service
from portico.domains.catalogue.errors import KeyTaken, PublicClient, TooManyKeys, TooManySecrets
from portico.domains.oauth import service as oauth
from portico.kernel import clock
from portico.kernel.errors import Invalid, NotFound
from portico.kernel.secrets import SealBroken, keyring
from tests.support.apps import manifest, register
from tests.support.assertions import key_pair, public
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases


def authenticates(cast: Cast, client_id: str, secret: str) -> bool:
    with cast.reading():
        return oauth.authenticate(client_id, secret) is not None


def test_two_client_secrets_and_no_third(cast: Cast) -> None:
    app = register(cast)
    developer = cast.actor("developer")
    with cast.writing():
        second = service.create_client_secret(developer, app["id"])
    with cast.writing(), pytest.raises(TooManySecrets):
        service.create_client_secret(developer, app["id"])
    assert authenticates(cast, app["id"], app["client_secret"])
    assert authenticates(cast, app["id"], second.client_secret)


def test_an_ended_secret_is_dead_and_its_slot_free(cast: Cast) -> None:
    app = register(cast)
    developer = cast.actor("developer")
    with cast.writing():
        service.create_client_secret(developer, app["id"])
        first = min(row.id for row in queries.secrets_of(developer, app["id"]) if row.kind == "client_secret")
        service.end_client_secret(developer, app["id"], first)
    assert not authenticates(cast, app["id"], app["client_secret"])
    with cast.writing():
        service.create_client_secret(developer, app["id"])
        with pytest.raises(NotFound):
            service.end_client_secret(developer, app["id"], first)


def test_nobody_else_makes_or_ends_secrets(cast: Cast) -> None:
    app = register(cast)
    with cast.writing():
        secret_id = queries.secrets_of(cast.actor("developer"), app["id"])[0].id
    for stranger in ("admin", "outsider"):
        with cast.writing(cast.workspace_of(stranger)):
            with pytest.raises(NotFound):
                service.create_client_secret(cast.actor(stranger), app["id"])
            with pytest.raises(NotFound):
                service.end_client_secret(cast.actor(stranger), app["id"], secret_id)
            with pytest.raises(NotFound):
                service.rotate_signing_secret(cast.actor(stranger), app["id"])


def test_a_public_client_has_no_secret(cast: Cast) -> None:
    app = register(cast, manifest(oauth={"client_type": "public"}))
    assert app["client_secret"] is None
    with cast.writing(), pytest.raises(PublicClient):
        service.create_client_secret(cast.actor("developer"), app["id"])


def test_the_signing_secret_rotates_with_a_day_of_overlap(cast: Cast, held_clock: None) -> None:
    app = register(cast)
    with cast.writing():
        newer = service.rotate_signing_secret(cast.actor("developer"), app["id"])
        assert queries.signing_secrets(app["id"]) == [newer, app["signing_secret"]]
    clock.advance(timedelta(hours=24, seconds=1))
    with cast.reading():
        assert queries.signing_secrets(app["id"]) == [newer]


def test_five_signing_secrets_are_the_most(cast: Cast) -> None:
    app = register(cast)
    with cast.writing():
        for _ in range(4):
            service.rotate_signing_secret(cast.actor("developer"), app["id"])
        assert len(queries.signing_secrets(app["id"])) == 5
    with cast.writing(), pytest.raises(TooManySecrets):
        service.rotate_signing_secret(cast.actor("developer"), app["id"])


def test_a_sealed_secret_opens_only_in_its_row(cast: Cast) -> None:
    app = register(cast)
    row = queries.seal_row("sec_1", app["id"])
    sealed = keyring().seal(b"secret", row)
    assert keyring().unseal(sealed, row) == b"secret"
    with pytest.raises(SealBroken):
        keyring().unseal(sealed, queries.seal_row("sec_2", app["id"]))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"d": "x"}, "private key"),
        ({"k": "x"}, "private key"),
        ({"kty": "oct"}, "P-256 key"),
        ({"kty": ["EC"]}, "P-256 key"),
        ({"crv": "P-384"}, "P-256"),
        ({"alg": "HS256"}, "signing"),
        ({"use": "enc"}, "signing"),
        ({"x": 7}, "base64url"),
        ({"x": "AAAA"}, "cannot be read"),
        ({"kid": "x" * 201}, "kid"),
        ({"kid": 7}, "kid"),
    ],
    ids=repr,
)
def test_what_is_no_public_key(cast: Cast, changed: dict[str, object], says: str) -> None:
    app = register(cast)
    with cast.writing(), pytest.raises(Invalid) as refused:
        service.add_public_key(cast.actor("developer"), app["id"], {**public(key_pair()), **changed})
    assert says in refused.value.errors[0].message


def test_five_keys_and_no_two_of_one_name(cast: Cast) -> None:
    app = register(cast)
    developer = cast.actor("developer")
    with cast.writing():
        for number in range(5):
            service.add_public_key(developer, app["id"], public(key_pair(), kid=f"key{number}"))
    with cast.writing(), pytest.raises(KeyTaken):
        service.add_public_key(developer, app["id"], public(key_pair(), kid="key0"))
    with cast.writing(), pytest.raises(TooManyKeys):
        service.add_public_key(developer, app["id"], public(key_pair()))
    with cast.writing(cast.other), pytest.raises(NotFound):
        service.add_public_key(cast.actor("outsider"), app["id"], public(key_pair()))
