"""TXT records, by which people show that a domain is theirs. Asked of the machine's own name servers and of nobody a
tenant names, within a deadline."""

from __future__ import annotations

from collections.abc import Sequence

import dns.exception
import dns.resolver

DEADLINE_S = 4.0
_MOST = 100


def txt_records(name: str, servers: Sequence[tuple[str, int]] = ()) -> tuple[str, ...]:
    """The texts at a name; none when it has none or nobody answers in time. `servers`: others than the machine's."""
    try:
        resolver = dns.resolver.Resolver(configure=not servers)
        if servers:
            resolver.nameservers = [host for host, _ in servers]
            resolver.nameserver_ports = dict(servers)
        answer = resolver.resolve(name, "TXT", lifetime=DEADLINE_S, search=False)
    except dns.exception.DNSException:
        return ()
    return tuple(b"".join(record.strings).decode("utf-8", "replace") for record in list(answer)[:_MOST])
