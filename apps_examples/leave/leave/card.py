"""The card of the first page, and the action that asks for days off from anywhere."""

from datetime import timedelta

from leave.asking import Refused, ask, language_days, read_wish
from leave.desk import Desk
from leave.team import absences_of
from leave.texts import Language
from portico_sdk.apps import ActionAnswer, ActionRun, CardRequest
from portico_sdk.apps.blocks import Card, Tone, button, buttons, card, fields, progress, row, rows

_SHOWN = 3
_AHEAD = timedelta(days=366)


def my_days(desk: Desk, request: CardRequest) -> Card:
    language = Language(request.locale)
    me = desk.workspace.employees.get(request.employee_id)
    balances = desk.balances(me)
    today = desk.today(request.timezone)
    upcoming = absences_of(desk, [me.id], today, today + _AHEAD)[:_SHOWN]
    amounts: list[tuple[str, str, Tone]] = [
        (
            one.label(language),
            language.days(one.left),
            "warning" if one.left < 0 else "good",
        )
        for one in balances
    ]
    first = balances[0] if balances else None
    return card(
        *([fields(*amounts)] if amounts else []),
        *(
            [progress(language.text("taken"), max(0, first.taken) / 2, (first.taken + max(0, first.left)) / 2)]
            if first and first.taken + max(0, first.left) > 0
            else []
        ),
        rows(
            *(
                row(
                    language.span(one.from_on, one.until_on),
                    desk.label(language, one.type_key),
                    badge=None if one.status == "approved" else language.status("pending"),
                )
                for one in upcoming
            ),
            empty=language.text("nothing_upcoming"),
        ),
        buttons(
            button(language.text("ask"), open="surface:home", primary=True),
            button(language.text("team_title"), open="surface:team"),
        ),
        max_age=120,
    )


def ask_by_action(desk: Desk, run: ActionRun) -> ActionAnswer:
    language = Language(run.locale)
    who = run.actor.id if run.actor.kind == "employee" else run.actor.on_behalf_of
    if who is None:  # a program by itself has no days
        return run.errors(_=language.text("people_only"))
    try:
        request = ask(desk, who, read_wish(run.input), key=run.interaction_id, language=language)
    except Refused as refusal:
        details = () if refusal.detail == "" else (refusal.detail,)
        return run.errors({refusal.field: language.text(refusal.key, *details)})
    return run.toast(language.text("asked_for", language_days(request.half_days)))
