"""Keeping away for a while from what did not answer: of many callers only one in some seconds waits for it in vain."""

from __future__ import annotations

import threading
import time

SECONDS = 5.0


class Circuit:
    """Ask with `may_try`, and say how it went. For any thread."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._away_until: float | None = None
        self._lock = threading.Lock()

    def may_try(self) -> bool:
        """Always, until something fails; afterwards one caller each time that the seconds are over."""
        if self._away_until is None:
            return True
        with self._lock:
            now = time.monotonic()
            if self._away_until is not None and now < self._away_until:
                return False
            self._away_until = now + self._seconds
            return True

    def failed(self) -> None:
        with self._lock:
            self._away_until = time.monotonic() + self._seconds

    def worked(self) -> None:
        if self._away_until is not None:
            with self._lock:
                self._away_until = None
