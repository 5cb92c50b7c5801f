"""From the clock on the wall to UTC, over the changes of clocks.

Two aware datetimes of one zone subtract as the clocks on the wall do: 22:00 to 06:00 would be eight hours in every
night. So a plan is turned into UTC first, and only UTC is subtracted.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


@lru_cache(maxsize=65_536)
def instant(zone: str, on: date, minute: int) -> datetime:
    """The instant when the clocks of the zone show this minute of the date. A time that the clocks jump over is the
    first instant after the jump; one that they show twice is the first of the two."""
    shown = datetime.combine(on, time()) + timedelta(minutes=minute)
    there = ZoneInfo(zone)
    found = shown.replace(tzinfo=there).astimezone(UTC)
    if found.astimezone(there).replace(tzinfo=None) == shown:
        return found
    return _jump(there, shown.replace(tzinfo=there, fold=1).astimezone(UTC), found)


def _jump(there: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first whole second after `before` with the offset of `after`."""
    offset = after.astimezone(there).utcoffset()
    while after - before > _SECOND:
        middle = before + timedelta(seconds=(after - before).total_seconds() // 2)
        if middle.astimezone(there).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


def local_date(zone: str, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def shown_seconds(zone: str, start: datetime, end: datetime) -> int:
    """How far the clocks on the wall went from one instant to another."""
    there = ZoneInfo(zone)
    wall = end.astimezone(there).replace(tzinfo=None) - start.astimezone(there).replace(tzinfo=None)
    return int(wall.total_seconds())


def minute_of(zone: str, on: date, moment: datetime) -> int:
    """Which minute of the date the clocks show at an instant; 1,440 is midnight at its end."""
    wall = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) - datetime.combine(on, time())
    return int(wall.total_seconds() // 60)
