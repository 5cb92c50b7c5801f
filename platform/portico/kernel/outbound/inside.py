"""Nothing leaves the process: for whole workspaces inside a test, whose apps live beside them.

No setting and no request comes here: only who holds the process says that its calls stay inside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from portico.kernel.outbound.messages import Answer, Request

Answering = Callable[[Request], Answer]
_answering: Answering | None = None


@contextmanager
def kept_inside(answering: Answering) -> Iterator[None]:
    """Every request of `send` and `Many` is answered by this function, in the thread that sends; nothing is dialled."""
    global _answering
    before, _answering = _answering, answering
    try:
        yield
    finally:
        _answering = before


def answered_inside(request: Request) -> Answer | None:
    """The answer, or None where requests go out."""
    return None if _answering is None else _answering(request)
