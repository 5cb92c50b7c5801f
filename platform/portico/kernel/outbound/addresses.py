"""Which addresses are public unicast, and which are our own.

`ipaddress.is_global` is not enough: on Python 3.11 it calls multicast, 6to4 and the NAT64 form of loopback
global. So the refused networks are written out (IANA special-purpose registries, RFC 6890 and its updates),
and of IPv6 only `2000::/3`, the allocated global unicast space, is open at all. That leaves out the forms
with an IPv4 address in disguise: mapped, compatible, translated (RFC 2765), NAT64 (RFC 6052, RFC 8215).
"""

from __future__ import annotations

import socket
import time
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

OWN_SECONDS = 10
"""How long the answer about an own address is remembered: interfaces change rarely, dials are many."""

_GLOBAL_UNICAST = IPv6Network("2000::/3")

_REFUSED = tuple(
    (ip_network(network), why)
    for network, why in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared by carriers (RFC 6598)"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay anycast"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("2001::/23", "protocol assignments (Teredo among them)"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
    )
)


@lru_cache(maxsize=4096)
def parsed(address: str) -> IPv4Address | IPv6Address:
    """`ipaddress.ip_address`, remembered. Raises ValueError for anything but an address in its usual form."""
    return ip_address(address)


@lru_cache(maxsize=4096)
def refuse_reason(address: str) -> str | None:
    """Why this address is not public unicast, in words for the operator's log; None when it is."""
    try:
        ip = parsed(address)
    except ValueError:
        return "not an address"
    if isinstance(ip, IPv6Address) and (ip.scope_id is not None or ip not in _GLOBAL_UNICAST):
        return "outside global unicast"
    return next((why for network, why in _REFUSED if ip in network), None)


def is_own(address: str) -> bool:
    """Whether the address belongs to an interface of this machine; a public one would pass the table."""
    return _is_own(address, int(time.monotonic() / OWN_SECONDS))


@lru_cache(maxsize=4096)
def _is_own(address: str, period: int) -> bool:
    # Connecting a UDP socket sends nothing; the kernel picks the source address, and for an address of this
    # machine that is the address itself. No list of interfaces to read, on any system.
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((address, 9))
        except OSError:
            return False  # no route: a dial will fail of itself
        return parsed(probe.getsockname()[0]) == parsed(address)
