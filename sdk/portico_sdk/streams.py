"""The event stream: `client.events.stream(…)`, server-sent events that go on by themselves where they broke off."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Mapping

from portico_sdk._sse import Frame, frames
from portico_sdk._transport import LONGEST_WAIT, Transport, delay_before_retry
from portico_sdk.errors import APIError, ConnectionFailed, PorticoError, ServerError, api_error
from portico_sdk.models.events import Event, parse_event

__all__ = ["EventStream"]

SILENCE = 45.0
"""Seconds. The platform gives a sign of life every 15; who hears nothing for so long is connected to nothing."""
FIRST_WAIT = 2.0


class Following:
    """Where a stream stands, and what becomes of what it hears: for both kinds of clients."""

    def __init__(self, params: Mapping[str, str], after: str | None) -> None:
        self._params = params
        self._begin = after
        self._wait = FIRST_WAIT
        self._lived = False
        self.cursor: str | None = None

    def _ask(self) -> tuple[dict[str, str], dict[str, str]]:
        """Parameters and headers with which to go on."""
        headers = {"accept": "text/event-stream"}
        if self.cursor is not None:
            headers["last-event-id"] = self.cursor
        params = dict(self._params)
        if self._begin is not None and self.cursor is None:
            params["after"] = self._begin
        return params, headers

    def _hear(self, frame: Frame) -> Event | None:
        self._lived = True
        event = self._read(frame)
        self.cursor = frame.id or self.cursor
        return event

    def _read(self, frame: Frame) -> Event | None:
        if frame.retry is not None:
            self._wait = frame.retry / 1000
        if not frame.data:
            return None
        content = json.loads(frame.data)
        if frame.event == "end":
            raise api_error(int(content.get("status", 401)), content, request_id=None)
        return parse_event(content)

    def _pause(self, error: PorticoError, failures: int) -> float:
        """Seconds until the next try. Raises what another try cannot mend."""
        if isinstance(error, APIError) and not isinstance(error, ServerError) and delay_before_retry(error, 0) is None:
            raise error
        asked = error.retry_after if isinstance(error, APIError) else None
        grown: float = min(self._wait * 2 ** min(failures - 1, 10), LONGEST_WAIT)
        grown *= 1 - random.uniform(0, 0.25)  # noqa: S311  nobody gains by guessing it
        return max(grown, asked or 0.0)


class EventStream(Following, Iterable[Event]):
    """Events as they happen, one after the other; a `for` loop over it does not end by itself.

    It reconnects when the connection breaks and goes on behind the last event, without gap. What needs you is raised:
    `AuthenticationError` when the power is over (a token of an installation is renewed first), other refusals as they
    are. Keep `cursor` when you have handled an event, and give it as `after` the next time: it is the same cursor that
    `events.list` takes.
    """

    def __init__(self, transport: Transport, url: str, params: Mapping[str, str], after: str | None) -> None:
        super().__init__(params, after)
        self._transport = transport
        self._url = url

    def __iter__(self) -> Iterator[Event]:
        """Go on behind `cursor`."""
        failures, renewed = 0, False
        while True:
            self._lived, token = False, ""
            try:
                token = self._transport.bearer()
                yield from self._until_it_breaks(token)
                failures, pause = 0, self._wait
            except (ConnectionFailed, APIError) as error:
                failures, renewed = (1, False) if self._lived else (failures + 1, renewed)
                if not renewed and self._transport.renewed(error, token):
                    renewed = True
                    continue
                pause = self._pause(error, failures)
            self._transport.sleep(pause)

    def _until_it_breaks(self, token: str) -> Iterator[Event]:
        params, headers = self._ask()
        with self._transport.listen(self._url, params, headers, token, silence=SILENCE) as chunks:
            for frame in frames(chunks):
                event = self._hear(frame)
                if event is not None:
                    yield event
