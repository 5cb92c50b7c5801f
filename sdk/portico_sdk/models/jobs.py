from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from portico_sdk.errors import APIError
from portico_sdk.models._base import Model

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Progress(Model):
    done: int
    total: int | None


@dataclass(frozen=True, kw_only=True)
class Job(Model):
    """Long work; `state` is queued, running, succeeded, failed or cancelled."""

    id: str
    kind: str
    state: str
    progress: Progress | None
    result: Any
    errors_url: str | None


@dataclass(frozen=True)
class BatchResult(Generic[T]):
    """What became of one item of a batch, in the order of the items: `data` or `error`."""

    status: int
    data: T | None = None
    error: APIError | None = None
