"""`v1a` on choice: keys of a workspace or an app, their rotation, and receivers that know `v1` alone."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask
from sqlalchemy import select, update
from standardwebhooks import WebhookVerificationError

from portico.domains.catalogue import service as catalogue
from portico.domains.webhooks import service, sweeping
from portico.domains.webhooks.models import EndpointSecret, WebhookKey
from portico.domains.webhooks.pump import Pump
from portico.kernel import clock
from portico.kernel.unit_of_work import system_unit
from portico_sdk import errors as sdk_errors
from portico_sdk import webhooks as sdk
from tests.support import apps
from tests.support.cast import Cast
from tests.support.http import Api
from tests.support.loopback_servers import LoopbackServer, Received
from tests.support.pumping import endpoint, happen, settle, verified

pytestmark = pytest.mark.both_databases
BOTH = ["v1", "v1a"]


def with_key(cast: Cast, url: str) -> dict[str, Any]:
    actor = cast.actor("admin")
    with cast.writing():
        return service.create_endpoint(actor, {"url": url, "types": ["contact.*"], "signatures": BOTH})


def versions(received: Received) -> list[str]:
    return [token.partition(",")[0] for token in received.headers["webhook-signature"].split(" ")]


def checks(received: Received, public_key: str) -> bool:
    """Whether one of the `v1a` tokens is by this key, by the standard's own words."""
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key.removeprefix("whpk_")))
    names = ("webhook-id", "webhook-timestamp")
    signed = b".".join([*(received.headers[name].encode() for name in names), received.body])
    for token in received.headers["webhook-signature"].split(" "):
        version, _, value = token.partition(",")
        try:
            if version == "v1a":
                key.verify(base64.b64decode(value), signed)
                return True
        except InvalidSignature:
            continue
    return False


def last(cast: Cast, pump: Pump, receiver: LoopbackServer) -> Received:
    happen(cast)
    settle(pump)
    return receiver.received[-1]


def test_v1_alone_is_the_default(cast: Cast, pump: Pump, receiver: LoopbackServer, api: Api) -> None:
    made = endpoint(cast, receiver.url())
    assert made["signatures"] == ["v1"]
    assert versions(last(cast, pump, receiver)) == ["v1"]
    assert api("admin").get(f"/webhook-endpoints/{made['id']}/keys").json["public_keys"] == []


def test_the_stock_library_verifies_everything_through_two_rotations_of_both(
    cast: Cast, pump: Pump, receiver: LoopbackServer, api: Api
) -> None:
    made = with_key(cast, receiver.url())
    path, admin = f"/webhook-endpoints/{made['id']}", api("admin")
    secrets = [made["secret"]]
    public = [admin.get(f"{path}/keys").json["public_keys"][0]["public_key"]]
    for rounds in (1, 2, 3):
        received = last(cast, pump, receiver)
        assert versions(received) == ["v1"] * rounds + ["v1a"] * rounds
        for secret in secrets:
            assert verified(received, secret)["type"] == "contact.created"
        assert all(checks(received, key) for key in public)
        about = {name: received.headers[f"webhook-{name}"] for name in ("id", "timestamp")}
        newest = sdk.sign(received.body, secrets=secrets[0], webhook_id=about["id"], timestamp=int(about["timestamp"]))
        assert received.headers["webhook-signature"].startswith(newest["webhook-signature"]), "newest first"
        secrets.insert(0, admin.post(f"{path}/secrets/rotate").json["secret"])
        public.insert(0, admin.post(f"{path}/keys/rotate").json["public_keys"][0]["public_key"])
    _overlap_is_over(cast)
    received = last(cast, pump, receiver)
    assert versions(received) == BOTH
    assert verified(received, secrets[0])
    with pytest.raises(WebhookVerificationError):
        verified(received, secrets[1])
    assert [checks(received, key) for key in public] == [True, False, False, False]


def _overlap_is_over(cast: Cast) -> None:
    past = clock.now() - timedelta(seconds=1)
    with cast.writing() as work:
        mine = (EndpointSecret.workspace_id == cast.acme, EndpointSecret.expires_at.is_not(None))
        work.execute(update(EndpointSecret).where(*mine).values(expires_at=past))
        work.execute(update(WebhookKey).where(WebhookKey.expires_at.is_not(None)).values(expires_at=past))


def test_the_sdk_checks_either(cast: Cast, pump: Pump, receiver: LoopbackServer, api: Api) -> None:
    made = with_key(cast, receiver.url())
    (key,) = api("admin").get(f"/webhook-endpoints/{made['id']}/keys").json["public_keys"]
    received = last(cast, pump, receiver)
    for how in ({"secrets": made["secret"]}, {"public_keys": [key["public_key"]]}):
        assert sdk.verify(received.body, received.headers, **how).type == "contact.created"  # type: ignore[arg-type]
    with pytest.raises(sdk_errors.WebhookVerificationError):
        sdk.verify(received.body + b" ", received.headers, public_keys=key["public_key"])


def test_the_key_set_is_public_and_tells_nothing_of_nobody(
    cast: Cast, receiver: LoopbackServer, api: Api, app: Flask
) -> None:
    made, client = with_key(cast, receiver.url()), app.test_client()
    shown = api("admin").get(f"/webhook-endpoints/{made['id']}/keys").json
    answer = client.get(f"/webhooks/jwks/{cast.acme}")
    assert shown["jwks_url"].endswith(f"/webhooks/jwks/{cast.acme}")
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    (jwk,) = answer.json["keys"]
    raw = base64.urlsafe_b64decode(jwk.pop("x") + "=")
    assert "whpk_" + base64.b64encode(raw).decode() == shown["public_keys"][0]["public_key"]
    assert jwk == {"kty": "OKP", "crv": "Ed25519", "kid": shown["public_keys"][0]["id"], "use": "sig", "alg": "EdDSA"}
    for nobody in (cast.other, "wsp_nobody", "app_nobody", "x"):
        assert client.get(f"/webhooks/jwks/{nobody}").json == {"keys": []}


def test_a_workspace_has_one_key_for_its_endpoints_and_it_is_sealed(
    cast: Cast, receiver: LoopbackServer, api: Api
) -> None:
    one, other = (with_key(cast, receiver.url())["id"] for _ in range(2))
    keys = [api("admin").get(f"/webhook-endpoints/{each}/keys").json["public_keys"] for each in (one, other)]
    assert keys[0] == keys[1]
    with system_unit("test: the row of the key") as work:
        (row,) = work.execute(select(WebhookKey.__table__)).all()
    assert row.public == keys[0][0]["public_key"]
    assert len(base64.urlsafe_b64decode(row.sealed.partition(".")[2])) == 12 + 32 + 16


def test_five_keys_at_most(cast: Cast, receiver: LoopbackServer, api: Api) -> None:
    path = f"/webhook-endpoints/{with_key(cast, receiver.url())['id']}/keys/rotate"
    admin = api("admin")
    assert [admin.post(path).status_code for _ in range(4)] == [200] * 4
    refused = admin.post(path)
    assert (refused.status_code, refused.json["code"]) == (409, "too_many_signing_keys")
    _overlap_is_over(cast)
    assert admin.post(path).status_code == 200
    sweeping.sweep()
    with system_unit("test: what is left") as work:
        assert len(work.execute(select(WebhookKey.id)).all()) == 2


@pytest.mark.parametrize("wrong", [[], ["v1a"], ["v1", "v1"], ["v1", "v2"]])
def test_v1_always_signs(api: Api, wrong: list[str]) -> None:
    body = {"url": "http://127.0.0.1:9/", "types": ["*"], "signatures": wrong}
    assert api("admin").post("/webhook-endpoints", json=body).status_code == 422


def test_an_app_chooses_in_its_manifest_and_has_a_key_of_its_own(
    cast: Cast, pump: Pump, receiver: LoopbackServer, api: Api
) -> None:
    manifest = apps.manifest(
        runtime={"base_url": f"http://localhost:{receiver.port}"},
        access={"scopes": [{"name": "contacts:read", "reason": "for the test"}]},
        events={"url": "/events", "types": ["contact.*"], "signatures": BOTH},
    )
    app = apps.register(cast, manifest)
    apps.install(cast)
    with_key(cast, receiver.url("/of-the-workspace"))
    rows = api("admin").get("/webhook-endpoints").json["data"]
    own = next(row["id"] for row in rows if row["installation_id"])
    shown = api("developer").get(f"/webhook-endpoints/{own}/keys").json
    assert shown["jwks_url"].endswith(f"/webhooks/jwks/{app['id']}")
    happen(cast)
    settle(pump)
    ours = next(r for r in receiver.received if r.line.startswith("POST /events "))
    assert verified(ours, app["signing_secret"])["type"] == "contact.created"
    other = next(r for r in receiver.received if r.line.startswith("POST /of-the-workspace "))
    assert [checks(each, shown["public_keys"][0]["public_key"]) for each in (ours, other)] == [True, False]
    refused = api("admin").post(f"/webhook-endpoints/{own}/keys/rotate")
    assert (refused.status_code, refused.json["code"]) == (403, "forbidden"), "it signs in other workspaces too"
    assert len(api("developer").post(f"/webhook-endpoints/{own}/keys/rotate").json["public_keys"]) == 2
    with cast.writing():
        new = catalogue.rotate_signing_secret(cast.actor("developer"), app["id"])
    received = last(cast, pump, receiver)
    assert received is not None
    newest = [r for r in receiver.received if r.line.startswith("POST /events ")][-1]
    assert versions(newest) == ["v1", "v1", "v1a", "v1a"]
    assert verified(newest, new)
    assert verified(newest, app["signing_secret"])
