import base64
import hmac
import json

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from portico_sdk import SessionTokenError
from portico_sdk.session import JwksCache, ObjectRef, verify_session_token

NOW = 1_800_000_000
KEY = ECKey.generate_key("P-256", {"kid": "k1"})
OTHER = ECKey.generate_key("P-256", {"kid": "k2"})
JWKS = {"keys": [KEY.as_dict(private=False)]}
CLAIMS = {
    "iss": "https://work.example",
    "aud": "client-1",
    "sub": "emp_1",
    "workspace_id": "wsp_1",
    "installation_id": "ins_1",
    "surface": "history",
    "object": {"type": "ticket", "id": "tkt_1"},
    "locale": "zh-CN",
    "timezone": "Asia/Shanghai",
    "sid": "s1",
    "iat": NOW,
    "nbf": NOW,
    "exp": NOW + 60,
    "jti": "j1",
}


def token(key=KEY, header=None, **changes):
    claims = {name: value for name, value in {**CLAIMS, **changes}.items() if value != "absent"}
    head = {"alg": "ES256", "typ": "portico-session+jwt", "kid": key.kid, **(header or {})}
    return jwt.encode(head, claims, key, algorithms=[head["alg"]])


def verify(text, keys=JWKS, now=NOW):
    issuer = "https://work.example/"
    return verify_session_token(text, client_id="client-1", issuer=issuer, keys=keys, now=now)


def test_a_good_token_says_who_looks_at_what():
    context = verify(token())
    assert (context.employee_id, context.workspace_id, context.installation_id) == ("emp_1", "wsp_1", "ins_1")
    assert (context.surface, context.object) == ("history", ObjectRef("ticket", "tkt_1"))
    assert (context.locale, context.timezone) == ("zh-CN", "Asia/Shanghai")
    assert verify(token(object=None)).object is None


def test_clocks_may_differ_by_less_than_five_seconds():
    for now in (NOW - 5, NOW + 64):
        verify(token(), now=now)
    for now in (NOW - 6, NOW + 65):
        with pytest.raises(SessionTokenError, match=r"expired|future"):
            verify(token(), now=now)


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"aud": "client-2"},
        {"aud": ["client-1", "client-2"]},
        {"aud": "absent"},
        {"exp": NOW + 61},
        {"exp": NOW},
        {"exp": "absent"},
        {"exp": "soon"},
        {"iat": True},
        {"nbf": "absent"},
        {"nbf": NOW + 30},
        {"sub": "usr_1"},
        {"sub": 5},
        {"sub": ""},
        {"jti": "absent"},
        {"workspace_id": None},
        {"installation_id": "absent"},
        {"surface": "absent"},
        {"object": "tkt_1"},
        {"object": {"type": "ticket"}},
    ],
)
def test_a_wrong_claim_is_refused(changes):
    with pytest.raises(SessionTokenError):
        verify(token(**changes))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "forged",
        "a.b.c",
        "é.é.é",
        "x" * 10_000,
        token(header={"typ": "JWT"}),
        token(header={"typ": "at+jwt"}),
        token(OTHER),
        token(OTHER, header={"kid": "k1"}),
        token()[:-4] + "AAAA",
    ],
)
def test_what_the_platform_did_not_sign_is_refused(text):
    with pytest.raises(SessionTokenError):
        verify(text)


def _part(content):
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def test_the_token_does_not_choose_its_algorithm():
    head, payload, _ = token().split(".")
    unsigned = "eyJhbGciOiJub25lIiwidHlwIjoicG9ydGljby1zZXNzaW9uK2p3dCJ9." + payload + "."
    by_public_key = f"{_part({'alg': 'HS256', 'typ': 'portico-session+jwt', 'kid': 'k1'})}.{payload}"
    mac = hmac.digest(KEY.as_pem(private=False), by_public_key.encode(), "sha256")
    by_public_key += "." + base64.urlsafe_b64encode(mac).decode().rstrip("=")
    for text in (unsigned, by_public_key, head + "." + payload + "."):
        with pytest.raises(SessionTokenError):
            verify(text)


@pytest.mark.parametrize("keys", [{}, {"keys": []}, {"keys": None}, {"keys": [{"kty": "EC"}]}, {"keys": [5]}])
def test_a_key_set_that_is_none_refuses(keys):
    with pytest.raises(SessionTokenError):
        verify(token(), keys=keys)


class Platform:
    def __init__(self, *documents):
        self.documents, self.fetches, self.now = list(documents), 0, 0.0
        http = httpx.Client(transport=httpx.MockTransport(self._handle))
        self.cache = JwksCache("https://work.example", http_client=http, now=lambda: self.now)

    def _handle(self, request):
        assert request.url == "https://work.example/oauth/jwks"
        assert "authorization" not in request.headers
        self.fetches += 1
        return httpx.Response(200, json=self.documents[min(self.fetches, len(self.documents)) - 1])


def test_keys_are_fetched_once_an_hour():
    platform = Platform(JWKS)
    for now in (0.0, 3600.0):
        platform.now = now
        verify(token(), keys=platform.cache)
    assert platform.fetches == 1
    platform.now = 3601.0
    verify(token(), keys=platform.cache)
    assert platform.fetches == 2


def test_a_rotated_key_is_found_and_forgeries_do_not_flood():
    platform = Platform(JWKS, {"keys": [KEY.as_dict(private=False), OTHER.as_dict(private=False)]})
    verify(token(), keys=platform.cache)
    platform.now = 31.0
    verify(token(OTHER), keys=platform.cache)
    assert platform.fetches == 2
    for _ in range(5):
        with pytest.raises(SessionTokenError):
            verify("forged", keys=platform.cache)
    assert platform.fetches == 2


def test_keys_that_cannot_be_read_refuse():
    http = httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(404)))
    with pytest.raises(SessionTokenError, match="cannot be read"):
        verify(token(), keys=JwksCache("https://work.example", http_client=http))
