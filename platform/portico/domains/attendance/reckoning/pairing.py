"""Punches in pairs: which in belongs to which out, and both to which shift.

The windows of shifts are apart, so each punch has one place, whatever came before it; only a punch at the very moment
where two windows meet goes to the earlier shift while one is in there. Pairs are made within a place. So it does not
matter in which order punches arrived.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from portico.domains.attendance.reckoning.instants import local_date
from portico.domains.attendance.reckoning.values import Attached, PunchFact, ShiftInstance, Span, WorkSpan

DOUBLE_TAP = timedelta(seconds=60)
LONGEST_FREE = timedelta(hours=16)
"""Without a shift, an in is open for so long."""
_RANK = {"break_end": 0, "out": 1, "auto": 2, "in": 3, "break_start": 4}


@dataclass(slots=True)
class _Place:
    """Where pairs are made: an instance of a shift, or the time between them."""

    instance: ShiftInstance | None
    zone: str
    strict: bool
    whole: bool
    """The first in and the last out count."""
    spans: list[WorkSpan] = field(default_factory=list)
    remarks: dict[str, str] = field(default_factory=dict)
    places: dict[str, tuple[date, str | None]] = field(default_factory=dict)
    last: dict[str, datetime] = field(default_factory=dict)
    entered: PunchFact | None = None
    pauses: list[Span] = field(default_factory=list)
    pausing: datetime | None = None

    def date_of(self, moment: datetime) -> date:
        return self.instance.work_on if self.instance else local_date(self.zone, moment)

    def settle(self, punch: PunchFact) -> None:
        """Give the punch its place: the date of the in that it follows, or its own."""
        since = self.entered.occurred_at if self.entered else punch.occurred_at
        self.places[punch.id] = (self.date_of(since), self.instance.key if self.instance else None)

    def take(self, punch: PunchFact) -> None:
        before = self.last.get(punch.kind)
        if before is not None and punch.occurred_at - before <= DOUBLE_TAP:
            self.remarks[punch.id] = "duplicate"
            self.settle(punch)
            return
        self.last[punch.kind] = punch.occurred_at
        if self.instance is None and self.entered and punch.occurred_at - self.entered.occurred_at > LONGEST_FREE:
            self.leave_open()
        kind = punch.kind
        if kind == "auto":
            if self.strict:
                self.remarks[punch.id] = "kind_missing"
                self.settle(punch)
                return
            kind = "out" if self.entered else "in"
        getattr(self, f"_{kind}")(punch)

    def _in(self, punch: PunchFact) -> None:
        if self.entered:
            self.remarks[punch.id] = "repeated_in"
        else:
            self.entered = punch
        self.settle(punch)

    def _out(self, punch: PunchFact) -> None:
        self.settle(punch)
        if self.entered is None and self._is_last_out(punch):
            self._leave_later(punch)
            return
        if self.entered is None:
            self.remarks[punch.id] = "out_without_in"
            self._add(None, punch)
            return
        self._break_end(punch, closing=True)
        self._add(self.entered, punch)
        self.entered = None

    def _is_last_out(self, punch: PunchFact) -> bool:
        """Whether it moves the end of the pair before: without a shift, for as long as its in would be open."""
        if not self.whole or not self.spans or self.spans[-1].in_at is None:
            return False
        return self.instance is not None or punch.occurred_at - self.spans[-1].in_at <= LONGEST_FREE

    def _leave_later(self, punch: PunchFact) -> None:
        before = self.spans[-1]
        if before.out_id is not None:
            self.remarks[before.out_id] = "left_later"
        self.places[punch.id] = (before.work_on, before.key)
        self.spans[-1] = replace(before, out_at=punch.occurred_at, out_id=punch.id)

    def _break_start(self, punch: PunchFact) -> None:
        self.settle(punch)
        if self.entered is None or self.pausing is not None:
            self.remarks[punch.id] = "break_out_of_place"
            return
        self.pausing = punch.occurred_at

    def _break_end(self, punch: PunchFact, *, closing: bool = False) -> None:
        self.settle(punch)
        if self.pausing is not None:
            self.pauses.append((self.pausing, punch.occurred_at))
            self.pausing = None
        elif not closing:
            self.remarks[punch.id] = "break_out_of_place"

    def _add(self, entered: PunchFact | None, left: PunchFact | None) -> None:
        known = entered or left
        if known is None:
            return
        on, key = self.places[known.id]
        self.spans.append(
            WorkSpan(
                on,
                key,
                entered.occurred_at if entered else None,
                left.occurred_at if left else None,
                entered.id if entered else None,
                left.id if left else None,
                tuple(self.pauses),
            )
        )
        self.pauses = []

    def leave_open(self) -> None:
        """Whoever is in never clocked out."""
        self.pausing = None
        if self.entered:
            self._add(self.entered, None)
        self.entered = None


def attach(
    punches: Iterable[PunchFact],
    found: Sequence[ShiftInstance],
    zone: str,
    pairing: str = "auto",
    counting: str = "every_pair",
) -> Attached:
    """Each punch to an instance of a shift, and in pairs. What is given beside them holds between the instances."""
    places = [
        _Place(one, one.rules.timezone, one.rules.pairing == "strict", one.rules.counting == "first_last")
        for one in found
    ]
    between = _Place(None, zone, pairing == "strict", counting == "first_last")
    for punch in sorted(punches, key=lambda one: (one.occurred_at, _RANK[one.kind], one.id)):
        _place_of(punch, places, between).take(punch)
    whole = [*places, between]
    for place in whole:
        place.leave_open()
    return Attached(
        spans=tuple(
            sorted(
                (span for place in whole for span in place.spans),
                key=lambda span: (span.in_at or span.out_at, span.out_at is None, span.in_id or span.out_id),
            )
        ),
        remarks={key: value for place in whole for key, value in place.remarks.items()},
        places={key: value for place in whole for key, value in place.places.items()},
    )


def _place_of(punch: PunchFact, places: Sequence[_Place], between: _Place) -> _Place:
    moment = punch.occurred_at
    here: _Place | None = None
    for place in places:
        instance = place.instance
        if instance is None:
            continue
        if place.entered and moment == instance.window_to:
            return place
        if instance.window_from <= moment < instance.window_to:
            here = place
    if here is None:
        # The last moment of a window belongs to it where no other begins.
        here = next((one for one in places if one.instance and one.instance.window_to == moment), None)
    return here or between
