"""The action beside a ticket: a summary for whoever takes over, as a note and as a card."""

from first_responder.history import History, read_history
from first_responder.suggestion import suggest
from first_responder.texts import Language
from portico_sdk import NotFoundError
from portico_sdk.apps import ActionAnswer, ActionRun
from portico_sdk.apps.blocks import Card, Tone, card, fields, row, rows, text

_SHOWN = 5
_TONES: dict[str, Tone] = {"urgent": "bad", "high": "warning"}


def hand_over(run: ActionRun) -> ActionAnswer:
    language = Language(run.locale, run.timezone)
    try:
        ticket = run.workspace.tickets.get(run.object.id if run.object else "")
    except NotFoundError:  # closed to this app since the page was drawn
        return run.errors(_=language.text("unavailable"))
    history = read_history(run.workspace, ticket)
    note = str(run.input.get("note") or "").strip()
    # A run that is asked again has the same id, so there is one note however often it is asked.
    run.workspace.tickets.comments.create(
        ticket.id,
        body="\n".join([*_lines(history), *([note] if note else [])]),
        visibility="internal",
        idempotency_key=run.interaction_id,
    )
    return run.toast(language.text("handed_over")).card(_summary(history, note, language))


def _lines(history: History) -> list[str]:
    english = Language()
    suggestion = suggest(history)
    return [
        f"Hand-over: {history.ticket.subject}",
        f"• {english.text('suggestion')}: {english.text(suggestion.priority)}",
        *(f"• #{other.number} {other.subject} ({other.status})" for other in history.still_open[:_SHOWN]),
    ]


def _summary(history: History, note: str, language: Language) -> Card:
    suggestion = suggest(history)
    who = history.contact.display_name if history.contact else language.text("unknown")
    tone = _TONES.get(suggestion.priority, "neutral")
    open_ones = [
        row(other.subject, f"#{other.number} · {language.date(other.created_at)}", open=f"/tickets/{other.id}")
        for other in history.still_open[:_SHOWN]
    ]
    return card(
        fields(
            (language.text("customer"), who),
            (language.text("suggestion"), language.text(suggestion.priority), tone),
            (language.text("earlier"), len(history.earlier)),
        ),
        rows(*open_ones, empty=language.text("nothing_open")),
        *([text(note, "muted")] if note else []),
        title=language.text("summary"),
    )
