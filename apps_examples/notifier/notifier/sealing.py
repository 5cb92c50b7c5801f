"""Addresses of webhooks are secrets: who has one can post. They are kept encrypted (RFC 7516, A256GCM)."""

import hashlib
from collections.abc import Mapping

from joserfc import jwe
from joserfc.jwk import OctKey


class Sealer:
    """The key comes from `NOTIFIER_KEY`, or else from the client secret; a new one makes old addresses unreadable, and
    channels then ask for theirs again."""

    def __init__(self, config: Mapping[str, str]) -> None:
        material = config.get("NOTIFIER_KEY") or config["PORTICO_CLIENT_SECRET"]
        self._key = OctKey.import_key(hashlib.sha256(b"notifier" + material.encode()).digest())

    def seal(self, text: str) -> str:
        return jwe.encrypt_compact({"alg": "dir", "enc": "A256GCM"}, text, self._key) if text else ""

    def open(self, sealed: str) -> str:
        """Raises joserfc.errors.JoseError when it was sealed with another key."""
        return (jwe.decrypt_compact(sealed, self._key).plaintext or b"").decode() if sealed else ""
