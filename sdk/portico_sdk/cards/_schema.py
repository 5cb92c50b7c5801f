"""What a card may hold, and what an action may answer, version 1."""

from __future__ import annotations

from marshmallow import validate

from portico_sdk.cards._fields import Entered, Figure, Messages, Picture, Spoken, Target, Value
from portico_sdk.manifest._fields import Choice, Flag, In, Key, ListOf, Number, OneOf, Table, TablesOf

CARD_BYTES = 64 * 1024
"""The most that is read of a card or an answer."""
MOST_BLOCKS = 20
TONES = ("neutral", "good", "warning", "bad")


def _whole(least: int, most: int) -> Number:
    return Number(required=True, validate=validate.Range(least, most, error="between:{min}..{max}"))


class TextBlock(Table):
    type = Choice("text", required=True)
    text = Spoken(limit=2000, required=True)
    style = Choice("normal", "heading", "muted")


class FieldRow(Table):
    label = Spoken(limit=80, required=True)
    value = Value(required=True)
    tone = Choice(*TONES)


class FieldsBlock(Table):
    type = Choice("fields", required=True)
    items = TablesOf(FieldRow, limit=20, required=True)


class ListRow(Table):
    title = Spoken(limit=200, required=True)
    detail = Spoken(limit=300)
    badge = Spoken(limit=30)
    tone = Choice(*TONES)
    open = Target()


class ListBlock(Table):
    type = Choice("list", required=True)
    items = TablesOf(ListRow, limit=20, required=True)
    empty = Spoken(limit=200)
    """What stands there when there is nothing."""


class ProgressBlock(Table):
    type = Choice("progress", required=True)
    label = Spoken(limit=80, required=True)
    value = Figure(least=0, required=True)
    max = Figure(least=1e-9)
    text = Spoken(limit=60)


class Point(Table):
    label = Spoken(limit=40, required=True)
    value = Figure(required=True)


class ChartBlock(Table):
    type = Choice("chart", required=True)
    kind = Choice("bar", "line")
    title = Spoken(limit=80, required=True)
    unit = Spoken(limit=20)
    points = TablesOf(Point, limit=31, required=True)


class ImageBlock(Table):
    type = Choice("image", required=True)
    url = Picture(required=True)
    alt = Spoken(limit=200, required=True)
    width = _whole(1, 2000)
    height = _whole(1, 2000)


class Button(Table):
    label = Spoken(limit=40, required=True)
    action = Key()
    input = Entered()
    open = Target()
    style = Choice("primary", "secondary")


class ButtonsBlock(Table):
    type = Choice("buttons", required=True)
    items = TablesOf(Button, limit=5, required=True)


class FormBlock(Table):
    type = Choice("form", required=True)
    action = Key(required=True)
    input = Entered()
    submit = Spoken(limit=40)


BLOCKS: dict[str, type[Table]] = {
    "text": TextBlock,
    "fields": FieldsBlock,
    "list": ListBlock,
    "progress": ProgressBlock,
    "chart": ChartBlock,
    "image": ImageBlock,
    "buttons": ButtonsBlock,
    "form": FormBlock,
}


class CardTable(Table):
    title = Spoken(limit=80)
    blocks = ListOf(OneOf(BLOCKS), limit=MOST_BLOCKS, required=True)
    max_age = Number(validate=validate.Range(30, 86_400, error="between:{min}..{max}"))
    """Seconds for which it need not be asked for again."""


class AnswerTable(Table):
    toast = Spoken(limit=300)
    card = In(CardTable)
    open = Target()
    errors = Messages()
    later = Flag()
    """The answer comes by PATCH."""
