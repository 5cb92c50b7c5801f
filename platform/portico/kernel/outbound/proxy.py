"""The operator's own forward proxy, through which the outside is reached when there is one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

SCHEMES = ("http", "socks5")
_HOST = re.compile(r"[A-Za-z0-9_.:-]+")


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy that takes CONNECT (RFC 9110 section 9.3.6), or a SOCKS5 one (RFC 1928).

    It belongs to the operator: its name is resolved as it stands, and the guard's law is not applied to it. What it is
    asked for is: it hears addresses that were checked, and no names.
    """

    scheme: str
    host: str
    port: int
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, text: str) -> Proxy:
        """Read `http://[user:password@]host:port` or `socks5://…`. Raises ValueError, without what was given."""
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError:
            raise ValueError("it cannot be read as a URL") from None
        if parts.scheme not in SCHEMES:
            raise ValueError("it must begin with http:// or socks5:// (names are resolved here, not by the proxy)")
        if not parts.hostname or not _HOST.fullmatch(parts.hostname) or not port:
            raise ValueError("it must name a host and a port")
        if parts.path not in ("", "/") or parts.query or parts.fragment:
            raise ValueError("nothing may follow the port")
        return cls(parts.scheme, parts.hostname, port, unquote(parts.username or ""), unquote(parts.password or ""))

    @property
    def literal(self) -> bool:
        """Whether the host is an address."""
        try:
            ip_address(self.host)
        except ValueError:
            return False
        return True

    @property
    def url(self) -> str:
        """Without the credentials, as libcurl takes it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"
