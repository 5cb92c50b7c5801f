from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portico_sdk.models._base import Model


@dataclass(frozen=True, kw_only=True)
class JobProgress(Model):
    """`total` is None while nobody knows it."""

    done: int
    total: int | None


@dataclass(frozen=True, kw_only=True)
class JobResult(Model):
    """The file that a job made; `url` is for whoever asked, until `expires_at`."""

    url: str
    expires_at: datetime
    name: str
    rows: int
    size: int


@dataclass(frozen=True, kw_only=True)
class Job(Model):
    """Long work: queued, running, succeeded or failed."""

    id: str
    kind: str
    state: str
    progress: JobProgress
    result: JobResult | None
    error: str | None
    errors_url: str | None
    created_at: datetime
    finished_at: datetime | None
