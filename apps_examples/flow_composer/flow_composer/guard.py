"""Where flows may post: https, to hosts that the company named in the settings, and never to an address inside a
network.

A name is resolved once, all of its addresses are looked at, and the connection goes to one of those, so that a name
which answers differently the second time gains nothing. Redirects are not followed, nor are proxies used.
"""

import ipaddress
import socket
from collections.abc import Callable, Iterable

import httpx

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
Resolve = Callable[[str, int], list[str]]


class Refused(httpx.TransportError):
    """The address is not one to post to."""


def resolved(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in found))


def is_outside(address: str) -> bool:
    """Whether this is an address of the internet, and not one that stands for another."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and (ip.ipv4_mapped or ip.sixtofour or ip.teredo or ip in _NAT64):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


class Guarded(httpx.BaseTransport):
    """Connects to what `resolve` says, if all of it is outside."""

    def __init__(self, inner: httpx.BaseTransport, resolve: Resolve, *, allow_private: bool = False) -> None:
        self._inner, self._resolve, self._allow_private = inner, resolve, allow_private

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        try:
            addresses = self._resolve(host, request.url.port or 443)
        except OSError as error:
            raise httpx.ConnectError(f"{host} has no address") from error
        if not addresses:
            raise httpx.ConnectError(f"{host} has no address")
        if not self._allow_private and not all(is_outside(address) for address in addresses):
            raise Refused(f"{host} is an address inside a network")
        request.extensions = {**request.extensions, "sni_hostname": host}  # the certificate is that of the name
        request.url = request.url.copy_with(host=addresses[0])
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


def outgoing(inner: httpx.BaseTransport | None, resolve: Resolve, *, allow_private: bool) -> httpx.Client:
    transport = Guarded(inner or httpx.HTTPTransport(retries=0), resolve, allow_private=allow_private)
    return httpx.Client(transport=transport, timeout=httpx.Timeout(10.0), follow_redirects=False, trust_env=False)


def host_names(text: object) -> tuple[str, ...]:
    """What stands in the setting with commas between."""
    return tuple(part.strip().lower() for part in str(text or "").split(",") if part.strip())


def is_web_address(url: str, *, allow_http: bool = False) -> bool:
    """https, the usual port, no user in it."""
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    secure = address.scheme == "https" and address.port in (None, 443)
    return bool((secure or (allow_http and address.scheme == "http")) and not address.userinfo and address.host)


def may_post_to(url: str, hosts: Iterable[str], *, allow_http: bool = False) -> bool:
    if not is_web_address(url, allow_http=allow_http):
        return False
    host = httpx.URL(url).host.lower()
    return any(host == one or (one.startswith("*.") and host.endswith(one[1:])) for one in hosts)
