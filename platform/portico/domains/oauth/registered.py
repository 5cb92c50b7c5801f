"""Who may be allowed something by people: clients as the authorization endpoint sees them.

An app is one by the manifests of its versions that run. Other kinds of clients register a finder; a finder opens its
units itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from portico.domains.catalogue import manifests
from portico.domains.catalogue import queries as catalogue
from portico.domains.oauth.power import COMMAND_LINE, FOR_COMMAND_LINE
from portico.kernel import ids
from portico.kernel.unit_of_work import system_unit

_LOOPBACK = re.compile(r"http://(127\.0\.0\.1|\[::1\]|localhost)(?::(\d{1,5}))?(/.*)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class RegisteredClient:
    """`name` and the reasons are texts, or texts by language. `scopes` holds what it may ask people for, each with
    the reason. `seen` changes when people were shown something else of it, so that they are asked again."""

    client_id: str
    name: Any
    public: bool
    redirect_uris: tuple[str, ...]
    scopes: Mapping[str, Any] = field(default_factory=dict)
    app_id: str | None = None
    app_key: str | None = None
    icon: str | None = None
    publisher: str | None = None
    home: str | None = None
    """Where people can read about it: a host, for a client that registered itself by an address."""
    seen: str = ""

    def redirects_to(self, asked: str) -> bool:
        """Exact comparison of text (RFC 9700 section 4.1.3). The port of a public client on the person's own machine
        is chosen when it starts (RFC 8252 section 7.3), and nothing else about it."""
        if asked in self.redirect_uris:
            return True
        bare = _without_port(asked) if self.public else None
        return bare is not None and any(_without_port(uri) == bare for uri in self.redirect_uris)

    @property
    def only_loopback(self) -> bool:
        """Whether every address of it is on the person's own machine, where any program may listen."""
        return all(_LOOPBACK.fullmatch(uri) for uri in self.redirect_uris)


def _without_port(uri: str) -> tuple[str, str] | None:
    found = _LOOPBACK.fullmatch(uri)
    if found is None or int(found[2] or 0) > 65535:
        return None
    return found[1], found[3] or ""


Finder = Callable[[str], RegisteredClient | None]
_finders: list[Finder] = []


def finds_clients(finder: Finder) -> Finder:
    """Register who else knows clients."""
    if finder not in _finders:
        _finders.append(finder)
    return finder


def find_client(client_id: str) -> RegisteredClient | None:
    """The client of this id, or None."""
    for finder in _finders:
        found = finder(client_id)
        if found is not None:
            return found
    return None


@finds_clients
def _app(client_id: str) -> RegisteredClient | None:
    if not ids.is_id(client_id, "app"):
        return None
    with system_unit("oauth: what people are asked about a client"):
        running = catalogue.running(client_id)
        looks = catalogue.looks_of([client_id], "en").get(client_id, {})
    if not running:
        return None
    # While a version is in rollout the client does not say which of the two it runs: it may ask what either may. What
    # it then can do is computed from the one that its workspace runs.
    manifest, manifests_ = running[0].manifest, [each.manifest for each in reversed(running)]
    return RegisteredClient(
        client_id=client_id,
        name=manifest["app"]["name"],
        public=manifests.is_public_client(manifest),
        redirect_uris=tuple(dict.fromkeys(uri for each in reversed(running) for uri in _redirect_uris(each))),
        scopes={row["name"]: row["reason"] for each in manifests_ for row in manifests.access(each, "user_scopes")},
        app_id=client_id,
        app_key=running[0].app_key,
        icon=looks.get("icon_url"),
        publisher=looks.get("publisher"),
    )


def _redirect_uris(each: catalogue.Released) -> list[str]:
    """As the manifest has them; in development, where the app runs elsewhere, those at its own address are there."""
    uris: list[str] = each.manifest.get("oauth", {}).get("redirect_uris", [])
    frozen = str(each.manifest["runtime"]["base_url"]).rstrip("/")
    if each.base_url == frozen:
        return uris
    return [each.base_url + uri.removeprefix(frozen) if uri.startswith(f"{frozen}/") else uri for uri in uris]


@finds_clients
def _command_line(client_id: str) -> RegisteredClient | None:
    """`portico-app login`: by the device grant alone, since it has no address to come back to."""
    if client_id != COMMAND_LINE:
        return None
    return RegisteredClient(
        client_id=COMMAND_LINE,
        name={"en": "Portico command line", "zh-CN": "Portico 命令行"},
        public=True,
        redirect_uris=(),
        scopes=dict.fromkeys(sorted(FOR_COMMAND_LINE), ""),
        publisher="Portico",
    )
