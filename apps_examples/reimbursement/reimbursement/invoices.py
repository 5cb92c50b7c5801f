"""Invoices that were claimed before: the same number of the same supplier anywhere in the company, however it is
written."""

import re
import sqlite3
import unicodedata
from dataclasses import dataclass

from reimbursement.claims import Claim, Line, find, lines

_FORMS = re.compile(
    r"\b(gmbh|mbh|ag|kg|ug|ltd|limited|llc|inc|incorporated|corp|corporation|co|plc|sa|sarl|srl|bv|nv|oy|ab)\b"
)
_COUNTS = "claim.status IN ('sent', 'pending', 'approved', 'returned', 'paid')"
"""What was only written down, or rejected, used no invoice."""
_ELSEWHERE = f"""{_COUNTS} AND claim.id != ?
    AND EXISTS (SELECT 1 FROM line WHERE claim_id = claim.id AND invoice_key = ?)"""  # noqa: S608


def invoice_key(supplier: str, invoice_no: str) -> str | None:
    """Small letters and digits alone: `INV-00 1` of `Müller GmbH` is `inv001` of `MULLER`."""
    number = _plain(invoice_no)
    name = _plain(_FORMS.sub("", supplier.casefold().replace(".", ""))) or _plain(supplier)
    return f"{name}:{number}" if number else None


def _plain(words: str) -> str:
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", words).casefold())
    return "".join(one for one in folded if one.isalnum())


def repeated(db: sqlite3.Connection, installation_id: str) -> set[str]:
    """The ids of claims with an invoice that stands in another line too."""
    statement = f"""
        WITH used AS (SELECT line.claim_id, line.invoice_key FROM line JOIN claim ON claim.id = line.claim_id
            WHERE claim.installation_id = ? AND {_COUNTS} AND line.invoice_key IS NOT NULL)
        SELECT DISTINCT claim_id FROM used
        WHERE invoice_key IN (SELECT invoice_key FROM used GROUP BY invoice_key HAVING count(*) > 1)"""  # noqa: S608
    return {row["claim_id"] for row in db.execute(statement, (installation_id,))}


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
