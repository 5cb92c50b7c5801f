"""The card on the first page: what waits for the person who looks at it."""

from collections import Counter

from first_responder.history import OPEN
from first_responder.texts import Language
from portico_sdk.apps import CardRequest
from portico_sdk.apps.blocks import Card, card, chart, row, rows

_SHOWN = 4
_MOST = 50
_LEVELS = ("urgent", "high", "normal", "low")


def waiting(request: CardRequest) -> Card:
    language = Language(request.locale, request.timezone)
    mine = request.workspace.tickets.list(
        assignee_id=request.employee_id, status__in=sorted(OPEN), sort="created_at", limit=_MOST
    ).page()
    tickets = list(mine)
    counts = Counter(ticket.priority for ticket in tickets)
    first = sorted(tickets, key=lambda ticket: _LEVELS.index(ticket.priority))[:_SHOWN]
    by_priority = chart(language.text("by_priority"), [(language.text(level), counts[level]) for level in _LEVELS])
    return card(
        *([by_priority] if tickets else []),
        rows(
            *(
                row(
                    ticket.subject,
                    f"#{ticket.number} · {language.date(ticket.created_at)}",
                    badge=language.text(ticket.priority),
                    tone="bad" if ticket.priority == "urgent" else "neutral",
                    open=f"/tickets/{ticket.id}",
                )
                for ticket in first
            ),
            empty=language.text("nothing_waits"),
        ),
        max_age=120,
    )
