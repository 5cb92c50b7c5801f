"""One open connection: where it stands, and what it has to send next."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

from portico.domains.webhooks.streaming import Share, Wish, position_frame
from portico.kernel.actor import Actor

MOST_WHISPERS = 20


@dataclass(slots=True, eq=False)
class Listener:
    wish: Wish
    actor: Actor
    position: int
    """Read up to here: what it was given is sent before it is asked again."""
    idle: bool = True
    last_words: bytes | None = None
    """Said before the connection is closed."""
    gone: bool = False
    handed: bool = False
    """Whether what `next` gave last holds its part of a page."""
    _frames: tuple[bytes, ...] = ()
    _whispers: deque[bytes] = field(default_factory=lambda: deque(maxlen=MOST_WHISPERS))
    _told: int = -1
    _turn: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def open(self) -> bool:
        return self.last_words is None and not self.gone

    def take(self, share: Share) -> None:
        """Its part of a page; with nothing in it, it only stands further on."""
        self.position = share.position
        if share.frames:
            self._frames = share.frames
            self._turn.set()
        else:
            self.idle = True

    def whisper(self, frame: bytes) -> None:
        """Of those that are not sent yet the newest are kept."""
        self._whispers.append(frame)
        self._turn.set()

    def end(self, last_words: bytes) -> None:
        """What was given and not sent yet is not sent any more."""
        if self.last_words is None:
            self.last_words = last_words
            self._turn.set()

    def leave(self) -> None:
        """The other side hung up."""
        self.gone = True
        self._turn.set()

    async def next(self, seconds: float) -> bytes | None:
        """What to send next; None when there was nothing for so long, or the connection is over."""
        try:
            async with asyncio.timeout(seconds):
                await self._turn.wait()
        except TimeoutError:
            return None
        self._turn.clear()
        if not self.open:
            return None
        frames, self._frames = self._frames, ()
        self.handed = bool(frames)
        if frames:
            self._told = self.position
        said = list(self._whispers)
        self._whispers.clear()
        return b"".join((*frames, *said))

    def sign_of_life(self) -> bytes:
        """Sent when nothing else is: it keeps proxies from hanging up, and says how far the stream is."""
        if self._told == self.position:
            return b": heartbeat\n\n"
        self._told = self.position
        return b": heartbeat\n" + position_frame(self.wish.workspace_id, self.position)
