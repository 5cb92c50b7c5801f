"""The pages in the portal. The session token says who is looking; they need no cookie and no storage."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import wraps
from typing import Any

import flask

from leave import feed, requests
from leave.asking import PARTS, Refused, ask, read_wish, withdraw
from leave.desk import Desk
from leave.panel import Shown, history
from leave.team import absences_of, days_away, month_of, team_of
from leave.texts import Language
from portico_sdk import APIError
from portico_sdk.session import PanelContext

Page = Callable[[Desk, PanelContext, Language], str]


@dataclass(frozen=True)
class Said:
    """What the page says back, and what was written in the form."""

    done: str = ""
    refused: Mapping[str, str] | None = None
    values: Mapping[str, str] | None = None
    feed_url: str = ""


def guarded(page: Page) -> Callable[[Desk, PanelContext], str]:
    """Suspended, uninstalled or not allowed is said, not raised."""

    @wraps(page)
    def show(desk: Desk, context: PanelContext) -> str:
        language = Language(context.locale)
        try:
            return page(desk, context, language)
        except APIError as refusal:
            flask.current_app.logger.warning("page without content: %s", refusal)
            return flask.render_template("unavailable.html", language=language)

    return show


@guarded
def home(desk: Desk, context: PanelContext, language: Language) -> str:
    """Balances, the form, and what was asked for."""
    said = _do(desk, context, language) if flask.request.method == "POST" else Said()
    me = desk.workspace.employees.get(context.employee_id)
    with desk.store.reading() as db:
        mine = requests.newest(db, desk.installation_id, me.id)
    return flask.render_template(
        "home.html",
        desk=desk,
        language=language,
        said=said,
        values=said.values or {},
        refused=said.refused or {},
        balances=desk.balances(me),
        types=list(desk.types.values()),
        parts=PARTS,
        mine=mine,
        today=desk.today(context.timezone),
        nonce=(said.values or {}).get("nonce") or uuid.uuid4().hex,
    )


def _do(desk: Desk, context: PanelContext, language: Language) -> Said:
    form: Mapping[str, str] = flask.request.form.to_dict()
    try:
        if form.get("do") == "ask":
            key = f"form-{form.get('nonce') or uuid.uuid4().hex}"[:64]
            ask(desk, context.employee_id, read_wish(form), key=key, language=language)
            return Said(done=language.text("asked"))
        if form.get("do") == "withdraw":
            withdraw(desk, context.employee_id, form.get("request", ""), language)
            return Said(done=language.text("withdrawn_now"))
    except Refused as refusal:
        details = () if refusal.detail == "" else (refusal.detail,)
        return Said(refused={refusal.field: language.text(refusal.key, *details)}, values=form)
    return Said()


@guarded
def team(desk: Desk, context: PanelContext, language: Language) -> str:
    """A month of the team. Of others it says that they are away, not why."""
    said = Said()
    if flask.request.method == "POST":
        token = feed.make(desk.store, desk.installation_id, context.employee_id)
        said = Said(feed_url=flask.url_for("calendar", token=token, _external=True))
    me = desk.workspace.employees.get(context.employee_id)
    today = desk.today(context.timezone)
    days = month_of(flask.request.args.get("month"), today)
    people = team_of(desk, me)
    away = days_away(absences_of(desk, [one.id for one in people], days[0], days[-1]), days[0], days[-1])
    rows = [(one, {on: which for on, which in away.get(one.id, {}).items() if _shown(which, me.id)}) for one in people]
    before, after = days[0] - timedelta(days=1), days[-1] + timedelta(days=1)
    return flask.render_template(
        "team.html",
        desk=desk,
        language=language,
        said=said,
        days=days,
        rows=rows,
        me=me,
        today=today,
        before=_month(before),
        after=_month(after),
    )


def _shown(which: Any, me_id: str) -> bool:
    return bool(which.certain or which.absence.employee_id == me_id)


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


@guarded
def panel(desk: Desk, context: PanelContext, language: Language) -> str:
    """Beside an employee."""
    if context.object is None:
        return flask.render_template("unavailable.html", language=language)
    form = flask.request.form.to_dict() if flask.request.method == "POST" else None
    shown: Shown = history(desk, context, context.object.id, language, form)
    return flask.render_template(
        "panel.html", desk=desk, language=language, shown=shown, values=form or {}, nonce=uuid.uuid4().hex
    )
