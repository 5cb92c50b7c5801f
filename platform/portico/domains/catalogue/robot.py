"""The robot: what it finds in a version, in the manifest alone and by calling the app.

What needs other domains they register (`examines`). It changes nothing, so it may be killed and started anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from portico import settings
from portico.domains.catalogue import manifests, queries
from portico.kernel import clock, signatures
from portico.kernel.actor import Actor, system
from portico.kernel.ids import new_id
from portico.kernel.outbound import Answer, EgressPolicy, Request, send
from portico.kernel.text import N_

Finding = manifests.Finding
DEADLINE_S = 10


@dataclass(frozen=True, slots=True)
class Subject:
    """A version with what calling its app needs."""

    app_id: str
    workspace_id: str
    base_url: str
    manifest: dict[str, Any]
    secrets: tuple[bytes, ...]


Examine = Callable[[Actor, str, dict[str, Any]], Iterable[Finding]]
_more: list[Examine] = []


def examines(examine: Examine) -> Examine:
    """Register who finds something in the publisher's home workspace."""
    if examine not in _more:
        _more.append(examine)
    return examine


def subject(version_id: str) -> Subject | None:
    """None when the version waits for no check any more."""
    row = queries.checkable(version_id)
    if row is None:
        return None
    return Subject(
        row.app_id,
        row.workspace_id,
        queries.effective_base_url(row.base_url, row.base_url_override),
        row.manifest,
        tuple(signatures.parse(text) for text in queries.signing_secrets(row.app_id)),
    )


def offline(manifest: dict[str, Any]) -> list[Finding]:
    """What the developer's own check finds too."""
    return [*manifests.check(manifest), *manifests.check_listing(manifest)]


def at_home(about: Subject) -> list[Finding]:
    """What other domains find; runs in a unit of the publisher's home workspace."""
    actor = system(about.workspace_id)
    return [finding for examine in _more for finding in examine(actor, about.app_id, about.manifest)]


def online(about: Subject) -> Iterator[Finding]:
    """Call the app at the addresses that it is called at. Runs outside of every unit."""
    if about.manifest["runtime"].get("delivery", "webhook") != "webhook":
        return
    for table in ("events", "lifecycle"):
        path = about.manifest.get(table, {}).get("url")
        if path:
            yield from _probe(about, about.base_url + path, f"/{table}/url")


def _probe(about: Subject, url: str, place: str) -> Iterator[Finding]:
    forged = _call(about, url, (os.urandom(32),))
    if forged.error == "blocked":
        yield _finding("address_blocked", place)
        return
    if forged.status is None:
        yield _finding("no_answer", place)
        return
    if 200 <= forged.status < 300:
        yield _finding("forgery_accepted", place)
    if not _call(about, url, about.secrets).ok:
        yield _finding("signature_refused", place)


def _call(about: Subject, url: str, secrets: tuple[bytes, ...]) -> Answer:
    """A ping as the pump would send it, signed with these."""
    message_id, now = new_id("evt"), clock.now()
    body = json.dumps(
        {
            "id": message_id,
            "type": "endpoint.ping",
            "version": 1,
            "seq": 0,
            "occurred_at": clock.rfc3339(now),
            "timestamp": clock.rfc3339(now),
            "workspace_id": about.workspace_id,
            "actor": {"kind": "system", "id": "system"},
            "resource": {"type": "endpoint", "id": about.app_id, "version": None},
            "data": {"id": about.app_id, "url": url},
            "cause": None,
        }
    ).encode()
    stamp = int(now.timestamp())
    headers = {
        "content-type": "application/json; charset=utf-8",
        "webhook-id": message_id,
        "webhook-timestamp": str(stamp),
        "webhook-signature": signatures.signature(secrets, message_id, stamp, body),
    }
    return send(Request("POST", url, headers, body, deadline_s=DEADLINE_S), EgressPolicy.of(settings.current()))


_SENTENCES = {
    "no_answer": (
        N_("The app did not answer here within 10 seconds."),
        N_("Start it where the version says, and let it be reached from this server."),
    ),
    "address_blocked": (
        N_("This server may not call the address: blocked by network policy."),
        N_("Use an address on the public internet, or ask the operator to open yours."),
    ),
    "forgery_accepted": (
        N_("The app accepted a message with a wrong signature."),
        N_("Verify webhook-signature with your signing secret before you read the body, and answer 400 to what fails."),
    ),
    "signature_refused": (
        N_("The app did not answer 2xx to a rightly signed ping."),
        N_("Look whether it has the signing secret of this app, and answers 2xx to types that it does not know."),
    ),
}


def _finding(rule: str, place: str) -> Finding:
    message, mending = _SENTENCES[rule]
    return Finding(rule, place, message, mending)
