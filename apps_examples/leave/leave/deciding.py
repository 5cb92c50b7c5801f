"""What follows from a decision: days are taken and the absence is written, each once, in this order. A process that
dies between the two goes on when the event comes again."""

from leave import ledger, requests
from leave.accrual import bring_up_to
from leave.asking import by_year, take
from leave.desk import Desk
from leave.ledger import Overdrawn
from leave.requests import Request
from leave.texts import Language
from portico_sdk import ConflictError, NotFoundError
from portico_sdk.models import Absence

_ENDS = {"approval.rejected": "rejected", "approval.withdrawn": "withdrawn", "approval.expired": "expired"}


def decided(desk: Desk, event_type: str, request_id: str) -> None:
    with desk.store.reading() as db:
        request = requests.find(db, desk.installation_id, id=request_id)
    if request is None:
        return
    if event_type in _ENDS:
        with desk.store.writing() as db:
            requests.move(db, request, *requests.PENDING, status=_ENDS[event_type])
        return
    carry_out(desk, request)


def carry_out(desk: Desk, request: Request) -> None:
    """An approved request; repeating it does what is still to be done."""
    if request.status in requests.PENDING:
        request = _take(desk, request)
    if request.status == "agreed":
        _write(desk, request)


def _take(desk: Desk, request: Request) -> Request:
    policy = desk.rules.policies.get(request.type_key)
    account = desk.account(request.employee_id, request.type_key)
    employee = desk.workspace.employees.get(request.employee_id)
    edges = request.edges()
    days = desk.workspace.absences.preview(start=edges["start"], to=edges["to"], employee_id=request.employee_id)
    today = desk.today(employee.timezone)
    try:
        with desk.store.writing() as db:
            if not requests.move(db, request, *requests.PENDING, status="agreed"):
                return requests.find(db, desk.installation_id, id=request.id) or request
            if policy is not None:
                bring_up_to(db, account, policy, hired_on=employee.hired_on, today=today, on=request.last_on)
                take(db, account, policy, request.id, by_year(days.by_year, request.first_on))
            return requests.find(db, desk.installation_id, id=request.id) or request
    except Overdrawn:
        return _refuse(desk, request, "not_enough_left", *requests.PENDING)


def _write(desk: Desk, request: Request) -> None:
    edges = request.edges()
    try:
        absence = desk.workspace.absences.create(
            employee_id=request.employee_id,
            type_key=request.type_key,
            start=edges["start"],
            to=edges["to"],
            status="approved",
            note=request.note or None,
            source_ref=request.id,
        )
    except ConflictError as refusal:  # something else was written there meanwhile, or the month is closed
        account = desk.account(request.employee_id, request.type_key)
        with desk.store.writing() as db:
            ledger.settle(db, account, request.id, {}, {})
        _refuse(desk, request, "overlap" if refusal.code == "absence_overlap" else "month_closed", "agreed")
        return
    with desk.store.writing() as db:
        requests.move(db, request, "agreed", status="approved", absence_id=absence.id)


def _refuse(desk: Desk, request: Request, reason: str, *from_statuses: str) -> Request:
    """It was approved and cannot be: whoever asked is told."""
    with desk.store.writing() as db:
        requests.move(db, request, *from_statuses, status="refused", reason=reason)
    language = Language(request.locale)
    desk.workspace.notifications.send(
        to=[request.employee_id],
        title=language.text("refused_title"),
        body=language.text(reason),
        page="home",
        key=f"refused-{request.id}",
    )
    with desk.store.reading() as db:
        return requests.find(db, desk.installation_id, id=request.id) or request


def absence_changed(desk: Desk, absence: Absence) -> None:
    """Cancelled or shortened here or anywhere, or written by somebody else: the ledger follows what stands
    now, not what the event says, so their order does not matter."""
    policy = desk.rules.policies.get(absence.type_key)
    try:
        now = desk.workspace.absences.get(absence.id)
        days = desk.workspace.absences.days(absence.id)
    except NotFoundError:
        return
    ours = now.source == desk.installation_id
    subject = str(now.source_ref) if ours else now.id
    stands = now.status == "approved"
    wanted = {int(year): count for year, count in days.by_year.items() if count} if stands else {}
    account = desk.account(now.employee_id, now.type_key)
    with desk.store.writing() as db:
        if policy is not None and (not ours or absence.version != 1):
            since = {on.year: on for on in by_year(days.by_year, now.from_on)}
            ledger.settle(db, account, subject, wanted, since, may_take=not ours)
        if ours and now.status == "cancelled":
            request = requests.find(db, desk.installation_id, id=subject)
            if request is not None:
                requests.move(db, request, "agreed", "approved", status="cancelled", absence_id=now.id)


def count_what_stands(desk: Desk) -> None:
    """When the app comes into a company: what was approved for this year and the next."""
    today = desk.today()
    for absence in desk.workspace.absences.list(status="approved", until_on__gte=today.replace(month=1, day=1)):
        if absence.type_key in desk.rules.policies and absence.from_on.year >= today.year:
            absence_changed(desk, absence)
