"""All listeners of the process: who is told what when.

The bell says that there is news, a poll once a second finds what the bell missed. One statement asks how far the
workspaces with listeners are; in each that has moved, one page is read for all who stand at the same place. Nobody is
given more before what they were given is sent, so a slow reader holds one page and nobody up.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from portico.domains.webhooks import streaming, whispering
from portico.domains.webhooks.errors import TooManyStreams
from portico.domains.webhooks.streaming import Share, Wish
from portico.kernel import authn, whispers
from portico.kernel.actor import Actor
from portico.kernel.errors import Refusal, Unavailable
from portico.kernel.whispers import Whisper
from portico.stream.frames import ending, restarting
from portico.stream.listener import Listener
from portico.stream.pace import Pace

THREADS = 4
POLL_S = 1.0
BETWEEN_LOOKS_S = 0.02
"""Rings that come closer together are answered together."""
MOST_PER_CALLER, MOST_PER_APP, MOST = 10, 200, 5_000
RETRY_AFTER = {"Retry-After": "5"}
log = logging.getLogger("portico.stream")
T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Room:
    """The listeners of one workspace."""

    head: int = 0
    listeners: set[Listener] = field(default_factory=set)
    catching_up: bool = False

    def behind(self) -> dict[int, list[Listener]]:
        """Those who wait for something that is there, by where they stand."""
        found: dict[int, list[Listener]] = defaultdict(list)
        for listener in self.listeners:
            if listener.idle and listener.open and listener.position < self.head:
                found[listener.position].append(listener)
        return found


class Hub:
    def __init__(self, factor: float, pace: Pace) -> None:
        self._rooms: dict[str, Room] = {}
        self._counts: Counter[str] = Counter()
        self._factor, self.pace = factor, pace
        self._bell = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="stream")
        self._tasks: asyncio.TaskGroup | None = None
        self._emptied = asyncio.Event()
        self.closing = False

    # --- who listens --------------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return sum(len(room.listeners) for room in self._rooms.values())

    def join(self, wish: Wish, actor: Actor, position: int) -> Listener:
        """Raises TooManyStreams and Unavailable."""
        if self.closing or len(self) >= MOST:
            raise Unavailable("The streams are full, or about to restart.", headers=RETRY_AFTER)
        for key, most in self._allowances(wish, actor):
            if self._counts[key] >= most:
                raise TooManyStreams(headers=RETRY_AFTER, extra={"most": most})
        listener = Listener(wish, actor, position)
        self._counts.update(key for key, _ in self._allowances(wish, actor))
        room = self._rooms.setdefault(wish.workspace_id, Room())
        room.listeners.add(listener)
        self._bell.set()
        return listener

    def leave(self, listener: Listener) -> None:
        room = self._rooms[listener.wish.workspace_id]
        room.listeners.discard(listener)
        if not room.listeners:
            del self._rooms[listener.wish.workspace_id]
            self._emptied.set()
        for key, _ in self._allowances(listener.wish, listener.actor):
            self._counts[key] -= 1
            if not self._counts[key]:
                del self._counts[key]

    def _allowances(self, wish: Wish, actor: Actor) -> list[tuple[str, int]]:
        """What a connection counts for: pages apart from tokens, and an app once more for all who lend it power."""
        kind = "page" if wish.brief else "token"
        keys = [(f"{actor.workspace_id} {actor.caller_key} {kind}", MOST_PER_CALLER)]
        if actor.shared_key:
            keys.append((f"{actor.workspace_id} {actor.shared_key} app", MOST_PER_APP))
        return [(key, max(1, int(most * self._factor))) for key, most in keys]

    def sent(self, listener: Listener) -> None:
        """All that it was given is on its way: it can have more."""
        listener.idle = True
        room = self._rooms[listener.wish.workspace_id]
        if listener.position < room.head and not room.catching_up:
            room.catching_up = True
            self._loop.call_later(BETWEEN_LOOKS_S, self._hand_out, room)

    # --- what they are told -------------------------------------------------------------------------------------------

    def ring(self) -> None:
        """There may be news. From any thread."""
        with suppress(RuntimeError):  # the loop is closed: nobody listens any more
            self._loop.call_soon_threadsafe(self._bell.set)

    def hear(self, payload: bytes) -> None:
        """A whisper, from any thread."""
        whisper = whispers.read(payload)
        if whisper is not None:
            with suppress(RuntimeError):  # as above
                self._loop.call_soon_threadsafe(self._pass_on, whisper)

    def _pass_on(self, whisper: Whisper) -> None:
        room = self._rooms.get(whisper.workspace_id)
        if room is None or self._tasks is None or self.closing:
            return
        listeners = [one for one in room.listeners if one.open and whispering.concerns(whisper, one.wish, one.actor)]
        if listeners:
            self._tasks.create_task(self._whisper(whisper, listeners))

    async def _whisper(self, whisper: Whisper, listeners: list[Listener]) -> None:
        wishes = [listener.wish for listener in listeners]
        allowed = await self._or_later(lambda: whispering.hearers(whisper, wishes))
        for listener in listeners:
            if allowed is not None and listener.wish.credential in allowed:
                listener.whisper(whispering.frame(whisper))

    async def run(self) -> None:
        """Until `close`. What fails in an unforeseen way ends it."""
        async with asyncio.TaskGroup() as self._tasks:
            watch = self._tasks.create_task(self._watch_power())
            await self._follow()
            watch.cancel()

    async def end(self) -> None:
        """After `run` and the last answer: whatever its threads still ask the database for is answered first."""
        await asyncio.to_thread(self._pool.shutdown, wait=True, cancel_futures=True)

    def close(self) -> None:
        """Everybody is asked to come back to whoever serves next."""
        self.closing = True
        for listener in self._everybody():
            listener.end(restarting())
        self._bell.set()

    async def farewell(self, seconds: float) -> None:
        """Until everybody has heard it, or had the time to."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._rooms:
                    self._emptied.clear()
                    await self._emptied.wait()

    def _everybody(self) -> list[Listener]:
        return [listener for room in self._rooms.values() for listener in room.listeners]

    async def in_thread(self, work: Callable[..., T], *arguments: object) -> T:
        return await self._loop.run_in_executor(self._pool, work, *arguments)

    async def _follow(self) -> None:
        while not self.closing:
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_S):
                    await self._bell.wait()
            self._bell.clear()
            if self._rooms:
                await self._look()
            await asyncio.sleep(BETWEEN_LOOKS_S)

    async def _look(self) -> None:
        """How far the workspaces are; who is behind is given what comes next."""
        heads = await self._or_later(lambda: streaming.heads(list(self._rooms)))
        for workspace_id, head in (heads or {}).items():
            room = self._rooms.get(workspace_id)
            if room is not None:
                room.head = max(room.head, head)
                self._hand_out(room)

    def _hand_out(self, room: Room) -> None:
        room.catching_up = False
        if self._tasks is None or self.closing:
            return
        for position, listeners in room.behind().items():
            for listener in listeners:
                listener.idle = False
            self._tasks.create_task(self._give(room, position, listeners))

    async def _give(self, room: Room, position: int, listeners: list[Listener]) -> None:
        head, wishes = room.head, [listener.wish for listener in listeners]
        shares = await self._or_later(lambda: streaming.read(position, head, wishes))
        for listener, share in zip(listeners, shares or (), strict=False):
            self._tell(listener, share)
        if shares is None:  # the poll comes back to them
            for listener in listeners:
                listener.idle = True

    def _tell(self, listener: Listener, share: Share) -> None:
        if share.refusal is not None:
            listener.end(ending(share.refusal))
            return
        listener.take(share)
        if listener.idle and listener.wish.workspace_id in self._rooms:
            self.sent(listener)

    async def _watch_power(self) -> None:
        """End those whose token or session is nothing any more, though nothing happens."""
        while True:
            await asyncio.sleep(self.pace.power_s)
            listeners = self._everybody()
            for start in range(0, len(listeners), authn.MOST_AT_ONCE):
                await self._look_again(listeners[start : start + authn.MOST_AT_ONCE])

    async def _look_again(self, listeners: Iterable[Listener]) -> None:
        credentials = [listener.wish.credential for listener in listeners]
        found = await self._or_later(lambda: authn.look_again(credentials))
        for listener in listeners:
            actor = found[listener.wish.credential] if found is not None else None
            if isinstance(actor, Refusal):
                listener.end(ending(actor))

    async def _or_later(self, work: Callable[[], T]) -> T | None:
        """None when the database does not answer: all of this is asked again soon."""
        try:
            return await self.in_thread(work)
        except (SQLAlchemyError, Unavailable) as error:
            log.warning("The database does not answer: %s. Trying again.", type(error).__name__)
            return None
