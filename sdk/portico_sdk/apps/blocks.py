"""Blocks of cards, as the portal draws them: `card(text("Hello"), fields(("Open", 3)), title="Today")`.

Each answers plain JSON. `portico_sdk.cards.check_card` says what is wrong with a whole card.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

Block = Mapping[str, Any]
Card = Mapping[str, Any]
Value = str | int | float
Tone = Literal["neutral", "good", "warning", "bad"]

__all__ = [
    "Block",
    "Card",
    "Tone",
    "button",
    "buttons",
    "card",
    "chart",
    "fields",
    "form",
    "image",
    "progress",
    "row",
    "rows",
    "text",
]


def card(*blocks: Block, title: str | None = None, max_age: int | None = None) -> Card:
    """`max_age`: seconds for which the portal need not ask again, 30 to 86,400; five minutes if you do not say."""
    return {**_given(title=title, max_age=max_age), "blocks": list(blocks)}


def text(words: str, style: Literal["normal", "heading", "muted"] = "normal") -> Block:
    return {"type": "text", "text": words, **({} if style == "normal" else {"style": style})}


def fields(*pairs: tuple[str, Value] | tuple[str, Value, Tone]) -> Block:
    """Labels with their values: `fields(("Open", 3), ("Overdue", 1, "bad"))`."""
    return {"type": "fields", "items": [_field(*pair) for pair in pairs]}


def _field(label: str, value: Value, tone: Tone | None = None) -> Mapping[str, Any]:
    return {"label": label, "value": value, **_given(tone=tone)}


def rows(*items: Mapping[str, Any], empty: str | None = None) -> Block:
    """A list of `row(…)`; `empty` stands there when there is none."""
    return {"type": "list", "items": list(items), **_given(empty=empty)}


def row(
    title: str,
    detail: str | None = None,
    *,
    badge: str | None = None,
    tone: Tone | None = None,
    open: str | None = None,
) -> Mapping[str, Any]:
    """`open` leads somewhere: `/tickets/tkt_…`, `surface:home` or an https address."""
    return {"title": title, **_given(detail=detail, badge=badge, tone=tone, open=open)}


def progress(label: str, value: float, maximum: float = 100, words: str | None = None) -> Block:
    """`words` stand in place of the numbers."""
    return {"type": "progress", "label": label, "value": value, "max": maximum, **_given(text=words)}


def chart(
    title: str,
    points: Mapping[str, float] | Iterable[tuple[str, float]],
    *,
    kind: Literal["bar", "line"] = "bar",
    unit: str | None = None,
) -> Block:
    """Up to 31 points; the portal draws it, with a table beside it."""
    pairs = points.items() if isinstance(points, Mapping) else points
    made = [{"label": label, "value": value} for label, value in pairs]
    return {"type": "chart", "title": title, "kind": kind, "points": made, **_given(unit=unit)}


def image(url: str, alt: str, *, width: int, height: int) -> Block:
    """An https address, which the portal fetches itself, or a data URI; with its size, so that nothing moves."""
    return {"type": "image", "url": url, "alt": alt, "width": width, "height": height}


def buttons(*items: Mapping[str, Any]) -> Block:
    return {"type": "buttons", "items": list(items)}


def button(
    label: str,
    *,
    action: str | None = None,
    input: Mapping[str, Any] | None = None,
    open: str | None = None,
    primary: bool = False,
) -> Mapping[str, Any]:
    """Runs an action of the manifest, or leads somewhere."""
    return {"label": label, **_given(action=action, input=input, open=open, style="primary" if primary else None)}


def form(action: str, *, input: Mapping[str, Any] | None = None, submit: str | None = None) -> Block:
    """The input of an action as a form in the card, filled with `input`."""
    return {"type": "form", "action": action, **_given(input=input, submit=submit)}


def _given(**parts: Any) -> dict[str, Any]:
    return {name: value for name, value in parts.items() if value is not None}
