"""The card on the first page: whether messages get through. It shows numbers, and no message."""

from notifier.store import Store
from notifier.texts import Language
from portico_sdk.apps import CardRequest
from portico_sdk.apps.blocks import Card, Tone, card, fields, row, rows

DAY_S = 86_400.0
_SHOWN = 4


def state(counts: dict[str, int], enabled: bool) -> str:
    """Of a channel: paused, failing, held or works."""
    if not enabled:
        return "paused"
    if counts.get("failed"):
        return "failing"
    return "held" if counts.get("held") else "works"


TONES: dict[str, Tone] = {"paused": "neutral", "failing": "bad", "held": "warning", "works": "good"}


def state_card(request: CardRequest, installation_id: str, store: Store, now: float) -> Card:
    language = Language(request.locale)
    channels = store.channels(installation_id)
    counts = store.counts(installation_id, now - DAY_S)
    total = {name: sum(one.get(name, 0) for one in counts.values()) for name in ("sent", "waiting", "held", "failed")}
    states = [(channel, state(dict(counts.get(channel.id, {})), channel.enabled)) for channel in channels]
    states.sort(key=lambda pair: ("failing", "held", "works", "paused").index(pair[1]))
    return card(
        fields(
            (language.text("sent_day"), total["sent"]),
            (language.text("held"), total["held"] + total["waiting"]),
            (language.text("failed"), total["failed"], "bad" if total["failed"] else "good"),
        ),
        rows(
            *(
                row(one.name, badge=language.text(how), tone=TONES[how], open="surface:home")
                for one, how in states[:_SHOWN]
            ),
            empty=language.text("no_channels"),
        ),
        max_age=60,
    )
