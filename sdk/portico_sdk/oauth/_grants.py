"""What a person allowed, and where an app keeps it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from portico_sdk.errors import PorticoError


@dataclass(frozen=True)
class Grant:
    """Tokens of one person. `expires_at`: Unix seconds at which the access token ends. `scopes`: what was allowed."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: float
    scopes: tuple[str, ...]

    def dumps(self) -> str:
        """As JSON, with its tokens: for a store."""
        return json.dumps(
            {
                "access_token": self.access_token,
                "refresh_token": self.refresh_token,
                "expires_at": self.expires_at,
                "scopes": self.scopes,
            }
        )

    @classmethod
    def loads(cls, text: str) -> Grant:
        try:
            raw: dict[str, Any] = json.loads(text)
            refresh = raw["refresh_token"]
            return cls(
                access_token=str(raw["access_token"]),
                refresh_token=None if refresh is None else str(refresh),
                expires_at=float(raw["expires_at"]),
                scopes=tuple(map(str, raw["scopes"])),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise PorticoError("What the store holds is not a grant.") from error


class GrantStore(Protocol):
    """Keeps grants under names. A refresh token is good for one use, so `locked` lets one at a time renew a grant."""

    def get(self, key: str) -> Grant | None: ...

    def put(self, key: str, grant: Grant) -> None: ...

    def delete(self, key: str) -> None: ...

    def locked(self, key: str) -> AbstractContextManager[object]:
        """Among all who share the store. Inside it the holder calls `get`, `put` and `delete`."""
        ...


class Locks:
    """One lock for each key that somebody holds or waits for."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held: dict[str, tuple[threading.Lock, int]] = {}

    @contextmanager
    def of(self, key: str) -> Iterator[None]:
        with self._guard:
            lock, users = self._held.get(key, (threading.Lock(), 0))
            self._held[key] = (lock, users + 1)
        try:
            with lock:
                yield
        finally:
            with self._guard:
                lock, users = self._held[key]
                if users == 1:
                    del self._held[key]
                else:
                    self._held[key] = (lock, users - 1)


class MemoryStore:
    """For one process, until it ends."""

    def __init__(self) -> None:
        self._grants: dict[str, Grant] = {}
        self._locks = Locks()

    def get(self, key: str) -> Grant | None:
        return self._grants.get(key)

    def put(self, key: str, grant: Grant) -> None:
        self._grants[key] = grant

    def delete(self, key: str) -> None:
        self._grants.pop(key, None)

    def locked(self, key: str) -> AbstractContextManager[object]:
        return self._locks.of(key)
