"""The ledger: entries are added and never changed, and the balance is their sum. Amounts are half days.

A *period* is the year whose days an entry gives or takes; `year` is the one in which the days off lie. They differ
when a year was closed before something about it was decided.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Account:
    installation_id: str
    employee_id: str
    type_key: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.installation_id, self.employee_id, self.type_key


@dataclass(frozen=True, kw_only=True)
class Entry:
    """`ref` is unique in its account, so what is posted twice counts once."""

    period: int
    kind: str
    half_days: int
    effective_on: date
    ref: str
    subject: str | None = None
    year: int | None = None
    floor: int | None = None
    note: str | None = None
    by_id: str | None = None


class Overdrawn(Exception):
    """There are not so many days."""


_MINE = "installation_id = ? AND employee_id = ? AND type_key = ?"
_POST = """
    INSERT INTO ledger (installation_id, employee_id, type_key, period, kind, half_days, effective_on, ref, subject,
        year, floor, note, by_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (installation_id, employee_id, type_key, ref) DO NOTHING"""
_ALL = f"SELECT * FROM ledger WHERE {_MINE} AND period = ? ORDER BY effective_on, half_days < 0, id"  # noqa: S608
_FIRST = f"SELECT min(period) FROM ledger WHERE {_MINE}"  # noqa: S608
_CLOSED = f"SELECT max(period) FROM ledger WHERE {_MINE} AND ref LIKE 'close:%'"  # noqa: S608
_OF_SUBJECT = f"""
    SELECT year, -sum(half_days) AS taken, min(effective_on) AS since, count(*) AS entries FROM ledger
    WHERE {_MINE} AND subject = ? GROUP BY year"""  # noqa: S608


def post(db: sqlite3.Connection, account: Account, entry: Entry) -> bool:
    """Whether it is new. Raises Overdrawn: the database itself looks."""
    values = (entry.period, entry.kind, entry.half_days, entry.effective_on.isoformat(), entry.ref, entry.subject)
    more = (entry.year, entry.floor, entry.note, entry.by_id)
    try:
        return db.execute(_POST, (*account.key, *values, *more)).rowcount == 1
    except sqlite3.IntegrityError as refusal:
        if "overdrawn" in str(refusal):
            raise Overdrawn from None
        raise


def entries(db: sqlite3.Connection, account: Account, period: int) -> list[Entry]:
    """By the day from which they count, what gives before what takes."""
    return [
        Entry(
            period=row["period"],
            kind=row["kind"],
            half_days=row["half_days"],
            effective_on=date.fromisoformat(row["effective_on"]),
            ref=row["ref"],
            subject=row["subject"],
            year=row["year"],
            note=row["note"],
            by_id=row["by_id"],
        )
        for row in db.execute(_ALL, (*account.key, period))
    ]


def first_period(db: sqlite3.Connection, account: Account) -> int | None:
    found: int | None = db.execute(_FIRST, account.key).fetchone()[0]
    return found


def period_for(db: sqlite3.Connection, account: Account, year: int) -> int:
    """The year itself, or the first that is not closed."""
    closed = db.execute(_CLOSED, account.key).fetchone()[0]
    return year if closed is None else max(year, closed + 1)


def carried_left(rows: Iterable[Entry], ends: date) -> int:
    """What came over from the year before and was not taken until its last day: the oldest goes first."""
    rows = list(rows)
    carried = sum(row.half_days for row in rows if row.kind == "carry" and row.ref.startswith("carry:"))
    taken = -sum(row.half_days for row in rows if row.kind in ("use", "cancel") and row.effective_on <= ends)
    expired = -sum(row.half_days for row in rows if row.ref.startswith("carry-end:"))
    return max(0, carried - max(0, taken) - expired)


def left_on(rows: Iterable[Entry], today: date) -> int:
    """What may still be asked for: all that counts by today, less all that is taken, today or later."""
    return sum(row.half_days for row in rows if row.half_days < 0 or row.effective_on <= today)


def lowest(rows: Iterable[Entry], since: date, carry_ends: date) -> int:
    """The smallest balance on any day from `since` on, with what will expire meanwhile."""
    rows = list(rows)
    moves = [(row.effective_on, row.half_days) for row in rows]
    if ending := carried_left(rows, carry_ends):
        moves.append((carry_ends + timedelta(days=1), -ending))
    days = sorted({since, *(on for on, _ in moves if on >= since)})
    return min(sum(amount for on, amount in moves if on <= day) for day in days)


def use(
    db: sqlite3.Connection, account: Account, *, subject: str, on: date, half_days: int, floor: int, carry_ends: date
) -> None:
    """Take days, once for each subject and year. Raises Overdrawn when the balance would be below `floor` on
    any day."""
    period = period_for(db, account, on.year)
    effective_on = on if period == on.year else date(period, 1, 1)
    entry = Entry(
        period=period,
        kind="use",
        half_days=-half_days,
        effective_on=effective_on,
        ref=f"use:{subject}:{on.year}",
        subject=subject,
        year=on.year,
        floor=floor,
    )
    rows = entries(db, account, period)
    if any(row.ref == entry.ref for row in rows):
        return
    if lowest([*rows, entry], effective_on, carry_ends) < floor:
        raise Overdrawn
    post(db, account, entry)


def settle(
    db: sqlite3.Connection,
    account: Account,
    subject: str,
    wanted: Mapping[int, int],
    days: Mapping[int, date],
    *,
    may_take: bool = False,
) -> None:
    """Give back, or take, what makes the entries of a subject come to `wanted` half days by year. Repeating it does
    nothing. It takes only where it `may_take`: what was decided elsewhere, of which `days` says since when
    a year's count; the floor refuses nothing of that."""
    found = {row["year"]: row for row in db.execute(_OF_SUBJECT, (*account.key, subject))}
    for year in sorted({*found, *wanted}):
        row = found.get(year)
        change = (row["taken"] if row else 0) - wanted.get(year, 0)
        if change == 0 or (change < 0 and not may_take):
            continue
        period = period_for(db, account, year)
        since = date.fromisoformat(row["since"]) if row else days[year]
        kind = "cancel" if change > 0 else "use"
        entry = Entry(
            period=period,
            kind=kind,
            half_days=change,
            effective_on=since if since.year == period else date(period, 1, 1),
            ref=f"{kind}:{subject}:{year}:{row['entries'] if row else 0}",
            subject=subject,
            year=year,
        )
        post(db, account, entry)
