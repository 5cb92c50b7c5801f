"""An app that a review has nothing against, served on loopback."""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterable
from typing import Any

from portico.kernel import signatures
from tests.support import apps
from tests.support.loopback_servers import LoopbackServer, Received, answer

_SIZE = struct.pack(">II", 128, 128)
ICON = "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + _SIZE).decode()


class HonestApp:
    """Answers 200 to what is signed with `secret`, 400 to anything else; `careless`, 200 to all."""

    def __init__(self) -> None:
        self.secret = ""
        self.careless = False
        self.server = LoopbackServer(self._respond)

    def _respond(self, received: Received) -> Iterable[bytes]:
        return answer() if self.careless or self._is_signed(received) else answer("400 Bad Request")

    def _is_signed(self, received: Received) -> bool:
        about = received.headers
        wanted = signatures.signature(
            [signatures.parse(self.secret)],
            about.get("webhook-id", ""),
            int(about.get("webhook-timestamp", "0")),
            received.body,
        )
        return wanted in about.get("webhook-signature", "").split(" ")

    def manifest(self, *scopes: str, **about: Any) -> dict[str, Any]:
        """A whole one; `about` changes its [app]."""
        made = apps.asking(*(scopes or ("directory:read",)))
        made["app"] |= {
            "summary": {"en": "Helps with what comes in", "zh-CN": "帮助处理来件"},
            "description": "It helps.",
            "icon": ICON,
            "support_url": "https://helper.example/help",
            "privacy_url": "https://helper.example/privacy",
            **about,
        }
        made["runtime"]["base_url"] = self.server.url("")
        made["lifecycle"] = {"url": "/lifecycle"}
        return made
