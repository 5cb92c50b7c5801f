"""Asking for days off: what is looked at before anybody is asked, and the approval."""

import sqlite3
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from leave import ledger, requests
from leave.accrual import bring_up_to
from leave.desk import Desk
from leave.ledger import Account, Overdrawn
from leave.requests import Request
from leave.rules import Policy
from leave.texts import Language
from portico_sdk import ConflictError
from portico_sdk.models import Employee

SUBJECT = "app:leave"
PARTS = ("whole", "morning", "afternoon")
_LONGEST_NOTE = 500


class Refused(Exception):
    """`field` names the field of the form, `_` the whole; `key` a sentence in texts.py."""

    def __init__(self, field: str, key: str, detail: str | int = "") -> None:
        super().__init__(key)
        self.field, self.key, self.detail = field, key, detail


@dataclass(frozen=True)
class Wish:
    type_key: str
    first_on: date
    last_on: date
    part: str
    note: str


def read_wish(said: Mapping[str, object]) -> Wish:
    """From a form, or the input of the action. Raises Refused."""
    first_on = _day("from", said.get("from"))
    if first_on is None:
        raise Refused("from", "day_missing")
    last_on = _day("to", said.get("to")) or first_on
    part = str(said.get("part") or "whole")
    if part not in PARTS:
        raise Refused("part", "part_unknown")
    note = str(said.get("note") or "").strip()
    return Wish(str(said.get("type") or "vacation").strip(), first_on, last_on, part, note[:_LONGEST_NOTE])


def _day(field: str, said: object) -> date | None:
    if not said:
        return None
    try:
        return date.fromisoformat(str(said))
    except ValueError:
        raise Refused(field, "day_format") from None


def ask(desk: Desk, employee_id: str, wish: Wish, *, key: str, language: Language) -> Request:
    """Keep the request and ask who decides. With the same `key` it is the same request. Raises Refused."""
    with desk.store.reading() as db:
        request = requests.find(db, desk.installation_id, employee_id=employee_id, key=key)
    if request is None:
        request = _keep(desk, desk.workspace.employees.get(employee_id), wish, key, language)
    return _ask_for_approval(desk, request, language) if request.status == "new" else request


def _keep(desk: Desk, employee: Employee, wish: Wish, key: str, language: Language) -> Request:
    today = desk.today(employee.timezone)
    if wish.type_key not in desk.types:
        raise Refused("type", "type_unknown", ", ".join(desk.types))
    if wish.last_on < wish.first_on:
        raise Refused("to", "backwards")
    if wish.last_on.year > today.year + 1 or wish.first_on.year < today.year:
        raise Refused("from", "too_far")
    edges = requests.edges(wish.first_on, wish.last_on, wish.part)
    days = desk.workspace.absences.preview(start=edges["start"], to=edges["to"], employee_id=employee.id)
    with desk.store.reading() as db:
        waiting = requests.waiting_at(db, desk.installation_id, employee.id, wish.first_on, wish.last_on, wish.part)
    if days.conflicts or waiting:
        raise Refused("from", "overlap")
    if not days.half_days:
        raise Refused("from", "no_working_day")
    policy = desk.rules.policies.get(wish.type_key)
    if policy is not None:
        _require_days(desk, employee, policy, wish, by_year(days.by_year, wish.first_on), today)
    request = Request(
        id=f"lvr_{uuid.uuid4().hex}",
        installation_id=desk.installation_id,
        employee_id=employee.id,
        key=key,
        type_key=wish.type_key,
        first_on=wish.first_on,
        last_on=wish.last_on,
        part=wish.part,
        half_days=days.half_days,
        note=wish.note,
        locale=language.tag,
        status="new",
        created_at=desk.now().isoformat(),
    )
    with desk.store.writing() as db:
        requests.add(db, request)
        found = requests.find(db, desk.installation_id, employee_id=employee.id, key=key)
    return found or request


def by_year(halves: Mapping[str, int], first_on: date) -> dict[date, int]:
    """The half days of each year, by its first day that is asked for."""
    return {max(first_on, date(int(year), 1, 1)): count for year, count in halves.items() if count}


def _require_days(
    desk: Desk, employee: Employee, policy: Policy, wish: Wish, halves: Mapping[date, int], today: date
) -> None:
    """A first look, so that nobody is asked in vain; what counts is the look when it is approved. Raises Refused."""
    if employee.hired_on and wish.first_on < _months_later(employee.hired_on, policy.probation_months):
        raise Refused("from", "probation", policy.probation_months)
    account = desk.account(employee.id, wish.type_key)
    with desk.store.writing() as db:
        bring_up_to(db, account, policy, hired_on=employee.hired_on, today=today, on=wish.last_on)
        db.execute("SAVEPOINT look")
        try:
            take(db, account, policy, "look", halves)
        except Overdrawn:
            db.execute("ROLLBACK TO look")
            year = ledger.period_for(db, account, wish.first_on.year)
            left = ledger.left_on(ledger.entries(db, account, year), max(today, wish.first_on))
            raise Refused("from", "not_enough", language_days(max(0, left + policy.overdraft))) from None
        finally:
            db.execute("ROLLBACK TO look")


def take(db: sqlite3.Connection, account: Account, policy: Policy, subject: str, halves: Mapping[date, int]) -> None:
    """Days of several years, all or none. Raises Overdrawn."""
    for on, count in halves.items():
        ledger.use(
            db,
            account,
            subject=subject,
            on=on,
            half_days=count,
            floor=policy.floor,
            carry_ends=policy.carry_ends(ledger.period_for(db, account, on.year)),
        )


def language_days(half_days: int) -> str:
    """2.5 for five half days."""
    return f"{half_days / 2:g}"


def _months_later(day: date, months: int) -> date:
    month = day.month - 1 + months
    return date(day.year + month // 12, month % 12 + 1, min(day.day, 28)) if months else day


def _ask_for_approval(desk: Desk, request: Request, language: Language) -> Request:
    steps = [{"approvers": ["manager"]}, *([{"approvers": ["role:hr_admin"]}] if desk.rules.hr_too else [])]
    label = desk.label(language, request.type_key)
    details = [
        {"label": language.text("type"), "value": label},
        {"label": language.text("from"), "value": str(request.first_on), "kind": "date"},
        {"label": language.text("to"), "value": str(request.last_on), "kind": "date"},
        {"label": language.text("working_days"), "value": language_days(request.half_days)},
    ]
    if request.part != "whole":
        details.append({"label": language.text("part"), "value": language.text(f"part_{request.part}")})
    if request.note:
        details.append({"label": language.text("note"), "value": request.note})
    try:
        approval = desk.workspace.approvals.create(
            employee_id=request.employee_id,
            kind="leave",
            title=language.text("approval_title", label),
            subject={"type": SUBJECT, "id": request.id},
            steps=steps,
            details=details,
            idempotency_key=f"ask-{request.id}",
        )
        approval_ids = [approval.id]
    except ConflictError:  # a process before this one asked, and died before it knew
        approval_ids = _open_approvals(desk, request)
    with desk.store.writing() as db:
        requests.move(db, request, "new", status="pending", approval_id=approval_ids[0] if approval_ids else "")
        return requests.find(db, desk.installation_id, id=request.id) or request


def _open_approvals(desk: Desk, request: Request) -> list[str]:
    found = desk.workspace.approvals.list(subject__type=SUBJECT, subject__id=request.id, status="pending")
    return [one.id for one in found]


def withdraw(desk: Desk, employee_id: str, request_id: str, language: Language) -> None:
    """Take back what is not decided, or cancel what has not begun. Raises Refused."""
    with desk.store.reading() as db:
        request = requests.find(db, desk.installation_id, id=request_id, employee_id=employee_id)
    if request is None:
        raise Refused("_", "request_gone")
    try:
        if request.status in requests.PENDING:
            for approval_id in [request.approval_id] if request.approval_id else _open_approvals(desk, request):
                desk.workspace.approvals.withdraw(approval_id)
            with desk.store.writing() as db:
                requests.move(db, request, *requests.PENDING, status="withdrawn")
        elif request.status == "approved" and request.absence_id and request.first_on > desk.today():
            desk.workspace.absences.cancel(request.absence_id)  # absence.cancelled gives the days back
        else:
            raise Refused("_", "too_late")
    except ConflictError:
        raise Refused("_", "too_late") from None
