"""One request, and wait for its answer."""

from __future__ import annotations

import queue

import pycurl

from portico.kernel.outbound.inside import answered_inside
from portico.kernel.outbound.messages import Answer, Request
from portico.kernel.outbound.policy import BLOCKED, EgressPolicy, UrlRefused
from portico.kernel.outbound.resolver import DNS_S, Lookup, Resolver, system_addresses
from portico.kernel.outbound.transfer import Transfer


def send(request: Request, policy: EgressPolicy, lookup: Lookup = system_addresses) -> Answer:
    """Send and wait, on a connection of its own. Never raises for what the other side does.

    Nothing is shared between calls, so any thread and any forked process may call it.
    """
    inside = answered_inside(request)
    if inside is not None:
        return inside
    transfer = Transfer(policy)
    try:
        return _send(transfer, request, lookup)
    finally:
        transfer.close()


def _send(transfer: Transfer, request: Request, lookup: Lookup) -> Answer:
    try:
        target = transfer.begin(request)
    except UrlRefused:
        return transfer.end("blocked", BLOCKED)
    addresses = (target.host,) if target.literal else _look_up(target.host, transfer, lookup)
    if not addresses:
        return transfer.nameless("The name did not resolve.")
    if not transfer.aim(addresses):
        return transfer.end("blocked", BLOCKED)
    proxy = transfer.proxy
    if proxy is not None:
        addresses = (proxy.host,) if proxy.literal else _look_up(proxy.host, transfer, lookup)
        if not addresses:
            return transfer.nameless("")
        transfer.go_through(addresses)
    try:
        transfer.curl.perform()
    except pycurl.error as failure:
        return transfer.answer(*failure.args)
    return transfer.answer(0, "")


def _look_up(host: str, transfer: Transfer, lookup: Lookup) -> tuple[str, ...]:
    told: queue.SimpleQueue[tuple[str, ...]] = queue.SimpleQueue()
    Resolver(lambda _, addresses: told.put(addresses), lookup).ask(host)
    try:
        return told.get(timeout=max(0.0, min(DNS_S, transfer.request.deadline_s) - transfer.elapsed_s))
    except queue.Empty:
        return ()
    finally:
        transfer.dns_ms = int(transfer.elapsed_s * 1000)
