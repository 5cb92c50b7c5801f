"""What time gives and takes: grants, what goes into the next year, and what expires. Nothing waits for a clock: an
account is brought up to a day whenever somebody looks at it, and each entry has a name by which it is posted once."""

import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta

from leave.ledger import Account, Entry, carried_left, entries, first_period, period_for, post
from leave.rules import Policy


def bring_up_to(
    db: sqlite3.Connection, account: Account, policy: Policy, *, hired_on: date | None, today: date, on: date
) -> None:
    """Post all that is due by the later of `today` and `on`, the day for which somebody asks."""
    until = max(today, on)
    start = first_period(db, account) or today.year
    for year in range(start, until.year + 1):
        if period_for(db, account, year) != year:
            continue  # closed
        for entry in grants(policy, hired_on, year, until):
            post(db, account, entry)
        ends = policy.carry_ends(year)
        if ends < today:
            _end_carried(db, account, year, ends)
        if year < today.year:
            _close(db, account, policy, year)


def grants(policy: Policy, hired_on: date | None, year: int, until: date) -> Iterator[Entry]:
    """Of a year, up to a day. Who came during it gets a twelfth for each month, that of coming included
    until its 15th."""
    start = max(date(year, 1, 1), hired_on or date(year, 1, 1))
    if start.year > year:
        return
    first = start.month + (start.day > 15)
    if not policy.monthly:
        amount = _share(policy.per_year, 13 - first)
        if amount and start <= until:
            yield Entry(period=year, kind="grant", half_days=amount, effective_on=start, ref=f"grant:{year}")
        return
    for month in range(first, 13):
        on = max(date(year, month, 1), start)
        amount = _share(policy.per_year, month - first + 1) - _share(policy.per_year, month - first)
        if on <= until and amount:
            yield Entry(period=year, kind="accrue", half_days=amount, effective_on=on, ref=f"accrue:{year}-{month:02}")


def _share(per_year: int, months: int) -> int:
    """So many twelfths, halves rounded up."""
    return (2 * per_year * months + 12) // 24


def _end_carried(db: sqlite3.Connection, account: Account, year: int, ends: date) -> None:
    left = carried_left(entries(db, account, year), ends)
    if left:
        entry = Entry(
            period=year,
            kind="expire",
            half_days=-left,
            effective_on=ends + timedelta(days=1),
            ref=f"carry-end:{year}:{left}",
        )
        post(db, account, entry)


def _close(db: sqlite3.Connection, account: Account, policy: Policy, year: int) -> None:
    """The rest goes into the next year up to the cap and expires beyond it; a debt goes over whole."""
    rest = sum(row.half_days for row in entries(db, account, year))
    carried = min(rest, policy.carry_cap)
    last, first = date(year, 12, 31), date(year + 1, 1, 1)
    if rest > carried:
        post(
            db,
            account,
            Entry(period=year, kind="expire", half_days=carried - rest, effective_on=last, ref=f"year-end:{year}"),
        )
    post(db, account, Entry(period=year, kind="carry", half_days=-carried, effective_on=last, ref=f"close:{year}"))
    if carried:
        post(
            db,
            account,
            Entry(period=year + 1, kind="carry", half_days=carried, effective_on=first, ref=f"carry:{year + 1}"),
        )
