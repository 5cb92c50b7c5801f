from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from portico_sdk.errors import APIError

T = TypeVar("T")


@dataclass(frozen=True)
class BatchResult(Generic[T]):
    """What became of one item of a batch, in the order of the items: `data` or `error`."""

    status: int
    data: T | None = None
    error: APIError | None = None
