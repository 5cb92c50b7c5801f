"""Beside an employee: balances and the ledger for who may know, the next days away for their department."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from leave import ledger
from leave.desk import Balance, Desk
from leave.ledger import Entry
from leave.team import absences_of, is_above
from leave.texts import Language
from portico_sdk.models import Absence, Employee
from portico_sdk.session import PanelContext

_AHEAD = timedelta(days=120)
_SHOWN = 30
_AMOUNT = re.compile(r"\s*([+-]?[0-9]{1,3})(?:[.,]([05]))?\s*")


@dataclass
class Shown:
    employee: Employee
    knows: bool
    near: bool
    corrects: bool
    upcoming: list[Absence]
    balances: list[Balance] = field(default_factory=list)
    entries: list[tuple[str, Entry]] = field(default_factory=list)
    done: str = ""
    refused: dict[str, str] = field(default_factory=dict)


def history(
    desk: Desk, context: PanelContext, employee_id: str, language: Language, form: Mapping[str, str] | None
) -> Shown:
    employee = desk.workspace.employees.get(employee_id)
    keeps = _keeps(desk, context.employee_id)
    mine = employee_id == context.employee_id
    knows = mine or keeps or is_above(desk, context.employee_id, employee)
    today = desk.today(context.timezone)
    near = knows or _share_a_department(employee, desk.workspace.employees.get(context.employee_id))
    found = absences_of(desk, [employee_id], today, today + _AHEAD) if near else []
    upcoming = [one for one in found if knows or one.status == "approved"]
    shown = Shown(employee, knows, near, keeps and not mine, upcoming)
    if not knows:
        return shown
    desk.balances(employee)  # what is due is posted before anything is corrected
    if form is not None and shown.corrects:
        shown.done, shown.refused = _correct(desk, context, employee, form, language)
    shown.balances = desk.balances(employee)
    shown.entries = _entries(desk, employee, today)
    return shown


def _share_a_department(one: Employee, other: Employee) -> bool:
    return not {each.id for each in one.departments}.isdisjoint(each.id for each in other.departments)


def _keeps(desk: Desk, viewer_id: str) -> bool:
    if not desk.rules.keepers:
        return False
    address = desk.workspace.employees.get(viewer_id).primary_email
    return address is not None and address.lower() in desk.rules.keepers


def _entries(desk: Desk, employee: Employee, today: date) -> list[tuple[str, Entry]]:
    with desk.store.reading() as db:
        found = [
            (key, entry)
            for key in desk.rules.policies
            for entry in ledger.entries(db, desk.account(employee.id, key), today.year)
        ]
    return sorted(found, key=lambda one: one[1].effective_on, reverse=True)[:_SHOWN]


def half_days(said: str) -> int | None:
    """From `1.5`; None for what is no number of halves."""
    found = _AMOUNT.fullmatch(said)
    if found is None:
        return None
    halves = abs(int(found[1])) * 2 + (found[2] == "5")
    return -halves if found[1].startswith("-") else halves


def _correct(
    desk: Desk, context: PanelContext, employee: Employee, form: Mapping[str, str], language: Language
) -> tuple[str, dict[str, str]]:
    amount, reason = half_days(form.get("amount", "")), form.get("reason", "").strip()
    key = form.get("type", "")
    refused = {}
    if not amount:
        refused["amount"] = language.text("amount_wrong")
    if not reason:
        refused["reason"] = language.text("reason_missing")
    if key not in desk.rules.policies or key not in desk.types:
        refused["type"] = language.text("type_unknown", ", ".join(desk.rules.policies))
    if refused or not amount:
        return "", refused
    today = desk.today(context.timezone)
    entry = Entry(
        period=today.year,
        kind="adjust",
        half_days=amount,
        effective_on=today,
        ref=f"adjust:{form.get('nonce', '')[:40]}",
        note=reason[:200],
        by_id=context.employee_id,
    )
    with desk.store.writing() as db:
        ledger.post(db, desk.account(employee.id, key), entry)
    return language.text("saved"), {}
