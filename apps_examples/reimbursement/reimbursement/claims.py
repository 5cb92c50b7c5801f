"""Claims and their lines, as this app keeps them."""

import sqlite3
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from reimbursement.money import totals

OPEN = ("draft", "returned")
"""The person may change them."""
ASKED = ("sent", "pending")
"""With whoever decides; `sent` until the approval was surely asked for."""
MOST_LINES = 50


@dataclass(frozen=True, kw_only=True)
class Claim:
    """`status`: draft sent pending approved rejected returned paid. `said`: what who decided wrote, or a key of texts.
    `round`: how many times somebody was asked. `two`: a second person must agree. `excluded`: who agreed before, and
    cannot be the second. `recall`: the approval of this round is to be taken back. `told`: the
    status of which they were told."""

    id: str
    installation_id: str
    employee_id: str
    key: str
    title: str
    note: str
    locale: str
    status: str
    said: str
    round: int
    approval_id: str | None
    two: int
    excluded: str
    recall: int
    told: str
    created_at: str
    submitted_at: str | None
    decided_at: str | None
    paid_on: str | None
    reference: str | None
    paid_by: str | None
    export_id: str | None

    @property
    def subject(self) -> str:
        """What the approval of this round is about."""
        return f"{self.id}.{self.round}"

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    def day(self, name: str) -> date | None:
        """Of a moment: `claim.day("decided_at")`."""
        value = getattr(self, name)
        return datetime.fromisoformat(value).date() if value else None


@dataclass(frozen=True, kw_only=True)
class Line:
    id: str
    claim_id: str
    key: str
    spent_on: date
    category: str
    amount: int
    currency: str
    supplier: str
    invoice_no: str
    note: str
    invoice_key: str | None


_CLAIM = ", ".join(f"claim.{one.name}" for one in fields(Claim))
_LINE = tuple(one.name for one in fields(Line))


def new_id(prefix: str) -> str:
    return f"{prefix}_{uuid.uuid4().hex}"


def begin(
    db: sqlite3.Connection, installation_id: str, employee_id: str, *, key: str, title: str, locale: str, at: str
) -> Claim:
    """A draft. With the same `key` it is the same claim."""
    db.execute(
        """
        INSERT INTO claim (id, installation_id, employee_id, key, title, note, locale, status, created_at)
        VALUES (?, ?, ?, ?, ?, '', ?, 'draft', ?) ON CONFLICT DO NOTHING""",
        (new_id("rmb"), installation_id, employee_id, key, title, locale, at),
    )
    (found,) = find(db, installation_id, employee_id=employee_id, key=key)
    return found


def find(
    db: sqlite3.Connection, installation_id: str, where: str = "1", *values: object, limit: int = 200, **by: object
) -> list[Claim]:
    """The newest first. `by`: columns of the claim; `where` says more, with its `values`."""
    equal = "".join(f" AND claim.{name} = ?" for name in by)
    statement = f"""
        SELECT {_CLAIM} FROM claim WHERE claim.installation_id = ? AND {where}{equal}
        ORDER BY coalesce(claim.submitted_at, claim.created_at) DESC, claim.rowid DESC LIMIT ?"""  # noqa: S608
    return [Claim(**row) for row in db.execute(statement, (installation_id, *values, *by.values(), limit))]


def get(db: sqlite3.Connection, installation_id: str, claim_id: str) -> Claim | None:
    found = find(db, installation_id, id=claim_id)
    return found[0] if found else None


def move(db: sqlite3.Connection, claim: Claim, *from_statuses: str, **to: Any) -> bool:
    """Only from one of these statuses and the same round: who comes second changes nothing."""
    changes = ", ".join(f"{name} = ?" for name in to)
    marks = ", ".join("?" for _ in from_statuses)
    statement = f"UPDATE claim SET {changes} WHERE id = ? AND round = ? AND status IN ({marks})"  # noqa: S608
    return db.execute(statement, (*to.values(), claim.id, claim.round, *from_statuses)).rowcount == 1


def lines(db: sqlite3.Connection, *claim_ids: str) -> list[Line]:
    """Of these claims, by day."""
    marks = ", ".join("?" for _ in claim_ids)
    columns = ", ".join(_LINE)
    statement = f"SELECT {columns} FROM line WHERE claim_id IN ({marks}) ORDER BY spent_on, rowid"  # noqa: S608
    rows = (dict(row) for row in db.execute(statement, claim_ids))
    return [Line(**{**row, "spent_on": date.fromisoformat(row["spent_on"])}) for row in rows]


def put_line(db: sqlite3.Connection, line: Line) -> None:
    """New, or with the `id` of one that is there. One `key` of a claim is one line."""
    values = [str(one) if isinstance(one, date) else one for one in (getattr(line, name) for name in _LINE)]
    marks = ", ".join("?" for _ in _LINE)
    changes = ", ".join(f"{name} = excluded.{name}" for name in _LINE[3:])
    statement = f"""
        INSERT INTO line ({", ".join(_LINE)}) VALUES ({marks})
        ON CONFLICT (id) DO UPDATE SET {changes} WHERE claim_id = excluded.claim_id
        ON CONFLICT (claim_id, key) DO NOTHING"""  # noqa: S608
    db.execute(statement, values)


def sums(found: Iterable[Line]) -> dict[str, int]:
    return totals((one.currency, one.amount) for one in found)


def sums_by_claim(db: sqlite3.Connection, found: Iterable[Claim]) -> dict[str, dict[str, int]]:
    """What each of these claims comes to."""
    wanted = [one.id for one in found]
    by_claim: dict[str, list[Line]] = {claim_id: [] for claim_id in wanted}
    for line in lines(db, *wanted):
        by_claim[line.claim_id].append(line)
    return {claim_id: sums(some) for claim_id, some in by_claim.items()}


def set_approvers(db: sqlite3.Connection, claim_id: str, people: dict[str, bool]) -> None:
    """Who decides, and whether the word is theirs now. Who decided in an earlier round may still look."""
    db.execute("UPDATE approver SET waits = 0 WHERE claim_id = ?", (claim_id,))
    db.executemany(
        "INSERT INTO approver VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET waits = excluded.waits",
        [(claim_id, who, int(waits)) for who, waits in people.items()],
    )


def is_approver(db: sqlite3.Connection, claim_id: str, employee_id: str, *, waits: bool = False) -> bool:
    statement = "SELECT 1 FROM approver WHERE claim_id = ? AND employee_id = ? AND waits >= ?"
    return db.execute(statement, (claim_id, employee_id, int(waits))).fetchone() is not None


def waiting_for(db: sqlite3.Connection, installation_id: str, employee_id: str) -> list[Claim]:
    """What this person may decide now."""
    return find(
        db,
        installation_id,
        """claim.status = 'pending' AND EXISTS (SELECT 1 FROM approver
           WHERE claim_id = claim.id AND approver.employee_id = ? AND waits)""",
        employee_id,
    )
