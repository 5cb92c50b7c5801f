"""What a value of each type must be, how it is kept, and by what lists find it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from marshmallow import ValidationError, fields, validate

from portico.kernel import clock, text
from portico.kernel.dump import InstantField
from portico.kernel.schemas import LongText, Name

WITH_OPTIONS = ("select", "multiselect")
LARGEST = 2**53 - 1
"""What every reader of JSON reads as a whole number."""
_MILLIONTH = Decimal(1_000_000)
_KEY_BYTES = 600

Value = Any
Options = Sequence[Mapping[str, Any]]
_email = validate.Email(error="This is no e-mail address.")
_short, _long, _instant = Name(longest=500), LongText(longest=20_000), InstantField()


class WrongValue(Exception):
    """Not a value of this type; the text says what would be one."""


def _text(value: Any) -> str:
    return str(_loaded(_short, value))


def _long_text(value: Any) -> str:
    return str(_loaded(_long, value))


def _loaded(field: fields.Field[Any], value: Any) -> Any:
    try:
        return field.deserialize(value)
    except ValidationError as error:
        raise WrongValue(str(error.messages[0])) from None


def _integer(value: Any) -> int:
    if type(value) is not int or abs(value) > LARGEST:
        raise WrongValue(f"Give a whole number from -{LARGEST} to {LARGEST}.")
    return value


def _decimal(value: Any) -> float:
    if type(value) not in (int, float) or not is_decimal(Decimal(str(value))):
        raise WrongValue("Give a number of at most 15 digits, six of them behind the point.")
    return float(value)


def is_decimal(amount: Decimal) -> bool:
    """Whether the number is kept exactly."""
    digits = amount.normalize().as_tuple()
    return (
        isinstance(digits.exponent, int)
        and digits.exponent >= -6
        and len(digits.digits) <= 15
        and abs(amount) < Decimal(10) ** 12
    )


def _bool(value: Any) -> bool:
    if type(value) is not bool:
        raise WrongValue("Give true or false.")
    return value


def _date(value: Any) -> str:
    try:
        if not isinstance(value, str) or len(value) != 10:
            raise ValueError
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise WrongValue("Give a date such as 2026-11-22.") from None


def _datetime(value: Any) -> str:
    return clock.rfc3339(_loaded(_instant, value))


def _url(value: Any) -> str:
    address = _text(value)
    try:
        parts = urlsplit(address)
    except ValueError:
        raise WrongValue("Give an address such as https://example.com/.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or " " in address:
        raise WrongValue("Give an address such as https://example.com/.")
    return address


def _address(value: Any) -> str:
    address = _text(value)
    try:
        _email(address)
    except ValidationError as error:
        raise WrongValue(str(error.messages[0])) from None
    return address


def _phone(value: Any) -> str:
    number = _text(value)
    if not 3 <= sum(character.isdigit() for character in number) <= 20 or len(number) > 40:
        raise WrongValue("Give a telephone number: 3 to 20 digits.")
    return number


_CHECKS: dict[str, Callable[[Any], Value]] = {
    "text": _text,
    "long_text": _long_text,
    "integer": _integer,
    "decimal": _decimal,
    "bool": _bool,
    "date": _date,
    "datetime": _datetime,
    "url": _url,
    "email": _address,
    "phone": _phone,
}
TYPES = (*_CHECKS, *WITH_OPTIONS)


def checked(kind: str, options: Options, value: Any, before: Any = None) -> Value:
    """The value as it is kept. An archived option stays where it is and is not chosen anew. Raises WrongValue."""
    if kind == "select":
        return _option(options, value, [before])
    if kind == "multiselect":
        if not isinstance(value, list) or len(value) > len(options):
            raise WrongValue("Give a list of options.")
        had = before if isinstance(before, list) else []
        return list(dict.fromkeys(_option(options, one, had) for one in value))
    return _CHECKS[kind](value)


def _option(options: Options, value: Any, had: Sequence[Any]) -> str:
    known = [option["key"] for option in options if not option["archived"] or option["key"] in had]
    if not isinstance(value, str) or value not in known:
        raise WrongValue(f"Choose of: {', '.join(known[:20])}.")
    return value


def text_key(value: str) -> str:
    """What texts are compared by: letters of either case and marks are one. Longer than an index row: a digest."""
    key = text.search_key(text.clean_name(value))
    if len(key.encode()) <= _KEY_BYTES:
        return key
    return f"{key[:60]}…{hashlib.sha256(key.encode()).hexdigest()}"


def scaled(value: float | Decimal) -> int:
    return int(Decimal(str(value)) * _MILLIONTH)


Keys = dict[str, Any]
_NONE: Keys = {"text_key": None, "number": None, "instant": None}


def index_keys(kind: str, value: Value) -> list[Keys]:
    """The rows of the index for a value; long text is only known to be there."""
    match kind:
        case "integer" | "bool":
            return [{**_NONE, "number": int(value)}]
        case "decimal":
            return [{**_NONE, "number": scaled(value)}]
        case "datetime":
            return [{**_NONE, "instant": _instant.deserialize(value)}]
        case "multiselect":
            return [{**_NONE, "text_key": one} for one in value]
        case "select" | "date":
            return [{**_NONE, "text_key": value}]
        case "long_text":
            return [dict(_NONE)]
        case _:
            return [{**_NONE, "text_key": text_key(value)}]
