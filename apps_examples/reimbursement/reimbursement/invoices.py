"""What was claimed before: the same number of the same supplier anywhere in the company, however it is written, and the
same file."""

import re
import sqlite3
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from reimbursement.claims import Claim, Line, find, lines

_FORMS = re.compile(
    r"\b(gmbh|mbh|ag|kg|ug|ltd|limited|llc|inc|incorporated|corp|corporation|co|plc|sa|sarl|srl|bv|nv|oy|ab)\b"
)
_COUNTS = "claim.status IN ('sent', 'pending', 'approved', 'returned', 'paid')"
"""What was only written down, or rejected, used no invoice."""
_ELSEWHERE = f"""{_COUNTS} AND claim.id != ?
    AND EXISTS (SELECT 1 FROM line WHERE claim_id = claim.id AND invoice_key = ?)"""  # noqa: S608
_SAME_FILE = f"""{_COUNTS} AND claim.id != ?
    AND EXISTS (SELECT 1 FROM receipt WHERE claim_id = claim.id AND sha256 = ?)"""  # noqa: S608


def invoice_key(supplier: str, invoice_no: str) -> str | None:
    """Small letters and digits alone: `INV-00 1` of `Müller GmbH` is `inv001` of `MULLER`."""
    number = _plain(invoice_no)
    name = _plain(_FORMS.sub("", supplier.casefold().replace(".", ""))) or _plain(supplier)
    return f"{name}:{number}" if number else None


def _plain(words: str) -> str:
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", words).casefold())
    return "".join(one for one in folded if one.isalnum())


def repeated(db: sqlite3.Connection, installation_id: str, ids: Iterable[str]) -> set[str]:
    """Those of these claims of which an invoice or a file stands elsewhere too."""
    wanted = [*ids]
    marks = ", ".join("?" for _ in wanted)
    statement = f"""
        SELECT line.claim_id FROM line WHERE line.claim_id IN ({marks}) AND EXISTS (
            SELECT 1 FROM line AS other JOIN claim ON claim.id = other.claim_id
            WHERE other.invoice_key = line.invoice_key AND other.id != line.id
                AND claim.installation_id = ? AND {_COUNTS})
        UNION SELECT receipt.claim_id FROM receipt WHERE receipt.claim_id IN ({marks}) AND EXISTS (
            SELECT 1 FROM receipt AS other JOIN claim ON claim.id = other.claim_id
            WHERE other.sha256 = receipt.sha256 AND other.id != receipt.id
                AND claim.installation_id = ? AND {_COUNTS})"""  # noqa: S608
    values = (*wanted, installation_id, *wanted, installation_id)
    return {row["claim_id"] for row in db.execute(statement, values)}


@dataclass(frozen=True)
class Duplicate:
    """A line whose invoice stands also in `other`, or once more in the same claim."""

    line: Line
    other: Claim
    other_line: Line


def duplicates(db: sqlite3.Connection, claim: Claim) -> list[Duplicate]:
    """The latest other uses of each line's invoice, up to three."""
    found: list[Duplicate] = []
    seen: dict[str, Line] = {}
    for line in lines(db, claim.id):
        if line.invoice_key is None:
            continue
        elsewhere = find(
            db,
            claim.installation_id,
            _ELSEWHERE,
            *(claim.id, line.invoice_key),
            limit=3,
        )
        for other in elsewhere:
            same = next(one for one in lines(db, other.id) if one.invoice_key == line.invoice_key)
            found.append(Duplicate(line, other, same))
        if not elsewhere and line.invoice_key in seen:
            found.append(Duplicate(line, claim, seen[line.invoice_key]))
        seen.setdefault(line.invoice_key, line)
    return found


def reused(db: sqlite3.Connection, claim: Claim) -> list[tuple[str, Claim]]:
    """The receipts whose very file stands in another claim, and the latest of those."""
    rows = db.execute("SELECT name, sha256 FROM receipt WHERE claim_id = ? ORDER BY created_at, id", (claim.id,))
    return [
        (row["name"], other)
        for row in rows.fetchall()
        for other in find(db, claim.installation_id, _SAME_FILE, claim.id, row["sha256"], limit=1)
    ]
