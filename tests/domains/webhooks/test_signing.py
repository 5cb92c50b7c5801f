"""Signatures against the published vector of Standard Webhooks."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portico.domains.webhooks import signing


def test_the_published_vector() -> None:
    key = signing.parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    made = signing.signature([key], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_published_vector_of_v1a() -> None:
    text = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
    key = signing.parse_private(text)
    assert signing.shown_public(key) == "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="
    body = b'{"test": 2432232314}'
    made = signing.signature([], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body, [key])
    assert made == ("v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==")


def test_v1_comes_before_v1a() -> None:
    secret, key = signing.new_secret(), Ed25519PrivateKey.generate()
    both = signing.signature([secret], "evt_1", 1, b"{}", [key])
    assert [token.partition(",")[0] for token in both.split(" ")] == ["v1", "v1a"]


def test_several_secrets_make_clean_tokens_newest_first() -> None:
    newer, older = signing.new_secret(), signing.new_secret()
    both = signing.signature([newer, older], "evt_1", 1, b"{}")
    assert both == " ".join(signing.signature([key], "evt_1", 1, b"{}") for key in (newer, older))


def test_a_secret_is_shown_as_the_standard_says() -> None:
    secret = signing.new_secret()
    assert len(secret) == 32
    assert len(signing.shown(secret)) == len("whsec_") + 44
    assert signing.parse(signing.shown(secret)) == secret
