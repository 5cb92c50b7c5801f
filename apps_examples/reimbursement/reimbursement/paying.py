"""Finance: what is to be paid, marking it as paid, and the file for the ledger."""

import csv
import io
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from reimbursement import claims
from reimbursement.asking import many
from reimbursement.claims import Claim, Line
from reimbursement.desk import Desk, Refused
from reimbursement.invoices import duplicates
from reimbursement.money import decimal
from reimbursement.texts import Language

STATUSES = ("approved", "paid", "pending", "returned", "rejected")
MOST = 500
"""On the page; a file holds all."""
_ALL = 1_000_000
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
COLUMNS = (
    *("claim", "title", "employee", "email", "employee_no", "status", "submitted", "approved", "paid", "reference"),
    *("day", "category", "supplier", "invoice_no", "note", "currency", "amount", "used_before"),
)


@dataclass(frozen=True)
class Filter:
    """`first` and `last` are days of the decision, or of sending for what is not decided."""

    status: str = "approved"
    first: date | None = None
    last: date | None = None
    person: str = ""
    fresh: bool = False
    """Only what is in no file yet."""


def filter_of(said: Mapping[str, str]) -> Filter:
    """What cannot be read counts as not said."""
    status = said.get("status", "")
    return Filter(
        status=status if status in (*STATUSES, "all") else "approved",
        first=day(said.get("first")),
        last=day(said.get("last")),
        person=" ".join(said.get("person", "").split())[:60],
        fresh=said.get("fresh") == "1",
    )


def day(said: str | None) -> date | None:
    try:
        return date.fromisoformat(said or "")
    except ValueError:
        return None


def chosen(desk: Desk, asked: Filter, limit: int = MOST) -> list[Claim]:
    """The newest first."""
    where, values = ["claim.status NOT IN ('draft', 'sent')"], list[object]()
    if asked.status != "all":
        where.append("claim.status = ?")
        values.append(asked.status)
    moment = "coalesce(claim.decided_at, claim.submitted_at)"
    if asked.first:
        where.append(f"{moment} >= ?")
        values.append(asked.first.isoformat())
    if asked.last:
        where.append(f"{moment} < ?")
        values.append((asked.last + timedelta(days=1)).isoformat())
    if asked.fresh:
        where.append("claim.export_id IS NULL")
    with desk.store.reading() as db:
        found = claims.find(db, desk.installation_id, " AND ".join(where), *values, limit=limit)
    if not asked.person:
        return found
    desk.people(one.employee_id for one in found)
    wanted = asked.person.casefold()
    return [one for one in found if wanted in desk.name(one.employee_id).casefold()]


def pay(desk: Desk, who: str, ids: Sequence[str], *, reference: str, paid_on: date) -> tuple[list[Claim], list[str]]:
    """Mark as paid: answers those that were, and the titles of those that were not (any more). Of two who pay the same
    claim one does. Raises Refused."""
    if who not in desk.finance:
        raise Refused("_", "finance_only")
    reference = " ".join(reference.split())[:80]
    if not ids:
        raise Refused("_", "none_chosen")
    if not reference:
        raise Refused("reference", "reference_missing")
    paid, left = list[Claim](), list[str]()
    with desk.store.writing() as db:
        for claim_id in dict.fromkeys(ids):
            claim = claims.get(db, desk.installation_id, claim_id)
            if claim is None:
                continue
            to = {"status": "paid", "paid_on": paid_on.isoformat(), "reference": reference, "paid_by": who}
            if claim.employee_id != who and claims.move(db, claim, "approved", **to):
                paid.append(claim)
            else:
                left.append(claim.title)
    many(desk, paid)
    return paid, left


# The file


def export(desk: Desk, who: str, asked: Filter, *, key: str, language: Language) -> str:
    """Make a file of these claims and mark them; answers its id. With the same `key` it is the same file, and a claim
    that has stood in one is new to no other. Raises Refused."""
    if who not in desk.finance:
        raise Refused("_", "finance_only")
    found = chosen(desk, asked, _ALL)
    desk.people(one.employee_id for one in found)
    with desk.store.writing() as db:
        known = db.execute(
            "SELECT id FROM export WHERE installation_id = ? AND key = ?", (desk.installation_id, key)
        ).fetchone()
        if known:
            return str(known["id"])
        now = [claims.get(db, desk.installation_id, one.id) for one in found]
        still = [one for one in now if one is not None and not (asked.fresh and one.export_id)]
        if not still:
            raise Refused("_", "nothing_to_export")
        export_id = claims.new_id("rme")
        content = written(rows(desk, db, still, language))
        db.execute(
            "INSERT INTO export VALUES (?, ?, ?, ?, ?, ?, ?)",
            (export_id, desk.installation_id, key, who, desk.stamp(), len(still), content),
        )
        db.executemany(
            "UPDATE claim SET export_id = ? WHERE id = ? AND export_id IS NULL", [(export_id, one.id) for one in still]
        )
    return export_id


def rows(desk: Desk, db: sqlite3.Connection, found: Iterable[Claim], language: Language) -> Iterator[list[str]]:
    """A heading, and then a row for each line."""
    yield [language.text(f"column_{name}") for name in COLUMNS]
    for claim in found:
        twice = {one.line.id for one in duplicates(db, claim)}
        for line in claims.lines(db, claim.id):
            yield _row(desk, claim, line, language, used_before=line.id in twice)


def _row(desk: Desk, claim: Claim, line: Line, language: Language, *, used_before: bool) -> list[str]:
    person = desk.people([claim.employee_id]).get(claim.employee_id)
    return [
        *(claim.id, claim.title, desk.name(claim.employee_id)),
        *((person.primary_email or "", person.employee_no or "") if person else ("", "")),
        language.text(f"is_{claim.status}"),
        *(str(claim.day(name) or "") for name in ("submitted_at", "decided_at")),
        *(claim.paid_on or "", claim.reference or "", str(line.spent_on), language.category(line.category)),
        *(line.supplier, line.invoice_no, line.note, line.currency, decimal(line.amount, line.currency)),
        language.text("yes") if used_before else "",
    ]


def written(table: Iterable[Iterable[str]]) -> bytes:
    """RFC 4180, with the mark by which Excel knows UTF-8; what a spreadsheet would run as a formula is text in it."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([_defused(cell) for cell in row] for row in table)
    return text.getvalue().encode("utf-8-sig")


def _defused(cell: str) -> str:
    return f"'{cell}" if cell.lstrip(" ").startswith(_RISKY) else cell


def exports(desk: Desk, limit: int = 5) -> list[sqlite3.Row]:
    """The latest files."""
    statement = """
        SELECT id, by_id, created_at, claims FROM export WHERE installation_id = ? ORDER BY created_at DESC, rowid DESC
        LIMIT ?"""
    with desk.store.reading() as db:
        return db.execute(statement, (desk.installation_id, limit)).fetchall()
