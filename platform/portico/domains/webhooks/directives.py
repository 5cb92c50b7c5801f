"""`webhook-delivery` in an answer: the receiver says what shall become of this delivery, or of the endpoint.

`abort` (or `abort-message`, as others write it): this event is not wanted, so no attempt follows. `disable`: nothing
more shall come, as with 410; it works in a success too. Any other word is as none.
"""

from __future__ import annotations

from portico.kernel.outbound import Answer

HEADER = "webhook-delivery"
ABORT, DISABLE = "abort", "disable"
_WORDS = {"abort": ABORT, "abort-message": ABORT, "disable": DISABLE}


def directive(answer: Answer) -> str | None:
    """What the receiver asks for. An answer that did not come whole asks for nothing."""
    return None if answer.error is not None else _WORDS.get(answer.headers.get(HEADER, "").strip().lower())
