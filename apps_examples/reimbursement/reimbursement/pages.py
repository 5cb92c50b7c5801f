"""One's own page in the portal: claims, and one claim. The session token says who is looking; there is no cookie."""

import uuid
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import flask
from werkzeug.exceptions import RequestEntityTooLarge

from portico_sdk import APIError
from portico_sdk.session import PanelContext
from reimbursement import asking, claims, editing
from reimbursement.claims import Claim
from reimbursement.desk import Desk, Refused
from reimbursement.files import Links
from reimbursement.invoices import Duplicate, duplicates, reused
from reimbursement.money import decimal, shown, shown_all
from reimbursement.texts import Language

TONES = {
    "draft": "neutral",
    "sent": "warning",
    "pending": "warning",
    "approved": "good",
    "paid": "good",
    "returned": "bad",
    "rejected": "bad",
}


@dataclass
class Said:
    """What the page says back, and what was written in the form."""

    done: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    claim_id: str = ""


Page = Callable[[Desk, PanelContext, Language, Links], str]


def guarded(page: Page) -> Callable[[Desk, PanelContext, Links], str]:
    """Suspended, uninstalled or not allowed is said, not raised."""

    @wraps(page)
    def show(desk: Desk, context: PanelContext, links: Links) -> str:
        language = Language(context.locale)
        try:
            asking.mend(desk)
            return page(desk, context, language, links)
        except APIError as refusal:
            flask.current_app.logger.warning("page without content: %s", refusal)
            return sentence(language, "unavailable")

    return show


def sentence(language: Language, key: str) -> str:
    return flask.render_template("sentence.html", language=language, sentence=language.text(key))


def draw(template: str, language: Language, **more: Any) -> str:
    return flask.render_template(
        template, language=language, tones=TONES, shown=shown, shown_all=shown_all, nonce=uuid.uuid4().hex, **more
    )


@guarded
def home(desk: Desk, context: PanelContext, language: Language, links: Links) -> str:
    """What waits for one's word, and what one claimed; or one claim."""
    said = _do(desk, context, language) if flask.request.method == "POST" else Said()
    claim_id = said.claim_id or flask.request.args.get("claim", "")
    if claim_id:
        return claim_page(desk, context, language, links, claim_id, said)
    with desk.store.reading() as db:
        mine = claims.find(db, desk.installation_id, employee_id=context.employee_id)
        waiting = claims.waiting_for(db, desk.installation_id, context.employee_id)
        sums = claims.sums_by_claim(db, [*mine, *waiting])
    desk.people(one.employee_id for one in waiting)
    return draw("home.html", language, desk=desk, mine=mine, waiting=waiting, sums=sums, said=said)


def _do(desk: Desk, context: PanelContext, language: Language) -> Said:
    try:
        form: Mapping[str, str] = {"claim": "", **flask.request.form.to_dict()}
    except RequestEntityTooLarge:
        return Said(refused={"_": language.text("receipt_large", editing.LARGEST_RECEIPT // 1024 // 1024)})
    claim_id = form.get("claim", "")
    try:
        return _STEPS.get(form.get("do", ""), _nothing)(desk, context, language, form)
    except Refused as refusal:
        return Said("", {refusal.field: language.text(refusal.key, *refusal.details)}, form, claim_id)


Form = Mapping[str, str]


def _nothing(desk: Desk, context: PanelContext, language: Language, form: Form) -> Said:
    return Said(claim_id=form.get("claim", ""))


def _begin(desk: Desk, context: PanelContext, language: Language, form: Form) -> Said:
    key = f"form-{form.get('nonce') or uuid.uuid4().hex}"[:64]
    claim = editing.begin(desk, context.employee_id, form, key=key, language=language)
    return Said(claim_id=claim.id)


def _describe(desk: Desk, context: PanelContext, language: Language, form: Form) -> Said:
    editing.describe(desk, context.employee_id, form["claim"], form)
    return Said(language.text("saved"), claim_id=form["claim"])


def _line(desk: Desk, context: PanelContext, language: Language, form: Form) -> Said:
    editing.put_line(desk, context.employee_id, form["claim"], form, desk.today(context.timezone))
    return Said(claim_id=form["claim"])


def _remove_line(desk: Desk, context: PanelContext, language: Language, form: Form) -> Said:
    editing.remove_line(desk, context.employee_id, form["claim"], form.get("line", ""))
    return Said(claim_id=form["claim"])


def _receipts(desk: Desk, context: PanelContext, language: Language, form: Form) -> Said:
    files = [one for one in flask.request.files.getlist("receipt") if one.filename]
    if not files:
        raise Refused("receipt", "receipt_missing")
    for one in files:
        with closing(one.stream):
            content = one.stream.read(editing.LARGEST_RECEIPT + 1)
        editing.add_receipt(desk, context.employee_id, form["claim"], str(one.filename), content)
    return Said(claim_id=form["claim"])


def _remove_receipt(desk: Desk, context: PanelContext, language: Language, form: Form) -> Said:
    editing.remove_receipt(desk, context.employee_id, form["claim"], form.get("receipt", ""))
    return Said(claim_id=form["claim"])


def _submit(desk: Desk, context: PanelContext, language: Language, form: Form) -> Said:
    asking.submit(desk, context.employee_id, form["claim"], known=form.get("known") == "1")
    return Said(language.text("done_submit"), claim_id=form["claim"])


def _withdraw(desk: Desk, context: PanelContext, language: Language, form: Form) -> Said:
    asking.withdraw(desk, context.employee_id, form["claim"])
    return Said(language.text("done_withdraw"), claim_id=form["claim"])


def _send_back(desk: Desk, context: PanelContext, language: Language, form: Form) -> Said:
    asking.send_back(desk, context.employee_id, form["claim"], form.get("note", ""))
    return Said(language.text("done_send_back"), claim_id=form["claim"])


def _discard(desk: Desk, context: PanelContext, language: Language, form: Form) -> Said:
    editing.discard(desk, context.employee_id, form["claim"])
    return Said(language.text("done_discard"))


_STEPS: Mapping[str, Callable[[Desk, PanelContext, Language, Form], Said]] = {
    "begin": _begin,
    "describe": _describe,
    "line": _line,
    "remove_line": _remove_line,
    "receipt": _receipts,
    "remove_receipt": _remove_receipt,
    "submit": _submit,
    "withdraw": _withdraw,
    "send_back": _send_back,
    "discard": _discard,
}


# One claim


def claim_page(desk: Desk, context: PanelContext, language: Language, links: Links, claim_id: str, said: Said) -> str:
    """For the person, for whoever decides or has decided, and for finance."""
    me = context.employee_id
    with desk.store.reading() as db:
        claim = claims.get(db, desk.installation_id, claim_id)
        decides = claim is not None and claims.is_approver(db, claim.id, me)
        turn = decides and claim is not None and claims.is_approver(db, claim.id, me, waits=True)
        may = claim is not None and claim.status != "draft" and (decides or me in desk.finance)
        if claim is None or not (may or claim.employee_id == me):
            return sentence(language, "not_yours")
        found, files, twice = claims.lines(db, claim.id), editing.receipts(db, claim.id), duplicates(db, claim)
        again = reused(db, claim)
    mine = claim.employee_id == me
    edits = mine and claim.is_open
    wanted = flask.request.args.get("line") or said.form.get("line", "")
    changed = next((one for one in found if edits and one.id == wanted), None)
    return draw(
        "claim.html",
        language,
        desk=desk,
        claim=claim,
        mine=mine,
        edits=edits,
        may_send_back=(turn and claim.status == "pending")
        or (claim.status == "approved" and me in desk.finance and not mine),
        turn=turn and claim.status == "pending",
        lines=found,
        total=claims.sums(found),
        receipts=[(one, links.address(desk.installation_id, "receipt", one.id)) for one in files],
        warnings=[
            *(_warning(desk, claim, one, me, language) for one in twice),
            *(_file_warning(desk, claim, name, other, me, language) for name, other in again),
        ],
        changed=changed,
        values=_values(desk, said, changed, desk.today(context.timezone).isoformat()),
        today=desk.today(context.timezone),
        largest=editing.LARGEST_RECEIPT // 1024 // 1024,
        accepted=",".join(editing.TYPES),
        said=said,
    )


def _values(desk: Desk, said: Said, changed: claims.Line | None, today: str) -> Mapping[str, str]:
    """What stands in the form of a line: what was refused, what is to be changed, or nothing."""
    if said.form.get("do") == "line":
        return said.form
    if changed is None:
        return {"spent_on": today, "currency": desk.rules.currencies[0]}
    return {
        "line": changed.id,
        "spent_on": changed.spent_on.isoformat(),
        "category": changed.category,
        "amount": decimal(changed.amount, changed.currency),
        "currency": changed.currency,
        "supplier": changed.supplier,
        "invoice_no": changed.invoice_no,
        "note": changed.note,
    }


def _warning(desk: Desk, claim: Claim, twice: Duplicate, me: str, language: Language) -> tuple[str, str | None]:
    """The sentence, and the claim to open. Who claims learns that it was used before, by themselves or by another; what
    the other claim is, only whoever decides and finance."""
    about, other = (twice.line.invoice_no, twice.line.supplier), twice.other
    if other.id == claim.id:
        return language.text("twice_here", *about), None
    if other.employee_id == me:
        return language.text("twice_mine", *about, other.title), other.id
    if claim.employee_id == me:
        return language.text("twice_other", *about), None
    details = (
        *(other.title, desk.name(other.employee_id), language.date(twice.other_line.spent_on)),
        *(shown(twice.other_line.amount, twice.other_line.currency), language.text(f"is_{other.status}")),
    )
    return language.text("twice_seen", *about, *details), other.id if me in desk.finance else None


def _file_warning(
    desk: Desk, claim: Claim, name: str, other: Claim, me: str, language: Language
) -> tuple[str, str | None]:
    """As for invoices."""
    if other.employee_id == me:
        return language.text("receipt_mine", name, other.title), other.id
    if claim.employee_id == me:
        return language.text("receipt_other", name), None
    details = (other.title, desk.name(other.employee_id), language.text(f"is_{other.status}"))
    return language.text("receipt_seen", name, *details), other.id if me in desk.finance else None
