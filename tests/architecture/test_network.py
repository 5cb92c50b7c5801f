"""Who touches the network, and why. A connection for a tenant is opened by kernel.outbound and by nobody else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import portico

ROOT = Path(portico.__file__).parent
OUTBOUND = "kernel/outbound/"

# Whatever can open a socket: of the standard library, of what is installed, and the parts of it that fetch by URL.
NETWORK = {
    *("asyncio", "ftplib", "http.client", "http.server", "imaplib", "poplib", "smtplib", "socket", "socketserver"),
    *("ssl", "telnetlib", "urllib.request", "xmlrpc"),
    *("aiohttp", "authlib.integrations", "dns", "granian", "httpx", "psycopg", "pycurl", "redis", "requests", "rq"),
    *("obstore", "urllib3", "websockets"),
}

KNOWN = {
    "cli/serve.py": "is the server",
    "cli/test.py": "looks whether the databases of the tests are there",
    "domains/identity/errands.py": "names what the operator's mail server may raise",
    "domains/notifications/senders.py": "names what the operator's mail server may raise",
    "domains/webhooks/pump/holders.py": "asks for the name of this machine",
    "kernel/bell.py": "rings, at the operator's Redis or on loopback",
    "kernel/bell_listening.py": "hears it ring",
    "kernel/blobs_s3.py": "keeps files in the operator's bucket",
    "kernel/jobs/carrier.py": "carries jobs through the operator's Redis",
    "kernel/leaning.py": "asks the operator's Redis whether it answers",
    "kernel/mail.py": "sends through the operator's mail server",
    "monitor.py": "listens where the operator watches a process",
    "stream/asgi.py": "is the server of streams: what one connection is told",
    "stream/hub.py": "is the server of streams: who is told what when",
    "stream/listener.py": "is the server of streams: what one connection waits for",
    "stream/relay.py": "is the server of streams: what passes through to a developer's machine, which called us",
    "stream/serving.py": "is the server of streams",
    "up/demo_apps.py": "asks the examples that it started itself",
    "up/early.py": "looks for free ports, and asks what it started itself",
    "up/supervisor.py": "looks for free ports",
    "web/limits.py": "counts in the operator's Redis",
}
"""A new one is a decision: none of these goes where a tenant says."""


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _trees() -> Iterator[tuple[str, ast.AST]]:
    for path in sorted(ROOT.rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def _touches_network(tree: ast.AST) -> bool:
    return any(f"{name}.".startswith(f"{module}.") for name in _imported(tree) for module in NETWORK)


def test_nobody_else_touches_the_network() -> None:
    found = {place for place, tree in _trees() if _touches_network(tree) and not place.startswith(OUTBOUND)}
    assert found == set(KNOWN)


def test_everybody_who_calls_for_a_tenant_asks_the_policy_of_the_instance() -> None:
    """One made by hand could forget the operator's list, or his proxy."""
    made_by_hand = {
        f"{place}:{node.lineno}"
        for place, tree in _trees()
        if not place.startswith(OUTBOUND)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id == "EgressPolicy")
            or (isinstance(node.func, ast.Attribute) and node.func.attr == "for_mode")
        )
    }
    assert made_by_hand == set()
