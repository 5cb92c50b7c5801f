"""What files can be attached to. The domain that owns such an object says who reads it:

@owner("ticket_comment")
def readable(actor: Actor, ids: Collection[str]) -> set[str]: ...
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from portico.kernel.actor import Actor

Readable = Callable[[Actor, Collection[str]], set[str]]
"""Those of these objects that the actor may read."""

OWNERS: dict[str, Readable] = {}


def owner(kind: str) -> Callable[[Readable], Readable]:
    def register(readable: Readable) -> Readable:
        OWNERS[kind] = readable
        return readable

    return register
