"""The card of the first page, and the action that keeps an expense from anywhere."""

from portico_sdk.apps import ActionAnswer, ActionRun, CardRequest
from portico_sdk.apps.blocks import Card, Tone, button, buttons, card, fields, row, rows
from reimbursement import claims, editing
from reimbursement.claims import ASKED
from reimbursement.desk import Desk, Refused
from reimbursement.money import shown_all, totals
from reimbursement.texts import Language

_SHOWN = 3
_TONES: dict[str, Tone] = {"approved": "good", "paid": "good", "returned": "bad", "rejected": "bad", "draft": "neutral"}


def my_expenses(desk: Desk, request: CardRequest) -> Card:
    language = Language(request.locale)
    with desk.store.reading() as db:
        mine = claims.find(db, desk.installation_id, employee_id=request.employee_id, limit=50)
        waiting = claims.waiting_for(db, desk.installation_id, request.employee_id)
        sums = claims.sums_by_claim(db, mine)

    def worth(*statuses: str) -> str:
        return shown_all(totals(pair for one in mine if one.status in statuses for pair in sums[one.id].items())) or "–"

    mine.sort(key=lambda one: one.status not in ("returned", "draft"))  # what the person has to do comes first
    amounts: list[tuple[str, str, Tone]] = [
        (language.text("on_the_way"), worth(*ASKED), "neutral"),
        (language.text("to_pay"), worth("approved"), "good"),
    ]
    if waiting:
        amounts.append((language.text("waiting"), str(len(waiting)), "warning"))
    return card(
        fields(*amounts),
        rows(
            *(
                row(
                    one.title,
                    shown_all(sums[one.id]) or language.text("nothing_yet"),
                    badge=language.text(f"is_{one.status}"),
                    tone=_TONES.get(one.status, "warning"),
                    open="surface:home",
                )
                for one in mine[:_SHOWN]
            ),
            empty=language.text("none_yet"),
        ),
        buttons(button(language.text("begin"), action="claim", primary=True)),
        max_age=120,
    )


def claim_by_action(desk: Desk, run: ActionRun) -> ActionAnswer:
    """A draft with one line; the receipt is added on the page."""
    language = Language(run.locale)
    who = run.actor.id if run.actor.kind == "employee" else run.actor.on_behalf_of
    if who is None:
        return run.errors(_=language.text("people_only"))
    said = {**run.input, "nonce": run.interaction_id}
    try:
        editing.read_line(desk, "", said, desk.today(run.timezone))
        claim = editing.begin(desk, who, said, key=run.interaction_id, language=language)
        editing.put_line(desk, who, claim.id, said, desk.today(run.timezone))
    except Refused as refusal:
        return run.errors({refusal.field: language.text(refusal.key, *refusal.details)})
    return run.toast(language.text("asked_by_action")).open("surface:home")
