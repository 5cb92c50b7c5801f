"""What a tenant's URL may reach: the shape of the URL, the operator's allow-list, the policy of the mode."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_network

from portico.kernel.outbound.addresses import is_own, parsed, refuse_reason
from portico.kernel.outbound.proxy import Proxy
from portico.settings import Settings, SettingsError

BLOCKED = "blocked by network policy"
"""All that a customer hears about a refusal: the reason would map the inside."""

PORTS = (443, 8443)
URL_LIMIT = 2048

_DEFAULT_PORTS = {"http": 80, "https": 443}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
# One grammar, narrower than RFC 3986 and than libcurl's: what two parsers could read differently is refused.
_AUTHORITY = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9_.-]+))(?::([0-9]{1,5}))?")
_VISIBLE = re.compile(r"[\x21-\x5b\x5d-\x7e]+")  # ASCII without blanks, controls and the backslash
# Names that mean something only inside (RFC 6761, RFC 6762, RFC 8375, ICANN's `internal`, and customs of companies).
_INSIDE = ("internal", "local", "localdomain", "localhost", "lan", "home", "corp", "intranet", "private", "home.arpa")
_LABELS = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
_NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*")


class UrlRefused(Exception):
    """The URL has a shape that is never called; the message is for the person who typed it."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a URL points: `host` in lower case, an IPv6 literal without its brackets."""

    scheme: str
    host: str
    port: int
    literal: bool


@lru_cache(maxsize=4096)
def parse_target(url: str) -> Target:
    """Read scheme, host and port. Raises UrlRefused."""
    if len(url) > URL_LIMIT or not _VISIBLE.fullmatch(url):
        raise UrlRefused(f"Write the address as plain ASCII without blanks, at most {URL_LIMIT} characters.")
    head = _SCHEME.match(url)
    scheme = head[1].lower() if head else ""
    if head is None or scheme not in _DEFAULT_PORTS:
        raise UrlRefused("The address must begin with https://.")
    authority = re.split(r"[/?#]", url[head.end() :], maxsplit=1)[0]
    if "@" in authority:
        raise UrlRefused("Leave user name and password out of the address.")
    parts = _AUTHORITY.fullmatch(authority)
    if parts is None:
        raise UrlRefused("The host of the address cannot be read.")
    port = int(parts[3]) if parts[3] else _DEFAULT_PORTS[scheme]
    if not 0 < port < 65536:
        raise UrlRefused("The port must lie between 1 and 65535.")
    host = _bracketed(parts[1]) if parts[1] else _host(parts[2].lower())
    return Target(scheme, host, port, literal=":" in host or _numeric(host))


def _bracketed(text: str) -> str:
    try:
        return str(IPv6Address(text))
    except ValueError:
        raise UrlRefused("The host of the address is not a valid IPv6 address.") from None


def _numeric(host: str) -> bool:
    return bool(_NUMERIC.fullmatch(host.rpartition(".")[2]))


def _is_inside(target: Target) -> bool:
    """Whether the name alone says that it is one of the inside: a single label, or below one of those domains."""
    one_label = "." not in target.host
    return not target.literal and (one_label or any(target.host.endswith(f".{domain}") for domain in _INSIDE))


def _host(host: str) -> str:
    if _numeric(host):
        # 2130706433, 0x7f.1, 017700000001 and 127.1 all mean 127.0.0.1 to a resolver. One spelling is enough.
        try:
            return str(parsed(host))
        except ValueError:
            raise UrlRefused("Write an IP address as four decimal numbers.") from None
    if len(host) > 253 or not _LABELS.fullmatch(host):
        raise UrlRefused("The host of the address is not a valid name.")
    return host


@dataclass(frozen=True, slots=True)
class EgressPolicy:
    """The law of one instance, built once from its settings.

    `allow`: what the operator opens, each entry a network (`10.0.0.0/8`), an address, a host name (exactly,
    no sub-domains), or an address or name with a port (`erp.internal:8080`, `[fd00::5]:8080`). What an entry
    matches is open for http and https, on that port or on any. A name is trusted with whatever it resolves
    to.
    `loopback_http`: http to loopback on any port, for the demo and for development.
    Everything else: https on 443 or 8443 to public unicast that is not this machine's own, through `proxy` when the
    operator has one. The proxy leads outside, so what the list opens is called directly.
    Raises ValueError for an entry that cannot be read.
    """

    allow: tuple[str, ...] = ()
    loopback_http: bool = False
    proxy: Proxy | None = None
    _networks: tuple[tuple[IPv4Network | IPv6Network, int | None], ...] = field(init=False, repr=False, compare=False)
    _hosts: frozenset[tuple[str, int | None]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        entries = [_allow_entry(entry) for entry in self.allow]
        networks = tuple((what, port) for what, port in entries if not isinstance(what, str))
        object.__setattr__(self, "_networks", networks)
        object.__setattr__(self, "_hosts", frozenset((w, port) for w, port in entries if isinstance(w, str)))

    @classmethod
    def for_mode(cls, mode: str, allow: Sequence[str] = (), proxy: str = "") -> EgressPolicy:
        """The policy of `PORTICO_MODE` with the entries of `PORTICO_EGRESS_ALLOW`, and `PORTICO_EGRESS_PROXY`."""
        local = mode in ("demo", "development")
        return cls(tuple(allow), loopback_http=local, proxy=Proxy.parse(proxy) if proxy else None)

    @classmethod
    def of(cls, here: Settings) -> EgressPolicy:
        """The policy of this instance. Raises SettingsError."""
        try:
            return cls.for_mode(here.mode, here.egress_allow, here.egress_proxy)
        except ValueError as error:
            raise SettingsError(f"PORTICO_EGRESS_ALLOW or PORTICO_EGRESS_PROXY cannot be used: {error}.") from None

    def refusal(self, target: Target, address: str) -> str | None:
        """Why this address is refused to this target, for the operator; None when it may be dialled."""
        if self.opens_host(target) or self._opens_address(target, address):
            return None
        why = refused_service(target) or refuse_reason(address)
        return why or ("own interface" if is_own(address) else None)

    def refusal_unseen(self, target: Target) -> str | None:
        """Why this target is refused whatever its addresses are; None when only they can tell.

        Asked before the name is: whether a name of the inside exists must not show in the answer or its time.
        """
        if self.opens_host(target) or self.may_open_by_address(target):
            return None
        return refused_service(target) or ("a name of the inside" if _is_inside(target) else None)

    def opens_host(self, target: Target) -> bool:
        """Whether the allow-list names this host."""
        return (target.host, None) in self._hosts or (target.host, target.port) in self._hosts

    def proxy_for(self, target: Target, addresses: Sequence[str]) -> Proxy | None:
        """The proxy through which this target is called; None when it is called directly."""
        inside = self.opens_host(target) or any(self._opens_address(target, address) for address in addresses)
        return None if inside else self.proxy

    def may_open_by_address(self, target: Target) -> bool:
        """Whether some address, not yet known, could open this target: then only the dial can tell."""
        return bool(self._networks) or (self.loopback_http and target.scheme == "http")

    def _opens_address(self, target: Target, address: str) -> bool:
        try:
            ip = parsed(address)
        except ValueError:
            return False
        if self.loopback_http and target.scheme == "http" and ip.is_loopback:
            # Version 3.13 calls ::ffff:127.0.0.1 loopback as well; a mapped form is never taken.
            return not (isinstance(ip, IPv6Address) and ip.ipv4_mapped)
        return any(port in (None, target.port) and ip in network for network, port in self._networks)


def refused_service(target: Target) -> str | None:
    """What is wrong with scheme or port when nothing in the allow-list opens them."""
    if target.scheme != "https":
        return "scheme"
    return None if target.port in PORTS else "port"


def _allow_entry(entry: str) -> tuple[str | IPv4Network | IPv6Network, int | None]:
    try:
        return ip_network(entry), None
    except ValueError:
        pass
    try:
        target = parse_target(f"http://{entry}")
    except UrlRefused as error:
        raise ValueError(f"{entry!r} in the allow-list is no network, host or host:port: {error}") from None
    if "/" in entry or "?" in entry or "#" in entry:
        raise ValueError(f"{entry!r} in the allow-list is no network, host or host:port.")
    port = target.port if re.search(r":[0-9]+$", entry) else None
    return (ip_network(target.host) if target.literal else target.host), port


_ADVICE = {
    "scheme": "Use an https:// address.",
    "port": f"Use port {PORTS[0]} or {PORTS[1]}.",
}


def check_url(url: str, policy: EgressPolicy) -> str | None:
    """What is plainly wrong with a URL, as a sentence for the person who typed it; None when it may be tried.

    A courtesy before the call: it resolves no name and so cannot promise that the call will be let through.
    """
    try:
        target = parse_target(url)
    except UrlRefused as refusal:
        return str(refusal)
    address = _known_address(target)
    why = policy.refusal_unseen(target) if address is None else policy.refusal(target, address)
    return None if why is None else _ADVICE.get(why, f"This address is {BLOCKED}.")


def _known_address(target: Target) -> str | None:
    """The address that is known without asking a resolver (RFC 6761 section 6.3 for localhost)."""
    if target.literal:
        return target.host
    return "127.0.0.1" if target.host == "localhost" or target.host.endswith(".localhost") else None
