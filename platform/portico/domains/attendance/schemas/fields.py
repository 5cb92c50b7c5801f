"""Fields that the shapes of attendance share."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import ValidationError, fields

from portico.domains.directory.schemas import Day

CLOCK = r"([0-3]\d|4[0-7]):[0-5]\d"
_CLOCK = re.compile(CLOCK)
COLORS = ("blue", "green", "orange", "purple", "red", "teal", "yellow", "gray")

__all__ = ["CLOCK", "COLORS", "Clock", "Day", "Month", "minutes_of"]


class Clock(fields.String):
    """A time of the work date, `08:30`; after midnight it counts on: `26:00` is two in the morning of the next date."""

    def __init__(self, *, latest: int = 47 * 60 + 59, **kwargs: Any) -> None:
        self._latest = latest
        kwargs["metadata"] = {"pattern": f"^{CLOCK}$", **kwargs.get("metadata", {})}
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        shown = super()._deserialize(value, attr, data, **kwargs)
        if not _CLOCK.fullmatch(shown) or not shown.isascii() or minutes_of(shown) > self._latest:
            raise ValidationError("Give a time such as 08:30; after midnight count on: 26:00 is 02:00 the next day.")
        return shown


def minutes_of(shown: str) -> int:
    hours, _, rest = shown.partition(":")
    return int(hours) * 60 + int(rest)


class Month(fields.String):
    """`2026-11`."""

    _FORM = re.compile(r"(19|20|21)\d\d-(0[1-9]|1[0-2])", re.ASCII)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        shown = super()._deserialize(value, attr, data, **kwargs)
        if not self._FORM.fullmatch(shown):
            raise ValidationError("Give a month such as 2026-11.")
        return shown
