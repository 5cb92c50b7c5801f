"""From a draft to the approval, and back. What is decided here is written here first and carried out at the workspace
after it; a process that dies between the two is mended by the next look at any page."""

import logging
import sqlite3
from collections.abc import Sequence

from portico_sdk import APIError, ConflictError, NotFoundError, ValidationFailed
from portico_sdk.models import Approval
from reimbursement import claims
from reimbursement.claims import ASKED, OPEN, Claim, Line
from reimbursement.desk import Desk, Refused
from reimbursement.editing import receipts
from reimbursement.invoices import duplicates, reused
from reimbursement.money import shown, shown_all
from reimbursement.texts import Language

SUBJECT = "app:reimbursement"
_SHOWN_LINES = 18
_MENDED_AT_ONCE = 20
_LONGEST_NOTE = 500
_LEFT = """(claim.status = 'sent' OR claim.recall = 1
    OR (claim.status IN ('returned', 'paid') AND claim.told != claim.status))"""
_log = logging.getLogger(__name__)


def submit(desk: Desk, employee_id: str, claim_id: str, *, known: bool = False) -> None:
    """Send it to whoever decides; once, however often it is said. `known`: the person was warned that an invoice was
    used before. Raises Refused."""
    with desk.store.reading() as db:
        claim = _own(desk, db, employee_id, claim_id)
    if claim.recall:
        _recall(desk, claim)
    second, needed = _second(desk, claim), desk.rules.receipts_needed  # asked for before others are kept waiting
    with desk.store.writing() as db:
        claim = _own(desk, db, employee_id, claim_id)
        if claim.status in ASKED:
            return
        found = claims.lines(db, claim.id)
        _require_whole(db, claim, found, receipts_needed=needed, known=known)
        two = desk.rules.needs_second(claims.sums(found))
        if two and not second:
            raise Refused("_", "no_second")
        to = {"status": "sent", "round": claim.round + 1, "two": int(two), "excluded": "", "approval_id": None}
        to |= {"submitted_at": desk.stamp(), "decided_at": None, "said": "", "recall": 0, "told": "", "export_id": None}
        claims.move(db, claim, *OPEN, **to)
        claim = _own(desk, db, employee_id, claim_id)
    ask(desk, claim)


def _own(desk: Desk, db: sqlite3.Connection, employee_id: str, claim_id: str) -> Claim:
    """Raises Refused."""
    claim = claims.get(db, desk.installation_id, claim_id)
    if claim is None or claim.employee_id != employee_id:
        raise Refused("_", "claim_gone")
    return claim


def _require_whole(
    db: sqlite3.Connection, claim: Claim, found: Sequence[Line], *, receipts_needed: bool, known: bool
) -> None:
    """That nothing stands in the way of sending it. Raises Refused."""
    if not claim.is_open:
        raise Refused("_", "claim_sent")
    if not found:
        raise Refused("_", "no_lines")
    if receipts_needed and not receipts(db, claim.id):
        raise Refused("receipt", "no_receipt")
    if not known and (duplicates(db, claim) or reused(db, claim)):
        raise Refused("known", "say_known")


def _second(desk: Desk, claim: Claim) -> list[str]:
    """Who may be the second: neither who claims, nor the manager who is the first, nor who has agreed already."""
    person = desk.people([claim.employee_id]).get(claim.employee_id)
    out = {claim.employee_id, person and person.manager_id, *claim.excluded.split(",")}
    return [one for one in desk.second if one not in out][:20]


def ask(desk: Desk, claim: Claim) -> None:
    """For a claim that was sent; asking twice asks once. Raises Refused when nobody can be asked for this person."""
    second = _second(desk, claim) if claim.two else []
    if claim.two and not second:
        return _give_back(desk, claim, "!no_second")
    steps = [] if claim.excluded else [{"approvers": ["manager"]}]
    steps += [{"approvers": second}] if second else []
    known = _asked(desk, claim)
    if known:
        return follow(desk, known[0])
    language = Language(claim.locale)
    try:
        made = desk.workspace.approvals.create(
            employee_id=claim.employee_id,
            kind="reimbursement",
            title=language.text("approval_title", claim.title),
            subject={"type": SUBJECT, "id": claim.subject, "url": _address(desk)},
            steps=steps,
            details=_details(desk, claim, language),
            idempotency_key=f"ask-{claim.subject}",
        )
    except ConflictError:  # somebody else asked in the same moment
        for one in _asked(desk, claim):
            follow(desk, one)
        return None
    except ValidationFailed as refusal:
        _log.warning("a claim cannot be asked for: %s", refusal)
        _give_back(desk, claim, "!cannot_ask")
        raise Refused("_", "cannot_ask") from None
    return follow(desk, made)


def _asked(desk: Desk, claim: Claim) -> list[Approval]:
    """What was asked about this round already."""
    return list(desk.workspace.approvals.list(subject__type=SUBJECT, subject__id=claim.subject))


def _address(desk: Desk) -> str:
    slug = desk.workspace.workspace.get().slug
    return f"{desk.workspace.base_url}/w/{slug}/apps/{desk.installation_id}/home"


def _details(desk: Desk, claim: Claim, language: Language) -> list[dict[str, str]]:
    """The requester reads them too: of an invoice that was used before they say no more than that it was."""
    with desk.store.reading() as db:
        found, files, twice = claims.lines(db, claim.id), receipts(db, claim.id), duplicates(db, claim)
        again = reused(db, claim)
    rows = [(language.text("total"), shown_all(claims.sums(found))), (language.text("receipts"), str(len(files)))]
    rows += [(language.text("note"), claim.note)] if claim.note else []
    rows += [(language.text("used_before"), f"{one.line.supplier} {one.line.invoice_no}") for one in twice[:5]]
    rows += [(language.text("receipt_before"), name) for name, _ in again[:2]]
    rows += [_detail(one, language) for one in found[:_SHOWN_LINES]]
    if len(found) > _SHOWN_LINES:
        rows.append((language.text("more_lines"), str(len(found) - _SHOWN_LINES)))
    return [{"label": label, "value": value} for label, value in rows]


def _detail(line: Line, language: Language) -> tuple[str, str]:
    about = " · ".join(filter(None, (line.supplier, line.invoice_no, line.note)))
    value = shown(line.amount, line.currency) + (f" · {about}" if about else "")
    return f"{language.date(line.spent_on)} · {language.category(line.category)}", value


# What was decided


def follow(desk: Desk, approval: Approval) -> None:
    """The claim follows what stands at the workspace now; hearing it twice or late changes nothing."""
    claim_id, _, number = approval.subject.id.rpartition(".")
    with desk.store.writing() as db:
        claim = claims.get(db, desk.installation_id, claim_id)
        if claim is None or str(claim.round) != number:
            return
        claims.set_approvers(db, claim.id, _approvers(approval))
        if approval.status == "pending":
            if not claims.move(db, claim, *ASKED, status="pending", approval_id=approval.id) and claim.is_open:
                claims.move(db, claim, *OPEN, recall=1, approval_id=approval.id)  # taken back while it was asked for
        elif approval.status == "approved":
            _approved(desk, claim, approval, db)
        elif approval.status == "rejected":
            said = {"said": approval.note or "", "decided_at": desk.stamp(), "approval_id": approval.id}
            claims.move(db, claim, *ASKED, status="rejected", **said)
        else:
            said_key = "!expired" if approval.status == "expired" else ""
            claims.move(db, claim, *ASKED, status="draft", said=said_key, recall=0)
        now = claims.get(db, desk.installation_id, claim.id)
    if now is not None and (now.recall or now.status == "sent"):
        _mend(desk, now)


def _approvers(approval: Approval) -> dict[str, bool]:
    """Whose turn it is, and who else has to do with it. Who was replaced, or stands in a step to come, has not yet."""
    found: dict[str, bool] = {}
    for number, step in enumerate(approval.steps):
        here = approval.status == "pending" and number == approval.step
        for one in step.approvers:
            waits = here and one.state == "waiting"
            for who in {one.employee_id if one.state not in ("replaced", "later") else None, one.decided_by_id}:
                if who is not None:
                    found[who] = found.get(who, False) or waits
    return found


def _approved(desk: Desk, claim: Claim, approval: Approval, db: sqlite3.Connection) -> None:
    """Two must be two: where one person spoke for both steps, another one is asked."""
    spoke = {one.decided_by_id for step in approval.steps for one in step.approvers if one.state == "approved"}
    agreed = {*filter(None, spoke), *filter(None, claim.excluded.split(","))}
    if not claim.two or len(agreed) > 1:
        claims.move(db, claim, *ASKED, status="approved", decided_at=desk.stamp(), approval_id=approval.id)
        return
    again = {"status": "sent", "round": claim.round + 1, "approval_id": None}
    claims.move(db, claim, *ASKED, **again, excluded=",".join(sorted(agreed)))


# Back


def withdraw(desk: Desk, employee_id: str, claim_id: str) -> None:
    """Take it back to change it, while nobody has decided. Raises Refused."""
    with desk.store.writing() as db:
        claim = _own(desk, db, employee_id, claim_id)
        if not claims.move(db, claim, *ASKED, status="draft", recall=1):
            raise Refused("_", "too_late")
    _mend_now(desk, claim_id)


def send_back(desk: Desk, who: str, claim_id: str, note: str) -> None:
    """With a word what to change: whoever decides now, or finance before it pays. Raises Refused."""
    note = note.strip()[:_LONGEST_NOTE]
    if not note:
        raise Refused("note", "note_missing")
    in_finance = who in desk.finance
    with desk.store.writing() as db:
        claim = claims.get(db, desk.installation_id, claim_id)
        if claim is None:
            raise Refused("_", "claim_gone")
        decides = claims.is_approver(db, claim.id, who, waits=True)
        pays = in_finance and who != claim.employee_id
        moved = (decides and claims.move(db, claim, "pending", status="returned", said=note, recall=1)) or (
            pays and claims.move(db, claim, "approved", status="returned", said=note)
        )
        if not moved:
            raise Refused("_", "too_late")
        db.execute("UPDATE approver SET waits = 0 WHERE claim_id = ?", (claim.id,))
    _mend_now(desk, claim_id)


def _give_back(desk: Desk, claim: Claim, said: str) -> None:
    with desk.store.writing() as db:
        claims.move(db, claim, "sent", status="returned", said=said)
    _mend_now(desk, claim.id)


def _recall(desk: Desk, claim: Claim) -> None:
    """Take the approval of this round back; one that is closed meanwhile does not matter any more."""
    ids = [claim.approval_id] if claim.approval_id else [one.id for one in _asked(desk, claim)]
    for approval_id in ids:
        try:
            desk.workspace.approvals.withdraw(approval_id, note=claim.said if claim.status == "returned" else None)
        except (ConflictError, NotFoundError) as refusal:
            _log.info("nothing to take back: %s", refusal)
    with desk.store.writing() as db:
        claims.move(db, claim, *OPEN, recall=0)


# What was left in the middle


def mend(desk: Desk) -> None:
    """Finish what a process left that died between writing here and telling the workspace."""
    with desk.store.reading() as db:
        left = claims.find(
            db,
            desk.installation_id,
            _LEFT,
            limit=_MENDED_AT_ONCE,
        )
    for claim in left:
        _mend(desk, claim)


def catch_up(desk: Desk) -> None:
    """When the app comes back into a company: what was decided, or withdrawn, while it heard nothing."""
    with desk.store.reading() as db:
        waiting = claims.find(db, desk.installation_id, status="pending", limit=1000)
    for claim in waiting:
        for approval in _asked(desk, claim):
            follow(desk, approval)


def _mend_now(desk: Desk, claim_id: str) -> None:
    with desk.store.reading() as db:
        claim = claims.get(db, desk.installation_id, claim_id)
    if claim is not None:
        _mend(desk, claim)


def _mend(desk: Desk, claim: Claim) -> None:
    """What cannot be done at present is left to the next look, and holds up no page."""
    try:
        if claim.recall:
            _recall(desk, claim)
        if claim.status == "sent":
            ask(desk, claim)
        if claim.status in ("returned", "paid") and claim.told != claim.status:
            _tell(desk, claim)
    except (APIError, Refused) as refusal:
        _log.warning("claim %s is left for later: %s", claim.id, refusal)


def _tell(desk: Desk, claim: Claim) -> None:
    """The person, once: the workspace knows the key."""
    language = Language(claim.locale)
    said = language.said(claim.said) if claim.status == "returned" else language.text("paid_by", claim.reference or "–")
    try:
        desk.workspace.notifications.send(
            to=[claim.employee_id],
            title=language.text(f"told_{claim.status}", claim.title),
            body=said or None,
            page="home",
            key=f"{claim.status}-{claim.subject}",
        )
    except ValidationFailed as refusal:  # who has left is not told, and is not tried for ever
        _log.warning("nobody to tell of claim %s: %s", claim.id, refusal)
    with desk.store.writing() as db:
        claims.move(db, claim, claim.status, told=claim.status)


def many(desk: Desk, found: Sequence[Claim]) -> None:
    """Tell the people of these claims, those who can be told now."""
    for claim in found:
        _mend_now(desk, claim.id)
