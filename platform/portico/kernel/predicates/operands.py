"""From a leaf to a test: what the operator and the value come to, before either database or memory is asked.

All operators come to five forms, so that SQL and memory have little to disagree about.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from portico.kernel import ids, text
from portico.kernel.predicates.fields import Field

MOST_VALUES = 100
LONGEST_TEXT = 500
MOST_DAYS = 36_500
_RELATIVE = re.compile(r"today(?:([+-])(\d{1,5}))?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_FIRST, _LAST = date(1900, 1, 1), date(2199, 12, 31)
_LARGEST = 2**53 - 1
_BEYOND = chr(0x10FFFF)
NEGATED = {"ne": "eq", "nin": "in", "none": "any"}
LISTS = ("in", "nin", "any", "all", "none")
_BAD_DAY = "Give a day such as 2026-11-22, or today, today-30, today+7."
_BAD_INSTANT = "Give an instant such as 2026-11-22T09:30:00Z, or a day such as 2026-11-22, today, today-30."


@dataclass(frozen=True, slots=True)
class Days:
    """A day that is counted from today."""

    ahead: int


@dataclass(frozen=True, slots=True)
class Test:
    """`exists`; `among` and `every` of the keys; `between` two bounds (key, inclusive); `part` of a text."""

    form: Literal["exists", "among", "every", "between", "part"]
    keys: tuple[Any, ...] = ()
    low: tuple[Any, bool] | None = None
    high: tuple[Any, bool] | None = None
    negated: bool = False


def operand(field: Field, op: str, value: Any) -> Any:
    """The value of a condition, read. Raises ValueError with how to mend it."""
    if op == "exists":
        return _bool(field, value)
    if op in ("within_last", "within_next"):
        if type(value) is not int or not 0 <= value <= MOST_DAYS:
            raise ValueError(f"Give a number of days from 0 to {MOST_DAYS}.")
        return value
    if op in LISTS:
        if not isinstance(value, list) or not 1 <= len(value) <= MOST_VALUES:
            raise ValueError(f"Give a list of 1 to {MOST_VALUES} values.")
        return tuple(dict.fromkeys(one(field, each) for each in value))
    return one(field, value)


def one(field: Field, value: Any) -> Any:
    return _READ[field.kind](field, value) if field.load is None else field.load(value)


def _text(field: Field, value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise ValueError(f"Give a text of at most {LONGEST_TEXT} characters.")
    cleaned = text.clean_name(value)
    if not field.key_of(cleaned):
        raise ValueError("Give a text with something to compare in it.")
    return cleaned


def _number(field: Field, value: Any) -> Any:
    if type(value) not in (int, float) or not abs(value) <= _LARGEST:
        raise ValueError(f"Give a number from -{_LARGEST} to {_LARGEST}.")
    return value


def _bool(field: Field, value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError("Give true or false.")
    return value


def _choice(field: Field, value: Any) -> str:
    if not isinstance(value, str) or value not in field.choices:
        few = ", ".join(list(field.choices)[:20])
        raise ValueError(f"Choose of: {few}{', …' if len(field.choices) > 20 else ''}.")
    return value


def _id(field: Field, value: Any) -> str:
    if not isinstance(value, str) or not ids.is_id(value, field.prefix):
        raise ValueError(f"This is not an id; it must begin with {field.prefix}_.")
    return value


def day(value: Any) -> date | Days:
    """A civil day, or one counted from today. Raises ValueError."""
    relative = _RELATIVE.fullmatch(value) if isinstance(value, str) else None
    if relative is not None:
        ahead = int(relative[2] or 0) * (-1 if relative[1] == "-" else 1)
        if abs(ahead) > MOST_DAYS:
            raise ValueError(f"At most {MOST_DAYS} days before or after today.")
        return Days(ahead)
    try:
        found = date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else None
    except ValueError:
        found = None
    if found is None or not _FIRST <= found <= _LAST:
        raise ValueError(_BAD_DAY)
    return found


def _instant(field: Field, value: Any) -> date | Days | datetime:
    if not isinstance(value, str) or len(value) > 40:
        raise ValueError(_BAD_INSTANT)
    if _RELATIVE.fullmatch(value) or _DAY.fullmatch(value):
        return day(value)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(_BAD_INSTANT) from None
    if moment.tzinfo is None or not _FIRST.year <= moment.year <= _LAST.year:
        raise ValueError(_BAD_INSTANT)
    return in_milliseconds(moment)


def in_milliseconds(moment: datetime) -> datetime:
    """As instants are stored: what is finer would compare differently on the two databases."""
    utc = moment.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


_READ: dict[str, Callable[[Field, Any], Any]] = {
    "text": _text,
    "number": _number,
    "bool": _bool,
    "date": lambda _, value: day(value),
    "instant": _instant,
    "choice": _choice,
    "id": _id,
}


def starts_at(civil: date, zone: ZoneInfo) -> datetime:
    """The first instant of a day where midnight may not exist: the clocks jump over it in some zones."""
    return datetime.combine(civil, time(), zone).astimezone(UTC)


def test_of(field: Field, op: str, value: Any, *, today: date, zone: ZoneInfo) -> Test:
    """What a read leaf asks of the keys."""
    negated = op in NEGATED
    found = _test(field, NEGATED.get(op, op), value, today, zone)
    return Test(found.form, found.keys, found.low, found.high, negated != found.negated)


def _test(field: Field, op: str, value: Any, today: date, zone: ZoneInfo) -> Test:
    match op:
        case "exists":
            return Test("exists", negated=not value)
        case "in" | "any" | "all":
            keys = tuple(dict.fromkeys(field.key_of(each) for each in value))
            return Test("every" if op == "all" else "among", keys)
        case "contains":
            return Test("part", (field.key_of(value),))
        case "starts":
            key = field.key_of(value)
            return Test("between", low=(key, True), high=(key + _BEYOND, False))
        case "within_last":
            return _days(field, today - timedelta(value), today, zone)
        case "within_next":
            return _days(field, today, today + timedelta(value), zone)
    if isinstance(value, Days):
        value = today + timedelta(value.ahead)
    if field.kind == "instant" and not isinstance(value, datetime):
        return _against_a_day(op, starts_at(value, zone), starts_at(value + timedelta(1), zone))
    return _compared(op, field.key_of(value))


def _compared(op: str, key: Any) -> Test:
    match op:
        case "eq":
            return Test("among", (key,))
        case "lt" | "lte":
            return Test("between", high=(key, op == "lte"))
        case _:
            return Test("between", low=(key, op == "gte"))


def _against_a_day(op: str, start: datetime, end: datetime) -> Test:
    """An instant is equal to a day when it is in it."""
    match op:
        case "eq":
            return Test("between", low=(start, True), high=(end, False))
        case "lt":
            return Test("between", high=(start, False))
        case "lte":
            return Test("between", high=(end, False))
        case "gt":
            return Test("between", low=(end, True))
        case _:
            return Test("between", low=(start, True))


def _days(field: Field, first: date, last: date, zone: ZoneInfo) -> Test:
    if field.kind == "instant":
        return _against_a_day("eq", starts_at(first, zone), starts_at(last + timedelta(1), zone))
    return Test("between", low=(field.key_of(first), True), high=(field.key_of(last), True))
