"""Which addresses may be dialled: public unicast, and nothing that only looks like it."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.kernel.outbound import EgressPolicy, refuse_reason
from portico.kernel.outbound.addresses import is_own
from portico.kernel.outbound.policy import parse_target


def words(text: str) -> list[str]:
    return text.split()


REFUSED_NETWORKS = [
    ip_network(text)
    for text in words("""
    0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
    192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4
    ::/8 100::/64 64:ff9b::/96 64:ff9b:1::/48 fc00::/7 fe80::/10 fec0::/10 ff00::/8 5f00::/16 4000::/2
    2001::/23 2001:db8::/32 2002::/16 3fff::/20 ::ffff:0:0/96 ::ffff:0:0:0/96
    """)
]

REFUSED = words("""
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254 169.254.0.1
169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.8 192.0.0.9 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1
198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:0:7f00:1 ::ffff:8.8.8.8 64:ff9b::7f00:1 64:ff9b::808:808
64:ff9b:1::1 100::1 2001::1 2001:1ff::1 2001:db8::1 2002:7f00:1:: 3fff::1 3fff:fff::1 4000::1 5f00::1
fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1 ff0e::1 2606:4700::1111%eth0
2130706433 0x7f.1 017700000001 127.1 127.0.0.01 localhost example.com 1.2.3 1.2.3.4.5 [::1]
""")

PUBLIC = words("""
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1 169.253.255.255
172.15.255.255 172.32.0.0 192.0.1.1 192.88.98.1 192.167.1.1 198.17.255.255 198.20.0.0
203.0.112.1 223.255.255.255 2001:200::1 2001:4860:4860::8888 2003::1 2606:4700:4700::1111
3ffe:ffff::1 3fff:1000::1
""")


@pytest.mark.parametrize("address", [*REFUSED, "", " ", "::ffff:10.0.0.1"])
def test_everything_but_public_unicast_is_refused(address: str) -> None:
    assert refuse_reason(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_unicast_passes(address: str) -> None:
    assert refuse_reason(address) is None


def _inside(network: IPv4Network | IPv6Network) -> st.SearchStrategy[IPv4Address | IPv6Address]:
    first, last = int(network.network_address), int(network.broadcast_address)
    return st.integers(first, last).map(type(network.network_address))


@given(st.sampled_from(REFUSED_NETWORKS).flatmap(_inside))
def test_no_address_of_a_refused_network_passes(address: IPv4Address | IPv6Address) -> None:
    assert refuse_reason(str(address))
    assert EgressPolicy.for_mode("production").refusal(parse_target("https://hooks.test/"), str(address))


@given(st.sampled_from(REFUSED_NETWORKS).flatmap(_inside))
def test_the_exploded_spelling_is_judged_alike(address: IPv4Address | IPv6Address) -> None:
    assert refuse_reason(address.exploded)


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_what_passes_is_global_and_no_group(address: IPv4Address | IPv6Address) -> None:
    if refuse_reason(str(address)) is None:
        assert address.is_global
        assert not address.is_multicast
        assert not address.is_reserved


@given(st.ip_addresses(v=4), st.sampled_from(["::", "::ffff:0:0", "::ffff:0:0:0", "64:ff9b::", "64:ff9b:1::"]))
def test_no_ipv4_address_in_an_ipv6_disguise_passes(address: IPv4Address, prefix: str) -> None:
    assert refuse_reason(str(IPv6Address(int(IPv6Address(prefix)) + int(address))))


@given(st.text(max_size=40))
def test_any_text_gets_a_verdict(text: str) -> None:
    verdict = refuse_reason(text)
    if verdict is None:
        assert str(ip_address(text))


class OwnPublicAddress:
    """A UDP socket on a machine whose own public address is the one it connects to."""

    def __init__(self, family: int, kind: int) -> None:
        self.address = ""

    def __enter__(self) -> OwnPublicAddress:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def connect(self, peer: tuple[str, int]) -> None:
        self.address = peer[0]

    def getsockname(self) -> tuple[str, int]:
        return self.address, 40000


def test_a_public_address_of_this_machine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    policy, target = EgressPolicy.for_mode("production"), parse_target("https://hooks.test/")
    assert policy.refusal(target, "93.184.215.98") is None
    monkeypatch.setattr(socket, "socket", OwnPublicAddress)
    assert policy.refusal(target, "93.184.215.99") == "own interface"


def test_the_addresses_of_this_machine_are_known_as_its_own() -> None:
    assert is_own("127.0.0.1")
    assert is_own("::1") is socket.has_ipv6
    assert not is_own("198.51.100.77")
    assert not is_own("2001:db8::77")
