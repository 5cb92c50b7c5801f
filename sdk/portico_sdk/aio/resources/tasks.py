# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/tasks.py: change that instead.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portico_sdk._encoding import path
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.resources._base import ResourceAPI, given
from portico_sdk.models import Job


class Exports(ResourceAPI):
    """Files of what the workspace holds."""

    async def create(
        self,
        *,
        resource: str,
        format: str | None = None,
        filter: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Begin an export of `resource` (`audit`, `me`) as `jsonl` or `csv`; follow it with `jobs.get`."""
        return await self._post(
            "/exports", Job, given(resource=resource, format=format, filter=filter), key=idempotency_key
        )


class Jobs(ResourceAPI):
    """Long work that you asked for."""

    def list(self, *, limit: int | None = None, cursor: str | None = None) -> AsyncResults[Job]:
        return self._list("/jobs", Job.parse, {"limit": limit, "cursor": cursor})

    async def get(self, job_id: str) -> Job:
        return await self._get(path("jobs", job_id), Job)

    async def file(self, job_id: str) -> bytes:
        """What the job made, as it came: UTF-8 text of lines."""
        return await self._transport.download(path("jobs", job_id, "file"))
