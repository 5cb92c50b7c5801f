"""At least once becomes once, in this process: what was handled is answered again, not done again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from portico_sdk.apps._answers import Answer

_BUSY = Answer.json(409, {"error": "in_progress"})
"""A twin of what runs right now: refused, so that the platform asks again when the outcome is known."""


@dataclass
class Once:
    """Remembers the last `size` ids. Work that failed is forgotten, so that its retry runs."""

    size: int
    _done: OrderedDict[str, Answer] = field(default_factory=OrderedDict)
    _running: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, key: str, work: Callable[[], Answer]) -> Answer:
        with self._lock:
            if key in self._done:
                return self._done[key]
            if key in self._running:
                return _BUSY
            self._running.add(key)
        try:
            answer = work()
            self._remember(key, answer)
            return answer
        finally:
            with self._lock:
                self._running.discard(key)

    def _remember(self, key: str, answer: Answer) -> None:
        with self._lock:
            self._done[key] = answer
            while len(self._done) > self.size:
                self._done.popitem(last=False)
