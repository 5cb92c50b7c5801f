"""What files can be attached to. The domain that owns such an object says who reads it:

@owner("ticket_comment")
def readable(actor: Actor, ids: Collection[str]) -> set[str]: ...
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from portico.kernel.actor import Actor

Readable = Callable[[Actor, Collection[str]], set[str]]
"""Those of these objects that the actor may read."""

Withheld = Callable[[Actor, str, str], bool]
"""Whether this attachment of an object that the actor reads is shown to them and not given out."""

OWNERS: dict[str, Readable] = {}
WITHHELD: dict[str, Withheld] = {}


def owner(kind: str, *, withheld: Withheld | None = None) -> Callable[[Readable], Readable]:
    def register(readable: Readable) -> Readable:
        OWNERS[kind] = readable
        if withheld is not None:
            WITHHELD[kind] = withheld
        return readable

    return register
