"""What the person writes before it is sent: title, lines and receipts. Nothing of it changes afterwards."""

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from portico_sdk import BadRequestError
from reimbursement import claims
from reimbursement.claims import Claim, Line
from reimbursement.desk import Desk, Refused
from reimbursement.invoices import invoice_key
from reimbursement.money import exponent, minor
from reimbursement.texts import Language

LARGEST_RECEIPT = 10 * 1024 * 1024
MOST_RECEIPTS = 20
TYPES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "application/pdf": "pdf"}
_LONGEST = {"title": 120, "note": 500, "supplier": 120, "invoice_no": 60}


@dataclass(frozen=True)
class Receipt:
    id: str
    claim_id: str
    name: str
    type: str
    size: int

    @property
    def is_picture(self) -> bool:
        return self.type.startswith("image/")


def words(said: Mapping[str, object], name: str) -> str:
    return " ".join(str(said.get(name) or "").split())[: _LONGEST[name]]


@contextmanager
def changing(desk: Desk, employee_id: str, claim_id: str) -> Iterator[tuple[sqlite3.Connection, Claim]]:
    """One's own claim, for as long as it may be changed. Raises Refused."""
    with desk.store.writing() as db:
        claim = claims.get(db, desk.installation_id, claim_id)
        if claim is None or claim.employee_id != employee_id:
            raise Refused("_", "claim_gone")
        if not claim.is_open:
            raise Refused("_", "claim_sent")
        yield db, claim


def begin(desk: Desk, employee_id: str, said: Mapping[str, object], *, key: str, language: Language) -> Claim:
    """Raises Refused."""
    title = words(said, "title")
    if not title:
        raise Refused("title", "title_missing")
    with desk.store.writing() as db:
        return claims.begin(
            db, desk.installation_id, employee_id, key=key, title=title, locale=language.tag, at=desk.stamp()
        )


def describe(desk: Desk, employee_id: str, claim_id: str, said: Mapping[str, object]) -> None:
    """Raises Refused."""
    title = words(said, "title")
    if not title:
        raise Refused("title", "title_missing")
    with changing(desk, employee_id, claim_id) as (db, claim):
        db.execute("UPDATE claim SET title = ?, note = ? WHERE id = ?", (title, words(said, "note"), claim.id))


def discard(desk: Desk, employee_id: str, claim_id: str) -> None:
    """Raises Refused."""
    with changing(desk, employee_id, claim_id) as (db, claim):
        if claim.recall:  # the workspace is still to be told that nobody need decide
            raise Refused("_", "changed_meanwhile")
        db.execute("DELETE FROM claim WHERE id = ?", (claim.id,))


def read_line(desk: Desk, claim_id: str, said: Mapping[str, object], today: date) -> Line:
    """From a form, or the input of the action. Raises Refused."""
    currency = str(said.get("currency") or desk.rules.currencies[0]).strip().upper()
    if currency not in desk.rules.currencies:
        raise Refused("currency", "currency_unknown", ", ".join(desk.rules.currencies))
    amount = minor(str(said.get("amount") or ""), currency)
    if amount is None:
        raise Refused("amount", f"amount_{exponent(currency)}", currency)
    category = str(said.get("category") or desk.rules.categories[0]).strip().lower()
    if category not in desk.rules.categories:
        raise Refused("category", "category_unknown", ", ".join(desk.rules.categories))
    supplier, invoice_no = words(said, "supplier"), words(said, "invoice_no")
    if invoice_no and not supplier:
        raise Refused("supplier", "supplier_missing")
    return Line(
        id=str(said.get("line") or claims.new_id("rml")),
        claim_id=claim_id,
        key=str(said.get("nonce") or claims.new_id("key"))[:64],
        spent_on=_day(desk, said.get("spent_on"), today),
        category=category,
        amount=amount,
        currency=currency,
        supplier=supplier,
        invoice_no=invoice_no,
        note=words(said, "note"),
        invoice_key=invoice_key(supplier, invoice_no),
    )


def put_line(desk: Desk, employee_id: str, claim_id: str, said: Mapping[str, object], today: date) -> None:
    """A new line, or another content for the one whose id is said. Raises Refused."""
    line = read_line(desk, claim_id, said, today)
    with changing(desk, employee_id, claim_id) as (db, claim):
        there = claims.lines(db, claim.id)
        others = [one for one in there if one.id != line.id]
        if said.get("line") and len(others) == len(there):  # removed meanwhile, or never one of these
            raise Refused("_", "changed_meanwhile")
        if len(others) >= claims.MOST_LINES:
            raise Refused("_", "too_many_lines", claims.MOST_LINES)
        claims.put_line(db, line)


def _day(desk: Desk, said: object, today: date) -> date:
    if not said:
        raise Refused("spent_on", "day_missing")
    try:
        found = date.fromisoformat(str(said))
    except ValueError:
        raise Refused("spent_on", "day_format") from None
    if found > today:
        raise Refused("spent_on", "day_future")
    if found < today - timedelta(days=desk.rules.oldest_days):
        raise Refused("spent_on", "day_old", desk.rules.oldest_days)
    return found


def remove_line(desk: Desk, employee_id: str, claim_id: str, line_id: str) -> None:
    """Raises Refused."""
    with changing(desk, employee_id, claim_id) as (db, claim):
        db.execute("DELETE FROM line WHERE id = ? AND claim_id = ?", (line_id, claim.id))


# Receipts


def add_receipt(desk: Desk, employee_id: str, claim_id: str, name: str, content: bytes) -> None:
    """The workspace looks at the file first: what it is, whether it is what its name says; a picture it draws anew,
    without place and camera. What it answers is kept here. The same file twice is one. Raises Refused."""
    if len(content) > LARGEST_RECEIPT:
        raise Refused("receipt", "receipt_large", LARGEST_RECEIPT // 1024 // 1024)
    digest = hashlib.sha256(content).hexdigest()
    with changing(desk, employee_id, claim_id) as (db, claim):
        if any(one.id == _receipt_id(claim, digest) for one in receipts(db, claim.id)):
            return
    kind, clean = _looked_at(desk, name, content)
    with changing(desk, employee_id, claim_id) as (db, claim):
        if len(receipts(db, claim.id)) >= MOST_RECEIPTS:
            raise Refused("receipt", "too_many_receipts", MOST_RECEIPTS)
        db.execute(
            "INSERT INTO receipt VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (_receipt_id(claim, digest), claim.id, digest, name[-120:], kind, len(clean), clean, desk.stamp()),
        )


def _receipt_id(claim: Claim, digest: str) -> str:
    return f"rmr_{hashlib.sha256(f'{claim.id}{digest}'.encode()).hexdigest()[:32]}"


def _looked_at(desk: Desk, name: str, content: bytes) -> tuple[str, bytes]:
    """Raises Refused."""
    try:
        uploaded = desk.workspace.attachments.upload(content, name or "receipt")
    except BadRequestError as refusal:
        raise Refused("receipt", "receipt_large" if refusal.status == 413 else "receipt_refused", 10) from None
    if uploaded.type not in TYPES:
        desk.workspace.attachments.delete(uploaded.id)
        raise Refused("receipt", "receipt_type")
    clean = desk.workspace.attachments.content(uploaded.id)
    desk.workspace.attachments.delete(uploaded.id)
    return uploaded.type, clean


def remove_receipt(desk: Desk, employee_id: str, claim_id: str, receipt_id: str) -> None:
    """Raises Refused."""
    with changing(desk, employee_id, claim_id) as (db, claim):
        db.execute("DELETE FROM receipt WHERE id = ? AND claim_id = ?", (receipt_id, claim.id))


def receipts(db: sqlite3.Connection, claim_id: str) -> list[Receipt]:
    statement = "SELECT id, claim_id, name, type, size FROM receipt WHERE claim_id = ? ORDER BY created_at, id"
    return [Receipt(**row) for row in db.execute(statement, (claim_id,))]
