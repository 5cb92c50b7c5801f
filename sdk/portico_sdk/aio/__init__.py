"""The same client for `async` code: `AsyncPortico(token, base_url).<resource>.<verb>(…)`, awaited.

Client and resources are made from the synchronous ones; only what waits is written here.
"""

from portico_sdk.aio.client import AsyncPortico
from portico_sdk.aio.pages import AsyncResults
from portico_sdk.aio.streams import AsyncEventStream

__all__ = ["AsyncEventStream", "AsyncPortico", "AsyncResults"]
