"""Events are committed with the change that caused them, in an order that readers can trust."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portico.domains.directory import service
from portico.domains.directory.events import DEPARTMENT_CREATED
from portico.kernel.actor import Actor, Cause
from portico.kernel.events import Event, emit
from portico.kernel.events.outbox import CauseTooDeep, EventTooLarge
from portico.kernel.unit_of_work import session
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases


class Stop(Exception):
    """Ends a unit in the middle."""


def events(cast: Cast, kind: str = "department.created") -> list[tuple[int, str]]:
    with cast.reading() as work:
        rows = work.execute(
            select(Event.seq, Event.data).where(Event.workspace_id == cast.acme, Event.type == kind).order_by(Event.seq)
        )
        return [(row.seq, row.data["name"]) for row in rows]


def make(cast: Cast, name: str) -> None:
    service.create_department(cast.actor("hr_admin"), name=name)


def test_an_event_comes_with_its_change_and_dies_with_it(cast: Cast) -> None:
    """E-G-18."""
    with pytest.raises(Stop), cast.writing():
        make(cast, "Lost")
        raise Stop
    with cast.writing():
        make(cast, "Kept")
    assert [name for _, name in events(cast)] == ["Kept"]


def test_a_rolled_back_savepoint_takes_only_its_own_events(cast: Cast) -> None:
    with cast.writing():
        make(cast, "Before")
        with pytest.raises(Stop), session().begin_nested():
            make(cast, "Lost")
            with session().begin_nested():
                make(cast, "Lost too")
            raise Stop
        with session().begin_nested():
            make(cast, "Within")
        make(cast, "After")
    assert [name for _, name in events(cast)] == ["Before", "Within", "After"]


def test_seq_is_dense_over_rolled_back_units(cast: Cast) -> None:
    with cast.writing():
        make(cast, "One")
    with pytest.raises(Stop), cast.writing():
        make(cast, "Lost")
        raise Stop
    with cast.writing():
        make(cast, "Two")
        make(cast, "Three")
    numbers = [seq for seq, _ in events(cast)]
    assert numbers == list(range(numbers[0], numbers[0] + 3))


def test_workspaces_count_for_themselves(cast: Cast) -> None:
    with cast.writing():
        make(cast, "Ours")
    ours = events(cast)[0][0]
    with cast.writing(cast.other) as work:
        service.create_department(cast.actor("outsider"), name="Theirs")
    with cast.reading(cast.other) as work:
        theirs = work.scalar(
            select(Event.seq).where(Event.workspace_id == cast.other, Event.type == "department.created")
        )
    assert theirs is not None
    assert theirs < ours


def test_a_chain_of_nine_causes_is_stopped_and_logged(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    """E-G-17."""
    actor = cast.actor("hr_admin")
    deep = Actor(**{n: getattr(actor, n) for n in Actor.__slots__} | {"cause": Cause("evt_1", "ins_1", 9)})
    with cast.writing(), pytest.raises(CauseTooDeep):
        service.create_department(deep, name="Echo")
    assert events(cast) == []
    assert "stopped a chain of events that cause each other" in caplog.text


def test_an_event_of_more_than_256_kib_refuses_the_change(cast: Cast) -> None:
    department = {"id": "dep_1", "name": "x" * 256 * 1024}
    with cast.writing(), pytest.raises(EventTooLarge):
        emit(cast.system(), DEPARTMENT_CREATED, department)
    assert events(cast) == []
