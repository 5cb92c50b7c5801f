"""Who is away lets somebody else decide."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from portico.domains.approvals import queries, service
from portico.domains.approvals.errors import TooManyDelegations
from portico.domains.directory import service as directory
from portico.kernel import clock
from portico.kernel.errors import Forbidden, Invalid, NotFound
from portico.kernel.listing import ListQuery
from tests.domains.approvals.asking import ask, decide, inbox, named, states
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases
TODAY = date(2026, 11, 27)


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with clock.held(datetime(2026, 11, 27, 12, tzinfo=UTC)):
        yield


def delegate(cast: Cast, by: str, to: str, first: date = TODAY, last: date = TODAY) -> dict[str, Any]:
    with cast.writing():
        values = {"delegate_id": cast.employee_id(to), "from_on": first, "until_on": last}
        return service.delegate(cast.actor(by), values)


def test_a_delegate_decides_in_the_days_that_were_named(cast: Cast) -> None:
    tomorrow = TODAY + timedelta(days=1)
    made = delegate(cast, "hr_admin", "agent", tomorrow, tomorrow)
    approval = ask(cast)
    assert (made["active"], inbox(cast, "agent")) == (False, [])
    with pytest.raises(NotFound):
        decide(cast, approval, "agent")
    clock.advance(timedelta(hours=12))
    assert inbox(cast, "agent") == inbox(cast, "hr_admin") == [approval["id"]]
    done = decide(cast, approval, "agent")
    [spoke] = done["steps"][0]["approvers"]
    assert spoke["employee_id"] == cast.employee_id("hr_admin")
    assert spoke["decided_by_id"] == cast.employee_id("agent")
    assert decide(cast, approval, "agent") == done
    clock.advance(timedelta(hours=24))
    assert inbox(cast, "agent") == []
    with cast.reading():  # what one decided stays to be seen
        assert queries.approval(cast.actor("agent"), approval["id"])["status"] == "approved"


def test_the_days_are_those_of_who_delegates(cast: Cast) -> None:
    with cast.writing():
        directory.update_employee(cast.actor("owner"), cast.employee_id("hr_admin"), {"timezone": "Asia/Tokyo"})
    made = delegate(cast, "hr_admin", "agent", TODAY + timedelta(days=1), TODAY + timedelta(days=1))
    clock.advance(timedelta(hours=3))
    with cast.reading():
        assert queries.delegation(cast.actor("hr_admin"), made["id"])["active"] is True


def test_never_to_who_asks(cast: Cast) -> None:
    delegate(cast, "hr_admin", "employee")
    approval = ask(cast)
    assert inbox(cast, "employee") == []
    with pytest.raises(Forbidden):
        decide(cast, approval, "employee")
    assert states(cast, approval) == {"hr_admin": "waiting"}


def test_a_delegate_speaks_once_for_all_whom_they_stand_for(cast: Cast) -> None:
    delegate(cast, "hr_admin", "agent")
    delegate(cast, "owner", "agent")
    approval = ask(cast, named(cast, "hr_admin", "owner", mode="all"), named(cast, "agent"), named(cast, "owner"))
    assert decide(cast, approval, "agent")["status"] == "approved"


def test_what_makes_no_sense_is_refused_and_one_ends_ones_own(cast: Cast) -> None:
    with pytest.raises(Invalid):
        delegate(cast, "agent", "agent")
    with pytest.raises(Invalid):
        delegate(cast, "agent", "owner", TODAY - timedelta(days=3), TODAY - timedelta(days=1))
    with pytest.raises(Invalid):
        delegate(cast, "agent", "outsider")
    made = delegate(cast, "hr_admin", "agent")
    approval = ask(cast)
    with cast.writing(), pytest.raises(NotFound):
        service.end_delegation(cast.actor("agent"), made["id"])
    with cast.writing():
        service.end_delegation(cast.actor("hr_admin"), made["id"])
    assert inbox(cast, "agent") == []
    with pytest.raises(NotFound):
        decide(cast, approval, "agent")
    with pytest.raises(TooManyDelegations):
        for _ in range(21):
            delegate(cast, "hr_admin", "agent")
    with cast.reading():
        assert len(queries.page_of_delegations(cast.actor("hr_admin"), ListQuery()).rows) == 20
