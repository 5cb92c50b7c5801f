"""Many taps at once, with real threads: one session, one clock-in, and everybody gets the answer that is written."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from portico.domains.attendance import closing, service
from portico.domains.attendance.models import Punch, WorkSession
from portico.domains.attendance.queries import punches as queries
from portico.domains.attendance.schemas.punches import PunchCreate
from portico.domains.directory import service as directory
from portico.kernel import clock
from portico.kernel.errors import Refusal
from portico.kernel.schemas import load
from portico.kernel.unit_of_work import session, unit
from tests.support import attendance
from tests.support.cast import Cast
from tests.support.http import Api

pytestmark = pytest.mark.both_databases
MORNING = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)


def together(count: int, act: Callable[[], Any]) -> Counter[Any]:
    """What each of so many at the same moment came to: its answer, or its refusal's code."""
    start = threading.Barrier(count)
    outcomes: list[Any] = []

    def run() -> None:
        start.wait()
        try:
            outcomes.append(act())
        except Refusal as refusal:
            outcomes.append(refusal.code)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(outcomes)


@pytest.fixture
def office(cast: Cast) -> Cast:
    with cast.writing():
        attendance.group(cast, "employee")
    return cast


def step(cast: Cast, kind: str = "in", who: str = "employee", **fields: Any) -> Any:
    with unit(cast.acme, write=True):
        return service.clock_step(cast.actor(who), load(PunchCreate(), {"kind": kind, **fields}))


def counts(cast: Cast) -> tuple[int, int]:
    """Punches and sessions."""
    with cast.reading() as work:
        punches = select(func.count()).select_from(Punch).where(Punch.workspace_id == cast.acme)
        sessions = select(func.count()).select_from(WorkSession).where(WorkSession.workspace_id == cast.acme)
        return work.scalar(punches) or 0, work.scalar(sessions) or 0


@pytest.mark.parametrize("count", [8, 50])
def test_e_p_04_parallel_clock_ins_open_one_session(office: Cast, api: Api, count: int) -> None:
    """Over the API: one is 201, and the others within the minute are 200 with the same punch."""
    token = office.token("employee")

    def tap() -> tuple[int, str]:
        answer = api.bearer(token).post("/attendance/punches", json={"kind": "in"})
        return answer.status_code, answer.json["id"]

    with clock.held(MORNING):
        outcomes = together(count, tap)
    [first] = [punch_id for status, punch_id in outcomes if status == 201]
    assert outcomes == {(201, first): 1, (200, first): count - 1}
    assert counts(office) == (1, 1)


def test_e_p_04_later_clock_ins_at_once_are_all_refused(office: Cast) -> None:
    with clock.held(MORNING):
        step(office)
        clock.advance(timedelta(minutes=5))
        assert together(8, lambda: step(office).fresh) == {"already_clocked_in": 8}
        clock.advance(timedelta(minutes=5))
        assert together(8, lambda: step(office, "out").fresh) == {True: 1, False: 7}
        # Out without a session, too, is one of eight.
        clock.advance(timedelta(minutes=5))
        assert together(8, lambda: step(office, "out").fresh) == {True: 1, False: 7}
    assert counts(office) == (3, 1)


def test_e_p_05_the_same_key_at_once_is_one_punch(office: Cast, api: Api) -> None:
    token = office.token("employee")

    def tap() -> str:
        answer = api.bearer(token).post("/attendance/punches", json={"kind": "in"}, headers={"Idempotency-Key": "one"})
        return str(answer.json.get("id") or answer.json["code"])

    with clock.held(MORNING):
        outcomes = together(8, tap)
    assert {key for key in outcomes if key != "idempotency_in_progress"} == {
        key for key in outcomes if key.startswith("pun_")
    }
    assert len([key for key in outcomes if key.startswith("pun_")]) == 1
    assert counts(office) == (1, 1)


def test_the_database_itself_refuses_a_second_open_session(office: Cast) -> None:
    """Whatever the services do."""
    with clock.held(MORNING):
        step(office)
        with office.writing():
            one = queries.open_session(office.acme, office.employee_id("employee"))
            assert one is not None
            with pytest.raises(IntegrityError), session().begin_nested():
                session().execute(insert(WorkSession), [{**one, "id": "wse_2"}])
            session().execute(insert(WorkSession), [{**one, "id": "wse_2", "state": "closed"}])


def test_two_workers_close_a_session_once(office: Cast) -> None:
    with clock.held(MORNING):
        step(office)
        clock.advance(timedelta(hours=13))
        assert sum(key * times for key, times in together(4, closing.sweep).items()) == 1


def test_who_leaves_while_clocking_in_leaves_no_open_session(office: Cast) -> None:
    outcomes = [
        lambda: step(office).fresh,
        lambda: depart(office),
    ]
    with clock.held(MORNING):
        together_of(outcomes)
    with office.reading():
        assert queries.open_session(office.acme, office.employee_id("employee")) is None


def depart(cast: Cast) -> str:
    with cast.writing():
        return str(directory.depart(cast.actor("hr_admin"), cast.employee_id("employee"))["status"])


def together_of(acts: list[Callable[[], Any]]) -> None:
    waiting = list(acts)
    lock = threading.Lock()

    def take() -> Any:
        with lock:
            act = waiting.pop()
        return act()

    together(len(acts), take)
