"""The internal note: text, and the one call that writes it."""

from collections.abc import Iterator

from first_responder.history import History
from first_responder.suggestion import Suggestion
from first_responder.texts import Language
from portico_sdk import Portico, ValidationFailed

_SHOWN = 5
_ENGLISH = Language()


def write_note(workspace: Portico, history: History, suggestion: Suggestion, *, event_id: str) -> None:
    """Once per event: events come at least once, and the idempotency key makes that exactly one note.

    When the history changed between two deliveries, the second note would differ. The platform then refuses
    the reused key, which tells that the first was written.
    """
    try:
        workspace.tickets.comments.create(
            history.ticket.id,
            body="\n".join(_lines(history, suggestion)),
            visibility="internal",
            idempotency_key=event_id,
        )
    except ValidationFailed as refusal:
        if refusal.code != "idempotency_key_reused":
            raise


def _lines(history: History, suggestion: Suggestion) -> Iterator[str]:
    yield f"{_who(history)} {_before(history)}"
    for ticket in history.earlier[:_SHOWN]:
        status = _ENGLISH.status(ticket.status).lower()
        yield f"• #{ticket.number} {ticket.subject} ({status}, {_ENGLISH.date(ticket.created_at)})"
    if len(history.earlier) > _SHOWN:
        yield f"• {_ENGLISH.text('more', len(history.earlier) - _SHOWN)}"
    yield ""
    yield f"Suggested priority: {suggestion.priority}"
    for reason in suggestion.reasons:
        yield f"• {_ENGLISH.text(reason.key, reason.detail)}"


def _who(history: History) -> str:
    if history.contact is not None:
        return history.contact.display_name
    return _ENGLISH.text("unknown" if history.ticket.requester.contact_id else "colleague")


def _before(history: History) -> str:
    if not history.earlier:
        return "writes for the first time." if history.contact else "asks."
    count = len(history.earlier)
    return f"wrote before: {count} {'ticket' if count == 1 else 'tickets'}, {len(history.still_open)} still open."
