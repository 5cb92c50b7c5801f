"""URLs that are never called, the operator's allow-list, and the policies of the three modes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.kernel.outbound import EgressPolicy, check_url
from portico.kernel.outbound.policy import BLOCKED, Target, UrlRefused, parse_target

PRODUCTION = EgressPolicy.for_mode("production")
DEMO = EgressPolicy.for_mode("demo")
PUBLIC = "93.184.215.14"
ODD_LITERALS = [
    "2130706433",
    "0x7f.1",
    "017700000001",
    "127.1",
    "0x7f000001",
    "127.0.0.01",
    "127.0.0",
    "1.2.3.4.5",
]

UNREADABLE = [
    "",
    "hooks.example.com",
    "//hooks.example.com/",
    "https:hooks.example.com",
    "https:///path",
    "https://",
    "https://:443/",
    "ftp://hooks.example.com/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_x",
    "javascript:alert(1)",
    "https://user@hooks.example.com/",
    "https://user:secret@hooks.example.com/",
    "https://hooks.example.com@127.0.0.1/",
    "https://hooks.example.com\\@127.0.0.1/",
    "https://hooks.example.com /",
    "https://hooks.example.com/a b",
    "https://hooks.example.com/\r\nHost: x",
    "https://hooks.example.com/\x00",
    "https://hooks.example.com/ü",
    "https://bücher.example/",
    "https://１２７.0.0.1/",
    "https://hooks.example.com.",
    "https://hooks..example.com/",
    "https://-hooks.example.com/",
    "https://hooks%2eexample.com/",
    "https://hooks.example.com:0/",
    "https://hooks.example.com:65536/",
    "https://hooks.example.com:/",
    "https://hooks.example.com:+443/",
    "https://[::1/",
    "https://[::1]x/",
    "https://[fe80::1%25eth0]/",
    "https://[v1.x]/",
    "https://[1.2.3.4]/",
    f"https://{'a' * 64}.example/",
    f"https://{'a.' * 127}example/",
    f"https://hooks.example.com/{'x' * 2048}",
    *[f"https://{literal}/" for literal in ODD_LITERALS],
]


@pytest.mark.parametrize("url", UNREADABLE)
def test_a_url_of_a_wrong_shape_is_refused_under_every_policy(url: str) -> None:
    open_to_all = EgressPolicy(("0.0.0.0/0", "::/0"), loopback_http=True)
    assert check_url(url, open_to_all)
    assert check_url(url, PRODUCTION)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://Hooks.Example.com", Target("https", "hooks.example.com", 443, False)),
        ("HTTPS://hooks.example.com/a?b#c", Target("https", "hooks.example.com", 443, False)),
        ("https://hooks.example.com?x=@y", Target("https", "hooks.example.com", 443, False)),
        ("http://erp/a@b:c", Target("http", "erp", 80, False)),
        ("https://my_app.example:8443/", Target("https", "my_app.example", 8443, False)),
        ("https://1.1.1.1:443/", Target("https", "1.1.1.1", 443, True)),
        ("https://[2606:4700:0:0::1]/", Target("https", "2606:4700::1", 443, True)),
        ("https://xn--bcher-kva.example/", Target("https", "xn--bcher-kva.example", 443, False)),
    ],
)
def test_scheme_host_and_port_are_read(url: str, target: Target) -> None:
    assert parse_target(url) == target


@given(st.text(max_size=60), st.sampled_from(["", "http://", "https://", "https://a.example:443/"]))
def test_any_text_gets_a_sentence_or_a_target(text: str, prefix: str) -> None:
    for policy in (PRODUCTION, DEMO):
        message = check_url(prefix + text, policy)
        assert message is None or message.endswith(".")


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("http://hooks.example.com/", "https"),
        ("https://hooks.example.com:444/", "443 or 8443"),
        ("https://127.0.0.1/", BLOCKED),
        ("https://[::1]/", BLOCKED),
        ("https://[::ffff:127.0.0.1]/", BLOCKED),
        ("https://169.254.169.254/latest/meta-data/", BLOCKED),
        ("https://[fd00:ec2::254]/", BLOCKED),
        ("https://localhost/", BLOCKED),
        ("https://app.localhost:8443/", BLOCKED),
    ],
)
def test_the_courtesy_check_of_production_says_what_to_do(url: str, part: str) -> None:
    assert part in (check_url(url, PRODUCTION) or "")


@pytest.mark.parametrize("port", [443, 8443])
def test_production_takes_https_on_two_ports(port: int) -> None:
    target = parse_target(f"https://hooks.example.com:{port}/")
    assert check_url(f"https://hooks.example.com:{port}/", PRODUCTION) is None
    assert PRODUCTION.refusal(target, PUBLIC) is None


@pytest.mark.parametrize(("url", "why"), [("http://a.example/", "scheme"), ("https://a.example:22/", "port")])
def test_production_refuses_other_schemes_and_ports_to_public_addresses(url: str, why: str) -> None:
    assert PRODUCTION.refusal(parse_target(url), PUBLIC) == why


@pytest.mark.parametrize("mode", ["demo", "development"])
@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1"])
def test_demo_and_development_take_http_to_loopback_on_any_port(mode: str, address: str) -> None:
    policy = EgressPolicy.for_mode(mode)
    assert policy.refusal(parse_target("http://localhost:5001/"), address) is None
    assert policy.refusal(parse_target("https://localhost:5001/"), address) == "port"
    assert check_url("http://localhost:5001/", policy) is None


@pytest.mark.parametrize("address", ["10.0.0.1", "192.168.1.1", "::ffff:127.0.0.1", "::127.0.0.1", PUBLIC])
def test_demo_opens_http_to_nothing_but_loopback(address: str) -> None:
    assert DEMO.refusal(parse_target("http://a.example/"), address)


def test_demo_keeps_the_law_for_https() -> None:
    assert DEMO.refusal(parse_target("https://a.example/"), PUBLIC) is None
    assert DEMO.refusal(parse_target("https://a.example/"), "10.0.0.1")


@pytest.mark.parametrize(
    ("entry", "url", "address", "is_open"),
    [
        ("10.0.0.0/8", "http://erp.internal:8080/", "10.1.2.3", True),
        ("10.0.0.0/8", "https://erp.internal/", "11.1.2.3", True),  # public, https: open without the entry
        ("10.0.0.0/8", "https://erp.internal/", "192.168.1.1", False),
        ("10.0.0.0/8", "http://erp.internal/", "::ffff:10.1.2.3", False),
        ("10.0.0.7", "http://10.0.0.7:99/", "10.0.0.7", True),
        ("10.0.0.7:99", "http://10.0.0.7:99/", "10.0.0.7", True),
        ("10.0.0.7:99", "http://erp.internal:99/", "10.0.0.7", True),
        ("10.0.0.7:99", "http://10.0.0.7:98/", "10.0.0.7", False),
        ("fd00::/8", "http://[fd00::5]/", "fd00::5", True),
        ("fd00::5", "http://[fd00::5]/", "fd00::5", True),
        ("[fd00::5]:81", "http://[fd00::5]:81/", "fd00::5", True),
        ("[fd00::5]:81", "http://[fd00::5]:82/", "fd00::5", False),
        ("erp.internal", "http://ERP.internal:7/", "10.9.9.9", True),
        ("erp.internal:80", "http://erp.internal/", "10.9.9.9", True),
        ("erp.internal:80", "http://erp.internal:81/", "10.9.9.9", False),
        ("erp.internal", "http://sub.erp.internal/", "10.9.9.9", False),
        ("erp.internal", "http://erp.internal.evil.example/", "10.9.9.9", False),
    ],
)
def test_the_allow_list_opens_what_it_names_and_no_more(entry: str, url: str, address: str, is_open: bool) -> None:
    policy = EgressPolicy.for_mode("production", [entry])
    assert (policy.refusal(parse_target(url), address) is None) is is_open
    if is_open:
        assert check_url(url, policy) is None


@pytest.mark.parametrize(
    "entry",
    ["", "10.0.0.1/8", "10.0.0.0/33", "*.corp.example", "https://erp", "erp/x", "erp:99999", "127.1", "a b"],
)
def test_an_allow_list_entry_that_cannot_be_read_stops_the_start(entry: str) -> None:
    with pytest.raises(ValueError, match="allow-list"):
        EgressPolicy((entry,))


@pytest.mark.parametrize("literal", ODD_LITERALS)
def test_odd_literals_are_not_addresses(literal: str) -> None:
    with pytest.raises(UrlRefused):
        parse_target(f"https://{literal}/")
