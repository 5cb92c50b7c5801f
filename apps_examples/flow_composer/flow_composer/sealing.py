"""Values of headers and the tokens of owners are kept encrypted (RFC 7516, A256GCM)."""

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from joserfc import jwe
from joserfc.jwk import OctKey

from flow_composer.model import MASK
from portico_sdk.oauth import Grant, GrantStore


class Sealer:
    """The key comes from `FLOW_COMPOSER_KEY`, or from a file beside the database that is made once (0600)."""

    def __init__(self, config: Mapping[str, str], folder: Path) -> None:
        material = config.get("FLOW_COMPOSER_KEY") or _kept(folder / "flow_composer.key")
        self._key = OctKey.import_key(hashlib.sha256(b"flow_composer" + material.encode()).digest())

    def seal(self, text: str) -> str:
        return jwe.encrypt_compact({"alg": "dir", "enc": "A256GCM"}, text, self._key)

    def open(self, sealed: str) -> str:
        """Raises joserfc.errors.JoseError when it was sealed with another key."""
        return (jwe.decrypt_compact(sealed, self._key).plaintext or b"").decode()


def _kept(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        number = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    with os.fdopen(number, "w", encoding="ascii") as handle:
        handle.write(secrets.token_urlsafe(32))
    return path.read_text(encoding="ascii")


class SealedGrants:
    """A store of grants in which tokens do not stand as they are."""

    def __init__(self, inner: GrantStore, sealer: Sealer) -> None:
        self._inner, self._sealer = inner, sealer

    def get(self, key: str) -> Grant | None:
        found = self._inner.get(key)
        return None if found is None else Grant.loads(self._sealer.open(found.access_token))

    def put(self, key: str, grant: Grant) -> None:
        self._inner.put(key, Grant(self._sealer.seal(grant.dumps()), None, grant.expires_at, grant.scopes))

    def delete(self, key: str) -> None:
        self._inner.delete(key)

    def locked(self, key: str) -> AbstractContextManager[object]:
        return self._inner.locked(key)


def headers_of(step: Mapping[str, Any]) -> dict[str, str]:
    headers: dict[str, str] = step["post"].get("headers", {}) if "post" in step else {}
    return headers


class Elsewhere(Exception):
    """A value was to be kept that belongs to another address."""

    def __init__(self, pointer: str) -> None:
        super().__init__(pointer)
        self.pointer = pointer


def sealed(flow: dict[str, Any], before: Mapping[str, Any] | None, sealer: Sealer) -> dict[str, Any]:
    """The flow as it is kept; a masked value is that of the version before. Raises Elsewhere where the address is of
    another origin now: whoever may change a flow could read the secret there that somebody else gave."""
    old = {step["id"]: step for step in (before or {"steps": []})["steps"] if headers_of(step)}
    made: dict[str, Any] = json.loads(json.dumps(flow))
    for number, step in enumerate(made["steps"]):
        for name, text in headers_of(step).items():
            kept = old.get(step["id"])
            if text != MASK:
                step["post"]["headers"][name] = sealer.seal(text) if text else ""
            elif kept is None or name not in headers_of(kept) or _origin(kept) != _origin(step):
                raise Elsewhere(f"/steps/{number}/post/headers/{name}")
            else:
                step["post"]["headers"][name] = headers_of(kept)[name]
    return made


def _origin(step: Mapping[str, Any]) -> tuple[str, str]:
    parts = urlsplit(step["post"]["url"])
    return parts.scheme, parts.netloc.lower()


def masked(flow: Mapping[str, Any], mask: str = MASK) -> dict[str, Any]:
    """The flow as it is shown, or with `mask=""` as it leaves in a file."""
    made: dict[str, Any] = json.loads(json.dumps(flow))
    for step in made["steps"]:
        if headers_of(step):
            step["post"]["headers"] = dict.fromkeys(headers_of(step), mask)
    return made
