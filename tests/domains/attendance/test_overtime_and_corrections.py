"""Overtime and corrections: who may ask, who decides, and what it changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from portico.domains.approvals import queries as approvals
from portico.domains.approvals import service as deciding
from portico.domains.attendance.errors import (
    CorrectionQuota,
    CorrectionTooLate,
    OvertimeExists,
    PeriodLocked,
    RequestDecided,
)
from portico.domains.attendance.queries import overlays, punches
from portico.domains.attendance.queries import requests as queries
from portico.domains.attendance.reckoning.values import OvertimeFact
from portico.domains.attendance.schemas.requests import AttendanceCorrectionCreate, OvertimeCreate
from portico.domains.attendance.service import corrections, overtime
from portico.kernel import clock
from portico.kernel.errors import Forbidden, Invalid
from portico.kernel.schemas import load
from tests.domains.approvals.asking import depart, manager, suspend, told
from tests.domains.attendance.leave import lock, stale
from tests.domains.tickets.test_tickets_at_once import together
from tests.support import attendance
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases
FRIDAY = datetime(2026, 11, 27, 17, tzinfo=UTC)


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with clock.held(FRIDAY):
        yield


@pytest.fixture
def office(cast: Cast) -> Cast:
    """Nine to half past five in Berlin; two corrections a month, within ten days."""
    with cast.writing():
        policy = {"per_month": 2, "within_days": 10, "approver_chain": ["manager"]}
        attendance.group(cast, "employee", "agent", correction=policy)
    return cast


def correct(cast: Cast, at: str = "2026-11-26T16:30:00Z", *, by: str = "employee", **more: Any) -> dict[str, Any]:
    body = {"work_on": at[:10], "kind": "out", "occurred_at": at, "reason": "Forgotten", **more}
    with cast.writing():
        given = {name: value for name, value in body.items() if value is not None}
        return corrections.submit_correction(cast.actor(by), load(AttendanceCorrectionCreate(), given))


def decide(cast: Cast, kind: str, row: dict[str, Any], decision: str = "approved", by: str = "hr_admin") -> None:
    with cast.writing():
        [approval_id] = approvals.about(cast.system(), kind, [row["id"]]).values()
        deciding.decide(cast.actor(by), approval_id, decision)


def correction(cast: Cast, row: dict[str, Any]) -> str:
    with cast.reading():
        return str(queries.correction(cast.system(), row["id"])["status"])


def stands(cast: Cast) -> list[tuple[str, str, str]]:
    with cast.reading():
        days = (date(2026, 11, 26), date(2026, 11, 27))
        found = punches.punches_of_days(cast.acme, cast.employee_id("employee"), *days)
        return [(row["kind"], row["method"], row["status"]) for row in found]


def test_an_approved_correction_becomes_a_punch(office: Cast) -> None:
    row = correct(office)
    decide(office, "correction", row)
    assert correction(office, row) == "approved"
    assert stands(office) == [("out", "correction", "accepted")]
    assert told(office, row) == ["attendance.correction.submitted", "attendance.correction.approved"]
    assert "2026-11-26" in stale(office)


def test_e_p_18_no_more_than_the_rules_allow(office: Cast) -> None:
    first = correct(office)
    correct(office, "2026-11-25T16:30:00Z")
    with pytest.raises(CorrectionQuota):
        correct(office, "2026-11-24T16:30:00Z")
    decide(office, "correction", first, "rejected")
    outcomes = together(*(lambda: correct(office, "2026-11-24T16:30:00Z")["status"] for _ in range(3)))
    assert sorted(outcomes) == ["correction_quota", "correction_quota", "submitted"]
    with pytest.raises(CorrectionTooLate):
        correct(office, "2026-11-16T16:30:00Z", by="agent")


def test_e_p_18_nobody_approves_their_own_and_nothing_changes_a_locked_month(office: Cast) -> None:
    manager(office, "agent", "employee")
    own, late = correct(office), correct(office, by="agent")
    with pytest.raises(Forbidden):
        decide(office, "correction", own, by="employee")
    with office.writing(), pytest.raises(Forbidden):
        corrections.decide_correction(office.actor("employee"), own["id"], "approved")
    lock(office, "2026-11")
    with pytest.raises(PeriodLocked):
        decide(office, "correction", late, by="employee")
    assert correction(office, late) == "submitted"
    with pytest.raises(PeriodLocked):
        correct(office, by="agent")
    decide(office, "correction", late, "rejected", by="employee")
    assert stands(office) == []


def test_e_p_19_the_next_in_the_chain_decides_when_the_approver_left(office: Cast) -> None:
    manager(office, "employee", "developer")
    manager(office, "developer", "announcer")
    row = correct(office)
    suspend(office, "developer")
    depart(office, "announcer")
    decide(office, "correction", row)
    assert correction(office, row) == "approved"


def test_what_cannot_be_is_refused_and_what_was_asked_is_taken_back(office: Cast) -> None:
    for wrong in (
        {"at": "2026-11-27T18:00:00Z"},  # still to come
        {"at": "2026-11-26T16:30:00Z", "work_on": "2026-11-20"},
        {"at": "2026-11-26T16:30:00Z", "punch_id": "pun_01jd0000000000000000000000"},
        {"at": "2026-11-26T16:30:00Z", "kind": None},
        {"at": "2026-11-26T16:30:00Z", "kind": None, "occurred_at": None},
    ):
        with pytest.raises(Invalid):
            correct(office, **wrong)
    row = correct(office)
    for _ in range(2):
        with office.writing():
            assert corrections.withdraw_correction(office.actor("employee"), row["id"])["status"] == "withdrawn"
    with office.writing(), pytest.raises(RequestDecided):
        corrections.decide_correction(office.actor("hr_admin"), row["id"], "approved")
    assert told(office, row) == ["attendance.correction.submitted", "attendance.correction.withdrawn"]


def over(cast: Cast, on: str = "2026-11-27", minutes: int = 120, by: str = "employee") -> dict[str, Any]:
    with cast.writing():
        return overtime.request_overtime(cast.actor(by), load(OvertimeCreate(), {"work_on": on, "minutes": minutes}))


def approved(cast: Cast) -> dict[Any, Any]:
    with cast.reading():
        me = cast.employee_id("employee")
        return overlays.overtime_of(cast.acme, [me], date(2026, 11, 1), date(2026, 12, 31))


def test_overtime_counts_as_far_as_it_is_approved(cast: Cast) -> None:
    row = over(cast)
    with pytest.raises(OvertimeExists):
        over(cast)
    assert approved(cast) == {}
    with cast.writing(), pytest.raises(Invalid):
        overtime.decide_overtime(cast.actor("hr_admin"), row["id"], "approved", minutes=121)
    with cast.writing():
        done = overtime.decide_overtime(cast.actor("hr_admin"), row["id"], "approved", minutes=90)
    assert (done["status"], done["approved_minutes"], done["credited_minutes"]) == ("approved", 90, None)
    assert approved(cast) == {(cast.employee_id("employee"), date(2026, 11, 27)): (OvertimeFact(90 * 60),)}
    assert stale(cast) == ["2026-11-27"]
    assert told(cast, row) == ["overtime.requested", "overtime.approved"]
    with cast.writing():
        assert overtime.cancel_overtime(cast.actor("employee"), row["id"])["status"] == "cancelled"
    assert approved(cast) == {}
    outcomes = together(*(lambda: over(cast)["status"] for _ in range(3)))
    assert sorted(outcomes) == ["overtime_exists", "overtime_exists", "requested"]


def test_overtime_is_for_others_to_decide_and_a_locked_month_has_none(cast: Cast) -> None:
    row, own = over(cast), over(cast, by="hr_admin")
    with cast.writing(), pytest.raises(Forbidden):
        overtime.decide_overtime(cast.actor("hr_admin"), own["id"], "approved")
    lock(cast, "2026-11")
    with pytest.raises(PeriodLocked):
        decide(cast, "overtime", row)
    with pytest.raises(PeriodLocked):
        over(cast, "2026-11-26")
    decide(cast, "overtime", row, "rejected")
    with cast.writing(), pytest.raises(RequestDecided):
        overtime.cancel_overtime(cast.actor("employee"), row["id"])
