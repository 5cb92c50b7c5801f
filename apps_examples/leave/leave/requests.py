"""Requests for days off, as this app keeps them."""

import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

PENDING = ("new", "pending")
"""Asked for and not decided; `new` until the approval was surely asked for."""
_COLUMNS = (
    "id, installation_id, employee_id, key, type_key, first_on, last_on, part, half_days, note, locale, status, "
    "reason, approval_id, absence_id, created_at"
)


@dataclass(frozen=True, kw_only=True)
class Request:
    """`status`: new pending agreed approved rejected withdrawn expired refused cancelled. `agreed` is decided and paid
    for, and not written yet. `part`: of one day the half; of several, `afternoon` begins and `morning` ends at noon."""

    id: str
    installation_id: str
    employee_id: str
    key: str
    type_key: str
    first_on: date
    last_on: date
    part: str
    half_days: int
    note: str
    locale: str
    status: str
    reason: str | None = None
    approval_id: str | None = None
    absence_id: str | None = None
    created_at: str

    def edges(self) -> dict[str, dict[str, str]]:
        """As the API wants them."""
        return edges(self.first_on, self.last_on, self.part)


def edges(first_on: date, last_on: date, part: str) -> dict[str, dict[str, str]]:
    one = first_on == last_on
    half = {"morning": "am", "afternoon": "pm"}.get(part, "full")
    first = half if one or part == "afternoon" else "full"
    last = half if one or part == "morning" else "full"
    return {"start": {"on": str(first_on), "slot": first}, "to": {"on": str(last_on), "slot": last}}


def add(db: sqlite3.Connection, request: Request) -> bool:
    """Whether it is new: one key of a person is one request."""
    values = (
        *(request.id, request.installation_id, request.employee_id, request.key, request.type_key),
        *(request.first_on.isoformat(), request.last_on.isoformat(), request.part, request.half_days, request.note),
        *(request.locale, request.status, request.reason, request.approval_id, request.absence_id, request.created_at),
    )
    marks = ", ".join("?" for _ in values)
    statement = f"INSERT INTO request ({_COLUMNS}) VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608
    return db.execute(statement, values).rowcount == 1


def find(db: sqlite3.Connection, installation_id: str, **by: str) -> Request | None:
    """By `id`, `absence_id`, or `employee_id` and `key`."""
    where = " AND ".join(f"{name} = ?" for name in by)
    statement = f"SELECT {_COLUMNS} FROM request WHERE installation_id = ? AND {where}"  # noqa: S608
    row = db.execute(statement, (installation_id, *by.values())).fetchone()
    return None if row is None else _read(row)


def newest(db: sqlite3.Connection, installation_id: str, employee_id: str, limit: int = 20) -> list[Request]:
    statement = f"""
        SELECT {_COLUMNS} FROM request WHERE installation_id = ? AND employee_id = ?
        ORDER BY first_on DESC, created_at DESC LIMIT ?"""  # noqa: S608
    return [_read(row) for row in db.execute(statement, (installation_id, employee_id, limit))]


def waiting_at(
    db: sqlite3.Connection, installation_id: str, employee_id: str, first_on: date, last_on: date, part: str
) -> bool:
    """Whether something undecided touches the same halves."""
    marks = ", ".join("?" for _ in PENDING)
    statement = f"""
        SELECT {_COLUMNS} FROM request WHERE installation_id = ? AND employee_id = ? AND status IN ({marks})
        AND first_on <= ? AND last_on >= ?"""  # noqa: S608
    values = (installation_id, employee_id, *PENDING, last_on.isoformat(), first_on.isoformat())
    wanted = _halves(first_on, last_on, part)
    found = [_read(row) for row in db.execute(statement, values)]
    return any(wanted & _halves(one.first_on, one.last_on, one.part) for one in found)


def _halves(first_on: date, last_on: date, part: str) -> set[tuple[date, str]]:
    days = [first_on + timedelta(days=one) for one in range((last_on - first_on).days + 1)]
    halves = {(day, slot) for day in days for slot in ("am", "pm")}
    if part == "morning":
        halves.discard((last_on, "pm"))
    if part == "afternoon":
        halves.discard((first_on, "am"))
    return halves


def move(
    db: sqlite3.Connection, request: Request, *from_statuses: str, status: str, reason: str | None = None, **ids: str
) -> bool:
    """To another status, only from one of these: who comes second changes nothing."""
    names = "".join(f", {name} = ?" for name in ids)
    marks = ", ".join("?" for _ in from_statuses)
    statement = f"UPDATE request SET status = ?, reason = ?{names} WHERE id = ? AND status IN ({marks})"  # noqa: S608
    return db.execute(statement, (status, reason, *ids.values(), request.id, *from_statuses)).rowcount == 1


def _read(row: sqlite3.Row) -> Request:
    values: dict[str, Any] = dict(row)
    values["first_on"], values["last_on"] = (date.fromisoformat(values[name]) for name in ("first_on", "last_on"))
    return Request(**values)
