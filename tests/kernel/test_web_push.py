"""Web push: the published example, and what is refused."""

from __future__ import annotations

import base64

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from portico.kernel import clock, web_push
from portico.kernel.web_push import Browser, NotABrowser


def raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


ENDPOINT = "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV"
P256DH = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"


def test_the_example_of_the_standard_is_sealed_as_published() -> None:
    """RFC 8291, section 5 and appendix A."""
    sealed = web_push.seal(
        b"When I grow up, I want to be a watermelon",
        Browser(ENDPOINT, P256DH, AUTH),
        salt=raw("DGv6ra1nlYgDCS1FRnbzlw"),
        once=raw("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
    )
    assert sealed == raw(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PB"
        "ru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_the_same_message_is_sealed_otherwise_each_time() -> None:
    browser = Browser(ENDPOINT, P256DH, AUTH)
    assert web_push.seal(b"again", browser) != web_push.seal(b"again", browser)


def test_a_push_service_finds_who_sends_and_for_whom() -> None:
    """RFC 8292, section 2 and 3."""
    key = web_push.new_key()
    headers = web_push.headers_for(ENDPOINT, key, "mailto:it@acme.example", ttl_s=60, urgency="high")
    scheme, _, rest = headers["Authorization"].partition(" ")
    given = dict(part.strip().split("=", 1) for part in rest.split(","))
    point = raw(given["k"])
    assert (scheme, given["k"], len(point)) == ("vapid", web_push.public_of(key), 65)
    jwk = {"kty": "EC", "crv": "P-256", "x": _b64(point[1:33]), "y": _b64(point[33:])}
    claims = jwt.decode(given["t"], ECKey.import_key(jwk), algorithms=["ES256"]).claims
    assert (claims["aud"], claims["sub"]) == ("https://push.example.net", "mailto:it@acme.example")
    assert 0 < claims["exp"] - clock.now().timestamp() <= 24 * 3600
    assert (headers["TTL"], headers["Urgency"], headers["Content-Encoding"]) == ("60", "high", "aes128gcm")


def _b64(number: bytes) -> str:
    return base64.urlsafe_b64encode(number).rstrip(b"=").decode()


@pytest.mark.parametrize(
    ("p256dh", "auth", "name"),
    [
        (P256DH[:-2], AUTH, "p256dh"),
        ("B" + "A" * 86, AUTH, "p256dh"),  # not on the curve
        ("\u00fc", AUTH, "p256dh"),
        (P256DH, AUTH[:-3], "auth"),
        (P256DH, "", "auth"),
    ],
)
def test_keys_that_are_none_are_named(p256dh: str, auth: str, name: str) -> None:
    with pytest.raises(NotABrowser) as refused:
        Browser(ENDPOINT, p256dh, auth)
    assert refused.value.name == name


def test_what_a_push_service_need_not_take_is_not_sealed() -> None:
    browser = Browser(ENDPOINT, P256DH, AUTH)
    assert len(web_push.seal(b"x" * web_push.MOST_BYTES, browser)) == 4096
    with pytest.raises(ValueError, match="at most"):
        web_push.seal(b"x" * (web_push.MOST_BYTES + 1), browser)
