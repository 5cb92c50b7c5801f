"""How clients show who they are: rows C1 to C10 of the behaviour checklist."""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from joserfc.jwk import OctKey
from sqlalchemy import select

from portico.domains.catalogue import service as catalogue
from portico.domains.catalogue.errors import TooManySecrets
from portico.domains.catalogue.models import AppCredential
from portico.domains.oauth.models import SpentJti
from portico.domains.oauth.service import clients, replays
from portico.kernel import clock
from portico.kernel.errors import Invalid
from portico.kernel.unit_of_work import system_unit
from tests.support.apps import asking, basic, install, manifest, post_form, register
from tests.support.assertions import ISSUER, claims, form, key_pair, public, sign
from tests.support.cast import Cast

GRANT = {"grant_type": "client_credentials"}


class AppUnderTest:
    """An installed app of the cast's developer."""

    def __init__(self, app: Flask, cast: Cast, content: dict[str, Any] | None = None) -> None:
        self.app, self.cast = app, cast
        self.made = register(cast, content or asking("directory:read"))
        self.id = self.made["id"]
        self.installation_id = install(cast, self.made["key"])["id"]

    def add_key(self, key: Any, **more: Any) -> Any:
        with self.cast.writing():
            return catalogue.add_public_key(self.cast.actor("developer"), self.id, public(key, **more))

    def ask(self, headers: dict[str, str] | None = None, **shown: str) -> Any:
        return post_form(self.app, "/oauth/token", headers, **GRANT, installation_id=self.installation_id, **shown)

    def by_secret(self, secret: str | None = None) -> Any:
        return self.ask(basic(self.id, secret or self.made["client_secret"]))

    def by_assertion(self, key: Any, header: dict[str, Any] | None = None, **changed: Any) -> Any:
        return self.ask(**form(sign(key, claims(self.id, **changed), **(header or {}))))


@pytest.fixture
def client(app: Flask, cast: Cast) -> AppUnderTest:
    return AppUnderTest(app, cast)


def refusal(answer: Any) -> tuple[int, bytes, str | None]:
    return answer.status_code, answer.data, answer.headers.get("WWW-Authenticate")


def test_C1_unknown_client_and_wrong_secret_get_one_answer(client: AppUnderTest) -> None:
    unknown = client.ask(basic("app_01jd0000000000000000000000", client.made["client_secret"]))
    wrong = client.by_secret("wrong")
    assert refusal(unknown) == refusal(wrong)
    status, body, challenge = refusal(wrong)
    assert (status, json.loads(body)["error"]) == (401, "invalid_client")
    assert str(challenge).startswith("Basic")


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "secret",
    ["sécrèt", "秘密", "a\x00b", "\x00", "\ud7ff￿", "x" * 1_000_000, "x" * 1_200_000],
    ids=["accents", "Chinese", "NUL inside", "NUL", "last characters", "a million", "over the limit"],
)
def test_C2_strange_secrets_are_wrong_secrets(client: AppUnderTest, secret: str) -> None:
    by_post = client.ask(client_id=client.id, client_secret=secret)
    assert refusal(by_post) == refusal(client.by_secret("wrong"))
    if len(secret) < 1000:
        assert refusal(client.by_secret(secret)) == refusal(by_post)
    assert client.ask(client_id=f"{client.id}\x00", client_secret="x").status_code == 401


def test_C2_bytes_that_are_no_text(client: AppUnderTest) -> None:
    raw = base64.b64encode(client.id.encode() + b":\xff\xfe").decode()
    assert client.ask({"Authorization": f"Basic {raw}"}).status_code == 401
    assert client.ask(**form("\x00.\x00.\x00")).status_code == 401
    assert client.ask(**form("x" * 900_000)).status_code == 401


def test_C3_two_methods_at_once(client: AppUnderTest) -> None:
    key = key_pair()
    client.add_key(key)
    headers = basic(client.id, client.made["client_secret"])
    signed = form(sign(key, claims(client.id)))
    for answer in (
        client.ask(headers, client_secret=client.made["client_secret"]),
        client.ask(headers, client_id="app_01jd0000000000000000000000"),
        client.ask(headers, **signed),
        client.ask(client_id=client.id, client_secret=client.made["client_secret"], **signed),
        client.ask(client_id="app_01jd0000000000000000000000", **signed),
    ):
        assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")
    assert client.ask(client_id=client.id, **signed).status_code == 200


@pytest.mark.parametrize("bound", ["client_secret_basic", "client_secret_post", "private_key_jwt"])
def test_C4_only_the_registered_method(app: Flask, cast: Cast, bound: str) -> None:
    client = AppUnderTest(app, cast, manifest(oauth={"token_endpoint_auth_method": bound}))
    key = key_pair()
    client.add_key(key)
    answers = {
        "client_secret_basic": client.by_secret(),
        "client_secret_post": client.ask(client_id=client.id, client_secret=client.made["client_secret"]),
        "private_key_jwt": client.by_assertion(key),
    }
    assert {method: answer.status_code for method, answer in answers.items()} == {
        method: 200 if method == bound else 401 for method in answers
    }


def test_C5_an_id_alone_authenticates_no_confidential_client(client: AppUnderTest) -> None:
    for path in ("/oauth/token", "/oauth/revoke"):
        answer = post_form(client.app, path, **GRANT, client_id=client.id, token="x")
        assert (answer.status_code, answer.json["error"]) == (401, "invalid_client"), path
    assert client.ask().status_code == 401


def test_C5_a_public_client_never_acts_as_itself(app: Flask, cast: Cast) -> None:
    client = AppUnderTest(app, cast, manifest(oauth={"client_type": "public"}))
    assert client.ask(client_id=client.id).status_code == 401
    assert client.ask(client_id=client.id, client_secret="x").status_code == 401
    # It may end what it was given (RFC 7009 section 2.1).
    assert post_form(app, "/oauth/revoke", client_id=client.id, token="x").status_code == 200


@pytest.mark.both_databases
@pytest.mark.parametrize("kind", ["EC", "RSA"])
def test_C6_a_good_assertion(client: AppUnderTest, kind: str) -> None:
    key = key_pair(kind)
    registered = client.add_key(key, kid="main")
    assert registered.kid == "main"
    assert client.by_assertion(key).status_code == 200
    assert client.by_assertion(key, {"kid": "main"}, aud=[f"{ISSUER}/oauth/token", ISSUER]).status_code == 200
    assert client.by_assertion(key, {"typ": "client-authentication+jwt"}, exp=int(clock.now().timestamp()) + 300)


@dataclass(frozen=True)
class Soon:
    """A moment so many seconds from now, when the test runs."""

    shift: float

    def __call__(self) -> float:
        return clock.now().timestamp() + self.shift


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "https://elsewhere.example"},
        {"aud": f"{ISSUER}/"},
        {"aud": [ISSUER, "https://elsewhere.example"]},
        {"aud": []},
        {"aud": None},
        {"exp": None},
        {"exp": Soon(330)},
        {"exp": Soon(-30)},
        {"exp": "soon"},
        {"exp": True},
        {"exp": float("nan")},
        {"exp": float("inf")},
        {"exp": 10**400},
        {"nbf": Soon(60)},
        {"iat": Soon(60)},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "x" * 300},
        {"iss": "app_01jd0000000000000000000000"},
        {"iss": None},
        {"sub": "app_01jd0000000000000000000000"},
        {"sub": None},
        {"sub": ["x"]},
    ],
    ids=lambda changed: repr(changed)[:60],
)
def test_C6_wrong_claims(client: AppUnderTest, changed: dict[str, Any]) -> None:
    key = key_pair()
    client.add_key(key)
    given = {name: value() if callable(value) else value for name, value in changed.items()}
    answer = client.by_assertion(key, **given)
    assert refusal(answer) == refusal(client.by_secret("wrong"))


def test_C6_wrong_signatures(client: AppUnderTest) -> None:
    key, foreign = key_pair(), key_pair()
    client.add_key(key, kid="one")
    good = claims(client.id)
    unsigned = [
        base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (b'{"alg":"none"}', json.dumps(good).encode())
    ]
    mac = OctKey.import_key(json.dumps(public(key)))
    wrong = [
        sign(foreign, good),
        sign(foreign, good, kid="one"),
        sign(key, good, kid="two"),
        sign(key, good, typ="portico-session+jwt"),
        sign(mac, good, alg="HS256"),
        sign(key_pair("RSA"), good, kid="one"),
        ".".join([*unsigned, ""]),
        "a.b.c",
        "..",
        sign(key, good)[:-8] + "AAAAAAAA",
    ]
    for assertion in wrong:
        assert client.ask(**form(assertion)).status_code == 401, assertion
    assert client.ask(client_assertion=sign(key, good)).status_code == 401
    assert client.ask(client_assertion=sign(key, good), client_assertion_type="x").status_code == 401
    assert client.ask(client_assertion_type=form("")["client_assertion_type"]).status_code == 401
    assert client.ask(**form(sign(key, good))).status_code == 200


def test_C6_a_key_of_another_app(app: Flask, cast: Cast, client: AppUnderTest) -> None:
    key = key_pair()
    AppUnderTest(app, cast, asking("directory:read", key="second")).add_key(key)
    assert client.by_assertion(key).status_code == 401


@pytest.mark.both_databases
def test_C6_an_assertion_is_used_once(client: AppUnderTest) -> None:
    key = key_pair()
    client.add_key(key)
    signed = form(sign(key, claims(client.id, jti="once")))
    assert client.ask(**signed).status_code == 200
    assert client.ask(**signed).status_code == 401
    assert client.by_assertion(key, jti="once").status_code == 401
    assert client.by_assertion(key, jti="twice").status_code == 200


@pytest.mark.both_databases
def test_C6_of_many_at_once_one_is_first(client: AppUnderTest) -> None:
    key = key_pair()
    client.add_key(key)
    signed = form(sign(key, claims(client.id)))
    start = threading.Barrier(6)
    seen: list[int] = []

    def go() -> None:
        start.wait()
        seen.append(client.ask(**signed).status_code)

    threads = [threading.Thread(target=go) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == [200, 401, 401, 401, 401, 401]


def test_C6_used_ids_are_forgotten_when_they_are_too_old_anyway(client: AppUnderTest, held_clock: None) -> None:
    key = key_pair()
    client.add_key(key)
    signed = form(sign(key, claims(client.id)))
    assert client.ask(**signed).status_code == 200

    def kept() -> int:
        with system_unit("tests: sweep", write=True) as work:
            replays.sweep()
            return len(work.scalars(select(SpentJti)).all())

    clock.advance(timedelta(seconds=69))
    assert kept() == 1
    clock.advance(timedelta(seconds=2))
    assert kept() == 0
    assert client.ask(**signed).status_code == 401


@pytest.mark.both_databases
def test_C6_several_keys_and_the_end_of_one(client: AppUnderTest) -> None:
    first, second = key_pair(), key_pair("RSA")
    registered = client.add_key(first)
    client.add_key(second)
    assert [client.by_assertion(key).status_code for key in (first, second)] == [200, 200]
    with client.cast.writing():
        catalogue.end_public_key(client.cast.actor("developer"), client.id, registered.id)
    assert [client.by_assertion(key).status_code for key in (first, second)] == [401, 200]
    client.add_key(first)
    assert client.by_assertion(first).status_code == 200


def test_C7_secrets_are_compared_in_constant_time_on_digests(
    client: AppUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[str, str]] = []

    def watching(one: str, other: str) -> bool:
        compared.append((one, other))
        return one == other

    monkeypatch.setattr(clients.hmac, "compare_digest", watching)
    assert client.by_secret().status_code == 200
    assert client.ask(basic("app_01jd0000000000000000000000", "x")).status_code == 401
    assert len(compared) == 2
    assert all(len(text) == 64 for pair in compared for text in pair)


@pytest.mark.both_databases
def test_C8_two_secrets_and_the_old_one_dies_at_its_date(client: AppUnderTest, held_clock: None) -> None:
    developer = client.cast.actor("developer")
    with client.cast.writing():
        newer = catalogue.create_client_secret(developer, client.id, clock.now() + timedelta(hours=1))
    assert [client.by_secret().status_code, client.by_secret(newer.client_secret).status_code] == [200, 200]
    with client.cast.writing(), pytest.raises(TooManySecrets):
        catalogue.create_client_secret(developer, client.id)
    clock.advance(timedelta(hours=1))
    assert [client.by_secret().status_code, client.by_secret(newer.client_secret).status_code] == [401, 200]
    with client.cast.writing():
        third = catalogue.create_client_secret(developer, client.id)
    assert client.by_secret(third.client_secret).status_code == 200


def test_C8_the_date_lies_within_90_days(client: AppUnderTest) -> None:
    for shift in (timedelta(days=91), timedelta(minutes=-1)):
        with client.cast.writing(), pytest.raises(Invalid):
            catalogue.create_client_secret(client.cast.actor("developer"), client.id, clock.now() + shift)


def test_C9_failures_slow_one_client_from_one_place(app: Flask, client: AppUnderTest, cast: Cast) -> None:
    app.extensions["portico_limits"]._factor = 1
    other = AppUnderTest(app, cast, asking("directory:read", key="second"))
    assert [client.by_secret("wrong").status_code for _ in range(20)] == [401] * 20
    refused = client.by_secret()
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) >= 1
    key = key_pair()
    client.add_key(key)
    assert client.by_assertion(key).status_code == 429
    assert other.by_secret().status_code == 200


def test_C10_the_database_holds_a_digest_and_four_characters(client: AppUnderTest) -> None:
    secret = client.made["client_secret"]
    with system_unit("tests: look") as work:
        row = work.scalars(select(AppCredential).where(AppCredential.kind == "client_secret")).one()
    assert row.hint == secret[-4:]
    values = [str(getattr(row, column.name)) for column in AppCredential.__table__.columns]
    assert not any(secret[:-4] in value for value in values)


def test_metadata_names_the_methods(app: Flask) -> None:
    document = app.test_client().get("/.well-known/oauth-authorization-server").json
    assert "private_key_jwt" in document["token_endpoint_auth_methods_supported"]
    assert document["token_endpoint_auth_signing_alg_values_supported"] == ["ES256", "RS256"]
