"""Steps, decisions and ends of requests, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portico.domains.approvals import queries, service, sweeping
from portico.domains.approvals.errors import ApprovalClosed, ApprovalPending, NotYourTurn
from portico.domains.approvals.service import Step
from portico.kernel import clock
from portico.kernel.actor import DataRange
from portico.kernel.errors import Forbidden, Invalid, NotFound
from portico.kernel.listing import Condition, ListQuery
from tests.domains.approvals.asking import app, ask, decide, depart, inbox, manager, named, read, states, suspend, told
from tests.domains.tickets.test_tickets_at_once import together
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases


def test_one_yes_of_any_is_enough(cast: Cast) -> None:
    approval = ask(cast, named(cast, "hr_admin", "agent"), details={"From": clock.now().date(), "Why": "Sea"})
    assert [fact["kind"] for fact in approval["details"]] == ["date", "text"]
    assert inbox(cast, "hr_admin") == inbox(cast, "agent") == [approval["id"]]
    done = decide(cast, approval, "agent", note="Enjoy")
    assert (done["status"], done["note"], done["closed_by"]["id"]) == ("approved", "Enjoy", cast.employee_id("agent"))
    assert states(cast, approval) == {"hr_admin": "passed", "agent": "approved"}
    assert inbox(cast, "hr_admin") == []
    assert told(cast, approval) == ["requested", "approved"]


def test_all_must_agree_and_one_no_ends_it(cast: Cast) -> None:
    approval = ask(cast, named(cast, "hr_admin", "agent", mode="all"))
    assert decide(cast, approval, "agent")["status"] == "pending"
    assert inbox(cast, "agent") == []
    assert decide(cast, approval, "hr_admin")["status"] == "approved"
    other = ask(cast, named(cast, "hr_admin", "agent", mode="all"), named(cast, "owner"))
    assert decide(cast, other, "agent", "rejected", note="No")["status"] == "rejected"
    assert states(cast, other, 1) == {"owner": "passed"}
    assert told(cast, other) == ["requested", "rejected"]


def test_steps_follow_each_other(cast: Cast) -> None:
    approval = ask(cast, named(cast, "agent"), named(cast, "hr_admin"), named(cast, "agent", "owner", mode="all"))
    with pytest.raises(NotYourTurn):
        decide(cast, approval, "hr_admin")
    assert inbox(cast, "hr_admin") == []
    assert decide(cast, approval, "agent")["step"] == 1
    with pytest.raises(NotYourTurn):
        decide(cast, approval, "agent", "rejected")
    assert decide(cast, approval, "hr_admin")["step"] == 2
    # The agent has agreed before, and is not asked again.
    assert states(cast, approval, 2) == {"agent": "approved", "owner": "waiting"}
    assert decide(cast, approval, "owner")["status"] == "approved"
    assert told(cast, approval) == ["requested", "step_approved", "step_approved", "approved"]


def test_a_repeat_changes_nothing(cast: Cast) -> None:
    approval = ask(cast, named(cast, "agent"), named(cast, "agent"), named(cast, "hr_admin"))
    first = decide(cast, approval, "agent")
    assert first["step"] == 2
    assert decide(cast, approval, "agent")["version"] == first["version"]
    done = decide(cast, approval, "hr_admin")
    assert decide(cast, approval, "hr_admin") == done
    with pytest.raises(ApprovalClosed):
        decide(cast, approval, "hr_admin", "rejected")


def test_nobody_decides_about_what_they_asked_for(cast: Cast) -> None:
    approval = ask(cast, named(cast, "hr_admin"), by="hr_admin")
    # Named themselves, the next in their chain decides: nobody is above, so it is who keeps people.
    assert "hr_admin" not in states(cast, approval)
    with pytest.raises(Forbidden):
        decide(cast, approval, "hr_admin")
    with pytest.raises(NotFound):
        decide(cast, approval, "agent")
    with cast.writing(), pytest.raises(Forbidden):
        service.settle(cast.actor("hr_admin"), ("thing", approval["subject"]["id"]), "approved")


def test_of_two_who_decide_at_once_one_decides(cast: Cast) -> None:
    for _ in range(3):
        approval = ask(cast, named(cast, "hr_admin", "agent"))
        outcomes = together(
            lambda a=approval: decide(cast, a, "hr_admin", "approved")["status"],
            lambda a=approval: decide(cast, a, "agent", "rejected")["status"],
        )
        assert "approval_closed" in outcomes
        final = read(cast, approval)["status"]
        assert set(outcomes) == {final, "approval_closed"}
        assert len(told(cast, approval)) == 2


def test_of_all_who_agree_at_once_none_is_lost(cast: Cast) -> None:
    approvers = ("hr_admin", "agent", "owner", "admin")
    approval = ask(cast, named(cast, *approvers, mode="all"))
    together(*(lambda by=by: decide(cast, approval, by) for by in approvers))
    assert read(cast, approval)["status"] == "approved"
    assert told(cast, approval) == ["requested", "approved"]


def test_one_request_about_a_thing_is_open(cast: Cast) -> None:
    first = ask(cast, subject=("thing", "abs_x"))
    with pytest.raises(ApprovalPending) as refusal:
        ask(cast, subject=("thing", "abs_x"))
    assert refusal.value.extra["approval_id"] == first["id"]
    outcomes = together(*(lambda: ask(cast, subject=("thing", "abs_y"))["status"] for _ in range(3)))
    assert sorted(outcomes) == ["approval_pending", "approval_pending", "pending"]
    decide(cast, first, "hr_admin")
    assert ask(cast, subject=("thing", "abs_x"))["status"] == "pending"


def test_a_request_expires_when_read_and_is_told_once(cast: Cast, held_clock: None) -> None:
    approval = ask(cast, expires_at=clock.now() + timedelta(hours=1), subject=("thing", "abs_z"))
    clock.advance(timedelta(hours=2))
    assert read(cast, approval)["status"] == "expired"
    assert inbox(cast, "hr_admin") == []
    with cast.reading():
        pending = ListQuery(conditions=(Condition("status", "eq", "pending"),))
        assert queries.page_of_approvals(cast.actor("employee"), pending).rows == []
    with pytest.raises(ApprovalClosed):
        decide(cast, approval, "hr_admin")
    assert [sweeping.sweep(), sweeping.sweep()] == [1, 0]
    assert told(cast, approval) == ["requested", "expired"]
    other = ask(cast, expires_at=clock.now() + timedelta(hours=1), subject=("thing", "abs_z"))
    clock.advance(timedelta(hours=2))
    ask(cast, subject=("thing", "abs_z"))  # what has expired makes room, before any sweep
    assert told(cast, other) == ["requested", "expired"]


def test_who_asked_withdraws(cast: Cast) -> None:
    approval = ask(cast)
    with cast.writing(), pytest.raises(Forbidden):
        service.withdraw(cast.actor("hr_admin"), approval["id"])
    for _ in range(2):
        with cast.writing():
            assert service.withdraw(cast.actor("employee"), approval["id"], note="Rain")["status"] == "withdrawn"
    with pytest.raises(ApprovalClosed):
        decide(cast, approval, "hr_admin")
    assert told(cast, approval) == ["requested", "withdrawn"]


def test_the_domain_of_the_subject_settles(cast: Cast) -> None:
    approval = ask(cast, named(cast, "agent"), named(cast, "owner"))
    with cast.writing():
        done = service.settle(cast.actor("hr_admin"), ("thing", approval["subject"]["id"]), "approved", note="Yes")
    assert done is not None
    assert (done["status"], done["closed_by"]["id"]) == ("approved", cast.employee_id("hr_admin"))
    assert states(cast, approval) == {"agent": "passed"}
    with cast.writing():
        assert service.settle(cast.actor("hr_admin"), ("thing", approval["subject"]["id"]), "approved") is None


def test_the_manager_decides_and_up_the_chain_who_can(cast: Cast) -> None:
    manager(cast, "employee", "agent")
    manager(cast, "agent", "developer")
    approval = ask(cast, Step("manager"))
    assert states(cast, approval) == {"agent": "waiting"}
    suspend(cast, "agent")
    assert states(cast, approval) == {"agent": "replaced", "developer": "waiting"}
    assert inbox(cast, "developer") == [approval["id"]]
    depart(cast, "developer")
    assert states(cast, approval) == {"agent": "replaced", "developer": "replaced", "hr_admin": "waiting"}
    assert states(cast, ask(cast, Step("manager"))) == {"hr_admin": "waiting"}
    assert decide(cast, approval, "hr_admin")["status"] == "approved"
    assert told(cast, approval) == ["requested", "reassigned", "reassigned", "approved"]


def test_e_p_19_approver_departed_nobody_is_left_and_then_somebody_comes(cast: Cast) -> None:
    approval = ask(cast, Step("role:hr_admin"), by="owner")
    assert states(cast, approval) == {"hr_admin": "waiting"}
    suspend(cast, "admin")
    depart(cast, "hr_admin")
    found = read(cast, approval)
    assert (found["status"], found["stuck"]) == ("pending", True)
    with cast.reading():
        assert queries.count_to_decide(cast.actor("owner")) == 0
    assert sweeping.sweep() == 0
    manager(cast, "owner", "agent")
    assert sweeping.sweep() == 1
    assert read(cast, approval)["stuck"] is False
    assert decide(cast, approval, "agent")["status"] == "approved"


def test_who_stands_again_because_another_left_decides_that_step_too(cast: Cast) -> None:
    manager(cast, "employee", "agent")
    manager(cast, "developer", "agent")
    approval = ask(cast, Step("manager"), named(cast, "developer"))
    assert decide(cast, approval, "agent")["step"] == 1
    suspend(cast, "developer")
    assert states(cast, approval, 1) == {"developer": "replaced", "agent": "waiting"}
    assert decide(cast, approval, "agent")["status"] == "approved"


def test_what_a_leaver_asked_for_is_withdrawn(cast: Cast) -> None:
    approval = ask(cast)
    depart(cast, "employee")
    assert read(cast, approval)["status"] == "withdrawn"


def test_an_app_asks_for_people_in_its_range_and_alone_hears_of_it(cast: Cast) -> None:
    here = app(cast, "approvals:write", "approvals:read")
    body = {
        "employee_id": cast.employee_id("employee"),
        "kind": "budget",
        "title": "Screen",
        "subject": {"type": "app:leave", "id": "7", "url": "https://leave.example/7"},
        "steps": [{"approvers": [cast.employee_id("agent")], "mode": "any"}],
    }
    with cast.writing():
        made = service.ask_over_api(here, body)
    assert made["asked_by"] == {"kind": "app", "id": here.id, "name": "Leave"}
    other = app(cast, "approvals:read", installation_id="ins_01jd0000000000000000000001")
    with cast.reading():
        assert queries.approval(here, made["id"])["id"] == made["id"]
        with pytest.raises(NotFound):
            queries.approval(other, made["id"])
    core = ask(cast)
    narrow = app(cast, data_range=DataRange(employees=frozenset({cast.employee_id("agent")})))
    with cast.reading():
        assert queries.approval(other, core["id"])["id"] == core["id"]
        assert [row["id"] for row in queries.page_of_approvals(narrow, ListQuery()).rows] == [made["id"]]
    itself = {**body, "steps": [{"approvers": [body["employee_id"]], "mode": "any"}]}
    with cast.writing(), pytest.raises(Invalid) as wrong:
        service.ask_over_api(here, itself)
    assert [error.pointer for error in wrong.value.errors] == ["/steps/0/approvers/0"]
    with cast.writing(), pytest.raises(Forbidden):
        service.ask_over_api(cast.actor("agent"), body)
    with cast.writing():
        assert service.withdraw(here, made["id"])["status"] == "withdrawn"
