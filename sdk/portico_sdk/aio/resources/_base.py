# Made by `python -m tests.support.async_sdk` from portico_sdk/resources/_base.py: change that instead.
"""The verbs that resources share. A resource file names paths and fields; nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from portico_sdk._encoding import filters, query
from portico_sdk.aio._transport import AsyncTransport
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.errors import api_error
from portico_sdk.models import BatchResult, Model

M = TypeVar("M", bound=Model)
T = TypeVar("T")


class ResourceAPI:
    """Base of `client.<resource>`."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def _get(self, path: str, model: type[M], **params: Any) -> M:
        return model.parse((await self._transport.request("GET", path, params=query(params))).body)

    async def _post(self, path: str, model: type[M], body: object = None, *, key: str | None = None) -> M:
        reply = await self._transport.request("POST", path, json=body, idempotency_key=key)
        return model.parse(reply.body)

    async def _patch(self, path: str, model: type[M], body: object, *, if_match: str | None) -> M:
        return model.parse((await self._transport.request("PATCH", path, json=body, if_match=if_match)).body)

    async def _put(self, path: str, model: type[M], body: object, *, if_match: str | None) -> M:
        return model.parse((await self._transport.request("PUT", path, json=body, if_match=if_match)).body)

    async def _delete(self, path: str, *, if_match: str | None = None, **params: Any) -> None:
        await self._transport.request("DELETE", path, params=query(params), if_match=if_match)

    def _list(
        self,
        path: str,
        parse: Callable[[Any], T],
        params: Mapping[str, Any],
        keywords: Mapping[str, Any] | None = None,
        cursor_name: str = "cursor",
    ) -> AsyncResults[T]:
        asked = {**query(params), **filters(keywords or {})}
        return AsyncResults(self._transport, path, asked, parse, cursor_name)

    async def _batch(
        self, path: str, model: type[M], items: Iterable[Mapping[str, Any]], atomic: bool, key: str | None
    ) -> tuple[BatchResult[M], ...]:
        body = {"items": list(items), "atomic": atomic}
        reply = await self._transport.request("POST", path, json=body, idempotency_key=key)
        return tuple(_batch_result(model, item) for item in reply.body["results"])


def _batch_result(model: type[M], item: Mapping[str, Any]) -> BatchResult[M]:
    status = int(item["status"])
    if "error" in item:
        return BatchResult(status, error=api_error(status, item["error"], request_id=None))
    return BatchResult(status, data=model.parse(item.get("data")))


def given(**fields: Any) -> dict[str, Any]:
    """The fields that were given: `None` stands for "not given" where creating has a default."""
    return {name: value for name, value in fields.items() if value is not None}
