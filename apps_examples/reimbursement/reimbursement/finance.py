"""The page of finance, and the panel beside an employee."""

import uuid

import flask

from portico_sdk.session import PanelContext
from reimbursement import claims, paying
from reimbursement.claims import Claim
from reimbursement.desk import Desk, Refused
from reimbursement.files import Links
from reimbursement.invoices import repeated
from reimbursement.money import shown_all, totals
from reimbursement.pages import Said, draw, guarded, sentence
from reimbursement.texts import Language


@guarded
def finance(desk: Desk, context: PanelContext, language: Language, links: Links) -> str:
    """What is to be paid, with filters; paying, and the file for the ledger."""
    if context.employee_id not in desk.finance:
        return sentence(language, "finance_only")
    said = _do(desk, context, language) if flask.request.method == "POST" else Said()
    asked = paying.filter_of(flask.request.values)
    found = paying.chosen(desk, asked)
    with desk.store.reading() as db:
        sums = claims.sums_by_claim(db, found)
        twice = repeated(db, desk.installation_id, sums)
    made = paying.exports(desk)
    desk.people([*(one.employee_id for one in found), *(one["by_id"] for one in made)])
    return draw(
        "finance.html",
        language,
        desk=desk,
        me=context.employee_id,
        asked=asked,
        statuses=(*paying.STATUSES, "all"),
        claims=found,
        sums=sums,
        twice=twice,
        total=_total(found, sums),
        today=desk.today(context.timezone),
        exports=[(one, links.address(desk.installation_id, "export", one["id"])) for one in made],
        most=paying.MOST,
        said=said,
    )


def _total(found: list[Claim], sums: dict[str, dict[str, int]]) -> dict[str, int]:
    return totals(pair for one in found for pair in sums[one.id].items())


def _do(desk: Desk, context: PanelContext, language: Language) -> Said:
    form = flask.request.form
    try:
        if form.get("do") == "pay":
            return _pay(desk, context, language)
        if form.get("do") == "export":
            key = (form.get("nonce") or uuid.uuid4().hex)[:64]
            paying.export(desk, context.employee_id, paying.filter_of(form), key=key, language=language)
            return Said(language.text("done_export"))
    except Refused as refusal:
        return Said("", {refusal.field: language.text(refusal.key, *refusal.details)}, form.to_dict())
    return Said()


def _pay(desk: Desk, context: PanelContext, language: Language) -> Said:
    form = flask.request.form
    paid_on = paying.day(form.get("paid_on")) or desk.today(context.timezone)
    paid, left = paying.pay(
        desk, context.employee_id, form.getlist("chosen"), reference=form.get("reference", ""), paid_on=paid_on
    )
    with desk.store.reading() as db:
        sums = claims.sums_by_claim(db, paid)
    count = language.text("count", len(paid))
    return Said(
        language.text("done_pay", count, shown_all(_total(paid, sums))) if paid else "",
        {"_": language.text("left_out", ", ".join(left))} if left else {},
    )


@guarded
def person(desk: Desk, context: PanelContext, language: Language, links: Links) -> str:
    """Beside an employee: their claims and what they came to this year, for themselves and finance."""
    about = context.object.id if context.object else ""
    if context.employee_id != about and context.employee_id not in desk.finance:
        return sentence(language, "not_yours")
    with desk.store.reading() as db:
        found = claims.find(db, desk.installation_id, "claim.status != 'draft'", employee_id=about)
        sums = claims.sums_by_claim(db, found)
    year = desk.today(context.timezone).year
    decided = [(one, one.day("decided_at")) for one in found if one.status in ("approved", "paid")]
    this_year = [one for one, day in decided if day and day.year == year]
    return draw("person.html", language, claims=found[:20], sums=sums, year=_total(this_year, sums), said=Said())
